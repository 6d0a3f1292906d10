// Pooling: routers of one Compose project that mean the same become one service with all their endpoints and one
// cookie.
//
// Two services of a Compose file with the same rule and the same sticky middleware are what people write for "two
// replicas"; without pooling the second would never get a request. Where the conditions do not hold, the router with
// the higher priority, then the smaller name, has its way, and the other one is told who stands in front of it. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "proxy/config/merge.h"
#include "proxy/routing/rule.h"

namespace mooring::routing {

// What of a router decides whether it is pooled, resolved already.
struct PoolCandidate {
  std::string name;
  const config::MergedRouter* router = nullptr;
  const config::MergedService* service = nullptr;
  const Rule* rule = nullptr;
  std::int64_t priority = 0;
  std::vector<std::string> entry_points;
  std::vector<std::string> chain;  // middlewares, chains expanded
  bool sticky = false;             // the chain, or the service, ties sessions
};

struct Pools {
  std::map<std::string, std::string> pooled_into;  // service → the service that takes its servers
  config::Problems problems;                       // shadowed routers
};

// `candidates` in the order of their names.
Pools find_pools(const std::vector<PoolCandidate>& candidates);

}  // namespace mooring::routing
