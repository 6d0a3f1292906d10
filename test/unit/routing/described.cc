#include "test/unit/routing/described.h"

#include "middleware/sticky.h"
#include "proxy/upstream/balanced_service.h"
#include "test/unit/routing/request_line.h"

namespace mooring::routing {
namespace {

template <typename List>
std::string joined(const List& parts) {
  std::string text;
  for (const std::string& part : parts) text += part + " ";
  return text;
}

std::string from(const std::vector<config::FragmentPtr>& origins) {
  std::string text;
  for (const config::FragmentPtr& origin : origins) text += " from " + origin->origin.provider + "/" + origin->id;
  return text;
}

std::string described_balancer(const upstream::Balancer* balancer) {
  if (balancer == nullptr) return " no balancer";
  const upstream::ServicePolicy& policy = balancer->policy();
  std::string text = " balancer " + balancer->service() + (policy.pass_host_header ? " host" : "") + " strategy " +
                     std::to_string(static_cast<int>(policy.strategy)) + " queue " +
                     std::to_string(policy.queue.timeout.count()) + "/" + std::to_string(policy.queue.size);
  for (const upstream::Server& server : balancer->servers()) {
    text +=
        " " + server.endpoint->id() + "=" + server.url + (server.traefik_values ? "!" : "") + server.origin.label +
        (server.transport == nullptr ? "" : "~" + server.transport->name + std::to_string(server.transport->dial_ms));
  }
  return text;
}

std::string described_route(const Route& route) {
  std::string text = "route " + route.name + " " + route.config.rule + " → " + route.service + " on " +
                     joined(route.entry_points) + "p" + std::to_string(route.priority) + " status " +
                     std::to_string(static_cast<int>(route.status)) + (route.unserved ? " unserved" : "") +
                     (route.matcher == nullptr ? " no matcher" : "") + " mark " + route.recursion_mark + " asks " +
                     joined(route.config.middlewares) + "chain";
  for (const auto& one : route.chain) {
    const auto* sticky = dynamic_cast<const middleware::Sticky*>(one.get());
    text += sticky == nullptr ? " ?" : " " + sticky->cookie_name() + (sticky->keeps_others() ? "+" : "");
  }
  const auto* service = dynamic_cast<const upstream::BalancedService*>(route.last.get());
  text += service == nullptr ? " none" : described_balancer(&service->balancer());
  return text + from(route.origins) + " errors " + joined(route.errors) + "\n";
}

}  // namespace

std::string described(const Snapshot& snapshot, const std::vector<std::string>& requests) {
  std::string text;
  for (const auto& route : snapshot.routes) text += described_route(*route);
  for (const auto& [name, service] : snapshot.services) {
    text += "service " + name + " into " + service.pooled_into + " cookie " + service.cookie_name + " by " +
            joined(service.used_by) + described_balancer(service.balancer.get()) + from(service.origins) + " errors " +
            joined(service.errors) + "\n";
  }
  for (const auto& [name, middleware] : snapshot.middlewares) {
    text += "middleware " + name + " " + std::to_string(middleware.config.index()) + from(middleware.origins) + "\n";
  }
  for (const auto& [name, users] : snapshot.middleware_users) text += name + " used by " + joined(users) + "\n";
  for (const config::Problem& problem : snapshot.problems) text += config::to_line(problem) + "\n";
  for (std::size_t i = 0; i < snapshot.tables.size(); ++i) {
    text += snapshot.entry_points[i] + " has " + std::to_string(snapshot.tables[i].size()) + "\n";
    for (const std::string& request : requests) {
      const RequestLine line(request);
      const Route* route = snapshot.tables[i].match(line.head, line.peer);
      text += request + ": " + (route == nullptr ? "nobody" : route->name) + "\n";
    }
  }
  return text;
}

}  // namespace mooring::routing
