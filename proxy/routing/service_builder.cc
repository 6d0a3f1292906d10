#include "proxy/routing/service_builder.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "middleware/sticky.h"
#include "middleware/unserved.h"
#include "proxy/config/problem_codes.h"
#include "proxy/config/suggest.h"
#include "proxy/routing/transports.h"
#include "proxy/upstream/affinity.h"
#include "proxy/upstream/balanced_service.h"

namespace mooring::routing {
namespace {

upstream::Server make_server(const config::MergedServer& from, const upstream::TransportPtr& transport,
                             const BuildInput& input) {
  upstream::Server server;
  server.transport = transport;
  if (from.config.preserve_path) {
    server.base_path = from.config.path;
    while (server.base_path.ends_with('/')) server.base_path.pop_back();
  }
  server.endpoint = input.endpoint(from);
  server.config = from.config;
  server.url = from.config.url();
  // Of a server given by URL as it was written: without a port where none was.
  const std::string& id = from.config.id;
  const std::string& named = id.contains("://") ? id : server.url;
  server.authority = named.substr(named.find("://") + 3);
  server.authority.resize(std::min(server.authority.size(), server.authority.find('/')));
  server.address = loop::SocketAddress::from_ip(from.config.host, from.config.port);
  server.origin = from.from->origin;
  server.traefik_values = input.sole_owner(from);
  return server;
}

config::Problem bad_transport(const std::string& name, const config::MergedService& service, const std::string& why,
                              const Transports& transports) {
  std::vector<std::string> known;
  for (const auto& [transport, made] : transports) known.push_back(transport);
  const std::string near(config::nearest(service.config.servers_transport, known));
  config::Problem problem;
  problem.code = config::code::kBadTransport;
  problem.where = service.origins.empty() ? "mooring" : service.origins.front()->origin.label;
  problem.key = name;
  problem.text = why;
  problem.in_force = "service \"" + name + "\" has no endpoint (503)";
  if (!near.empty() && !transports.contains(service.config.servers_transport)) {
    problem.fix = "did you mean \"" + near + "\"?";
  }
  return problem;
}

std::shared_ptr<upstream::ServiceState> state_of(const std::string& name, const Snapshot* previous) {
  if (previous != nullptr) {
    const auto found = previous->services.find(name);
    if (found != previous->services.end() && found->second.balancer != nullptr) {
      return found->second.balancer->shared_state();
    }
  }
  return std::make_shared<upstream::ServiceState>();
}

std::string cookie_name(const config::StickyConfig& sticky, const std::string& service) {
  return sticky.cookie.name.empty() ? upstream::generated_cookie_name(service)
                                    : upstream::sanitized_cookie_name(sticky.cookie.name);
}

// The sticky middlewares of a route: the services' own last, nearest to the service.
std::vector<config::StickyConfig> stickies_of(const RouteDraft& draft, const config::Merged& merged) {
  std::vector<config::StickyConfig> all;
  for (const std::string& name : draft.chain) {
    const auto found = merged.middlewares.find(name);
    if (found == merged.middlewares.end()) continue;
    if (const auto* sticky = std::get_if<config::StickyConfig>(&found->second.config)) all.push_back(*sticky);
  }
  if (draft.service != nullptr && draft.service->config.sticky) all.push_back(*draft.service->config.sticky);
  return all;
}

}  // namespace

Balancers build_balancers(const BuildInput& input, const std::map<std::string, std::string>& pooled_into,
                          const std::set<std::string>& routed, Snapshot& snapshot) {
  std::map<std::string, Service>& services = snapshot.services;
  snapshot.transports =
      build_transports(input.merged, input.options, input.previous == nullptr ? nullptr : &input.previous->transports);
  std::map<std::string, std::vector<upstream::Server>> servers;
  for (const auto& [name, merged] : input.merged.services) {
    Service& service = services[name];
    service.name = name;
    service.config = merged.config;
    service.origins = merged.origins;
    if (!merged.config.broken.empty()) service.errors.push_back(merged.config.broken);
    std::string why;
    const upstream::TransportPtr transport = transport_of(merged, input.merged, snapshot.transports, why);
    if (transport == nullptr) {
      service.errors.push_back(why);
      snapshot.problems.push_back(bad_transport(name, merged, why, snapshot.transports));
    }
    const auto pooled = pooled_into.find(name);
    const std::string& target = pooled == pooled_into.end() ? name : pooled->second;
    if (pooled != pooled_into.end()) service.pooled_into = target;
    if (!routed.contains(target) || transport == nullptr) continue;
    std::vector<upstream::Server>& list = servers[target];
    for (const config::MergedServer& server : merged.servers) {
      // Two services of one container that are pooled lead to one endpoint: it has one place, not two.
      const auto same = [&](const upstream::Server& other) { return other.config.id == server.config.id; };
      if (std::ranges::none_of(list, same)) list.push_back(make_server(server, transport, input));
    }
  }
  Balancers balancers;
  for (const std::string& name : routed) {
    Service& service = services[name];
    auto balancer = std::make_shared<const upstream::Balancer>(
        name, std::move(servers[name]), service.config.pass_host_header, state_of(name, input.previous));
    service.balancer = balancer;
    balancers.emplace(name, std::move(balancer));
  }
  return balancers;
}

StickyNames shared_cookie_names(const std::vector<RouteDraft>& drafts, const std::map<std::string, Service>& services,
                                const config::Merged& merged) {
  std::map<std::string, std::string> first_user;
  StickyNames shared;
  for (const RouteDraft& draft : drafts) {
    if (!services.contains(draft.route->service)) continue;
    for (const config::StickyConfig& sticky : stickies_of(draft, merged)) {
      const std::string name = cookie_name(sticky, draft.route->service);
      const auto [entry, fresh] = first_user.try_emplace(name, draft.route->service);
      if (!fresh && entry->second != draft.route->service) shared.insert(name);
    }
  }
  return shared;
}

void attach_handlers(RouteDraft& draft, const BuildInput& input, const Balancers& balancers, const StickyNames& shared,
                     std::map<std::string, Service>& services) {
  Route& route = *draft.route;
  if (route.status == RouteStatus::disabled) {
    route.last = std::make_shared<const middleware::Unserved>();
    return;
  }
  const auto internal = input.internal_services.find(route.service);
  if (internal != input.internal_services.end()) {
    route.last = internal->second;
    return;
  }
  const std::shared_ptr<const upstream::Balancer>& balancer = balancers.at(route.service);
  std::set<std::string> names;
  for (const config::StickyConfig& sticky : stickies_of(draft, input.merged)) {
    const std::string name = cookie_name(sticky, route.service);
    // Said on the middleware and on the service: one cookie is set once, by the outer one.
    if (!names.insert(name).second) continue;
    services[route.service].cookie_name = name;
    route.chain.push_back(
        std::make_shared<const middleware::Sticky>(sticky.cookie, balancer, shared.contains(name), input.sessions));
  }
  route.last = std::make_shared<const upstream::BalancedService>(balancer);
}

}  // namespace mooring::routing
