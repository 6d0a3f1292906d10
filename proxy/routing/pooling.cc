#include "proxy/routing/pooling.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "proxy/config/problem_codes.h"
#include "proxy/routing/rule_analysis.h"

namespace mooring::routing {
namespace {

const config::Origin& origin_of(const PoolCandidate& candidate) {
  static const config::Origin kNone;
  const auto& origins = candidate.router->origins;
  return origins.empty() ? kNone : origins.front()->origin;
}

// A router of the same project as all the containers of its service. Nobody else's routers may bring endpoints
// together: who writes the labels of one project would else add his own to the service of another.
bool at_home(const PoolCandidate& candidate) {
  const config::Origin& home = origin_of(candidate);
  return std::ranges::all_of(candidate.service->origins, [&](const config::FragmentPtr& from) {
    return from->origin.provider == home.provider && from->origin.project == home.project;
  });
}

bool is_on(const PoolCandidate& candidate, const std::string& entry_point) {
  return std::ranges::find(candidate.entry_points, entry_point) != candidate.entry_points.end();
}

// What everybody in a pool has in common; the provider and the project bound who may share with whom.
using Key =
    std::tuple<std::string, std::string, std::string, std::vector<std::string>, std::int64_t, std::vector<std::string>>;

Key key_of(const PoolCandidate& candidate) {
  const config::Origin& origin = origin_of(candidate);
  return {origin.provider,        origin.project,     canonical(*candidate.rule),
          candidate.entry_points, candidate.priority, candidate.chain};
}

bool in_front(const PoolCandidate& a, const PoolCandidate& b) {
  return a.priority != b.priority ? a.priority > b.priority : a.name < b.name;
}

config::Problem shadowed(const PoolCandidate& hidden, const PoolCandidate& front) {
  config::Problem problem;
  problem.code = config::code::kShadowed;
  problem.severity = config::Severity::warning;
  problem.where = origin_of(hidden).label;
  problem.key = hidden.name;
  problem.text = "router " + hidden.name + " is shadowed by " + front.name + " (" + origin_of(front).label +
                 "): every request it could take goes there";
  problem.in_force = front.name + " gets the requests";
  problem.fix =
      "give one of them another rule or a higher priority; to share the requests between both containers, give both "
      "routers the same rule and the same sticky middleware, or use one service name";
  return problem;
}

// Services are one pool when the routers of their project that lead to them correspond one to one, and one is sticky.
// With a router more on one side, that router would lead to endpoints that never asked for it.
std::map<std::string, std::string> pooled_services(const std::vector<PoolCandidate>& candidates) {
  std::map<std::string, std::set<Key>> led_by;
  for (const PoolCandidate& candidate : candidates) {
    if (at_home(candidate)) led_by[candidate.router->config.service].insert(key_of(candidate));
  }
  std::map<std::pair<std::set<Key>, config::ServiceConfig>, std::string> first;
  std::map<std::string, std::string> pooled_into;
  for (const PoolCandidate& candidate : candidates) {
    if (!candidate.sticky || !at_home(candidate)) continue;
    const std::string& service = candidate.router->config.service;
    const auto [entry, fresh] = first.try_emplace({led_by[service], candidate.service->config}, service);
    if (!fresh && entry->second != service) pooled_into.emplace(service, entry->second);
  }
  return pooled_into;
}

// Who gets all that `hidden` could take, when that goes to other endpoints; null when it gets something itself.
// `before` is in front of it, in the order of precedence.
template <typename ServiceOf>
const PoolCandidate* hider(const PoolCandidate& hidden, std::span<const PoolCandidate* const> before,
                           const ServiceOf& service_of) {
  const PoolCandidate* stranger = nullptr;
  for (const std::string& entry_point : hidden.entry_points) {
    const auto front = std::ranges::find_if(before, [&](const auto* other) { return is_on(*other, entry_point); });
    if (front == before.end()) return nullptr;
    // Two routers to the same endpoints hide nothing from anybody.
    if (stranger == nullptr && service_of(**front) != service_of(hidden)) stranger = *front;
  }
  return stranger;
}

}  // namespace

Pools find_pools(const std::vector<PoolCandidate>& candidates) {
  Pools pools{.pooled_into = pooled_services(candidates), .problems = {}};
  const auto service_of = [&](const PoolCandidate& candidate) {
    const auto found = pools.pooled_into.find(candidate.router->config.service);
    return found == pools.pooled_into.end() ? candidate.router->config.service : found->second;
  };
  // Only routers that need the same host can hide each other cheaply enough to look for: by canonical rule first.
  std::map<std::string, std::vector<const PoolCandidate*>> by_rule;
  for (const PoolCandidate& candidate : candidates) by_rule[canonical(*candidate.rule)].push_back(&candidate);
  for (auto& same : by_rule | std::views::values) {
    std::ranges::stable_sort(same, [](const auto* a, const auto* b) { return in_front(*a, *b); });
    for (std::size_t i = 1; i < same.size(); ++i) {
      const PoolCandidate* front = hider(*same[i], std::span(same).first(i), service_of);
      if (front != nullptr) pools.problems.push_back(shadowed(*same[i], *front));
    }
  }
  return pools;
}

}  // namespace mooring::routing
