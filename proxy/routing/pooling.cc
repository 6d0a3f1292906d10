#include "proxy/routing/pooling.h"

#include <algorithm>
#include <ranges>
#include <tuple>

#include "proxy/config/problem_codes.h"
#include "proxy/routing/rule_analysis.h"

namespace mooring::routing {
namespace {

const config::Origin& origin_of(const PoolCandidate& candidate) {
  static const config::Origin kNone;
  const auto& origins = candidate.router->origins;
  return origins.empty() ? kNone : origins.front()->origin;
}

bool share_an_entry_point(const PoolCandidate& a, const PoolCandidate& b) {
  return std::ranges::any_of(a.entry_points, [&](const std::string& name) {
    return std::ranges::find(b.entry_points, name) != b.entry_points.end();
  });
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

}  // namespace

Pools find_pools(const std::vector<PoolCandidate>& candidates) {
  Pools pools;
  std::map<Key, const PoolCandidate*> first;
  for (const PoolCandidate& candidate : candidates) {
    if (!candidate.sticky) continue;
    const auto [entry, fresh] = first.try_emplace(key_of(candidate), &candidate);
    if (fresh || entry->second->service == candidate.service) continue;
    if (!(entry->second->service->config == candidate.service->config)) continue;
    pools.pooled_into.emplace(candidate.router->config.service, entry->second->router->config.service);
  }
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
      const auto front =
          std::ranges::find_if(same.begin(), same.begin() + static_cast<std::ptrdiff_t>(i),
                               [&](const auto* other) { return share_an_entry_point(*other, *same[i]); });
      if (front == same.begin() + static_cast<std::ptrdiff_t>(i)) continue;
      // Two routers to the same endpoints hide nothing from anybody.
      if (service_of(**front) != service_of(*same[i])) pools.problems.push_back(shadowed(*same[i], **front));
    }
  }
  return pools;
}

}  // namespace mooring::routing
