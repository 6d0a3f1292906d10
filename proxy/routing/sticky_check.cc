#include "proxy/routing/sticky_check.h"

#include <algorithm>
#include <map>
#include <set>
#include <variant>

#include "proxy/config/problem_codes.h"

namespace mooring::routing {
namespace {

std::string short_name(const std::string& qualified) {
  return qualified.substr(0, qualified.rfind('@'));
}

// How `name` is written in a label of `router`: without the provider when that is the router's own.
std::string as_written(const std::string& name, const std::string& router) {
  const std::string_view provider = std::string_view(router).substr(router.rfind('@'));
  return name.ends_with(provider) ? short_name(name) : name;
}

bool serves(const RouteDraft& draft) {
  return draft.service != nullptr && draft.route->status != RouteStatus::disabled;
}

bool is_sticky(const RouteDraft& draft) {
  return draft.sticky_middleware || (draft.service != nullptr && draft.service->config.sticky.has_value());
}

// The sticky middleware to paste, or empty when the stickiness is the service's own.
std::string sticky_name(const RouteDraft& draft, const config::Merged& merged) {
  for (const std::string& name : draft.chain) {
    const auto found = merged.middlewares.find(name);
    if (found != merged.middlewares.end() && std::holds_alternative<config::StickyConfig>(found->second.config)) {
      return name;
    }
  }
  return {};
}

config::Problem partly_sticky(const RouteDraft& plain, const RouteDraft& sticky, const config::Merged& merged) {
  config::Problem problem;
  problem.code = config::code::kPartlySticky;
  problem.severity = config::Severity::warning;
  problem.where = plain.router->origins.empty() ? "" : plain.router->origins.front()->origin.label;
  problem.key = plain.route->name;
  problem.text = "router " + plain.route->name + " leads to the same endpoints as " + sticky.route->name +
                 ", but only that one is sticky: sessions get lost on the way through " + plain.route->name;
  problem.in_force = "requests through " + plain.route->name + " go to any endpoint";
  const std::string name = sticky_name(sticky, merged);
  if (name.empty()) {
    problem.fix = "traefik.http.routers." + short_name(plain.route->name) +
                  ".service=" + as_written(sticky.route->config.service, plain.route->name);
    return problem;
  }
  std::string list;
  for (const std::string& other : plain.route->config.middlewares) list += as_written(other, plain.route->name) + ",";
  problem.fix = "traefik.http.routers." + short_name(plain.route->name) + ".middlewares=" + list +
                as_written(name, plain.route->name);
  return problem;
}

}  // namespace

config::Problems check_stickiness(const std::vector<RouteDraft>& drafts, const config::Merged& merged) {
  std::map<std::string, const RouteDraft*> sticky_by_endpoint;
  for (const RouteDraft& draft : drafts) {
    if (!serves(draft) || !is_sticky(draft)) continue;
    for (const config::MergedServer& server : draft.service->servers) {
      sticky_by_endpoint.try_emplace(server.config.id, &draft);
    }
  }
  config::Problems problems;
  for (const RouteDraft& draft : drafts) {
    if (draft.router == nullptr || !serves(draft) || is_sticky(draft)) continue;
    for (const config::MergedServer& server : draft.service->servers) {
      const auto found = sticky_by_endpoint.find(server.config.id);
      if (found == sticky_by_endpoint.end()) continue;
      problems.push_back(partly_sticky(draft, *found->second, merged));
      break;
    }
  }
  return problems;
}

}  // namespace mooring::routing
