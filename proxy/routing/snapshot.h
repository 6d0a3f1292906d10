// Snapshot: the whole routing table at one moment, immutable: what every exchange is routed by from its first byte to
// its last.
//
// Made by a SnapshotBuilder (snapshot_builder.h) on the control loop, shared by all workers, let go of on the control
// loop. Two that follow each other share all routes, services and places of the tables that did not change. What lives
// longer than a snapshot (endpoints, counters, schedule positions) is referred to, not held inside.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "proxy/config/merge.h"
#include "proxy/config/shared_map.h"
#include "proxy/config/shared_tree.h"
#include "proxy/routing/route.h"
#include "proxy/routing/route_table.h"
#include "proxy/upstream/balancer.h"

namespace mooring::routing {

struct Service {
  std::string name;
  config::ServiceConfig config;
  std::vector<config::FragmentPtr> origins;
  std::shared_ptr<const upstream::Balancer> balancer;  // null: an internal service, or one that is pooled into another
  std::string pooled_into;                             // the service that has its endpoints now
  std::string cookie_name;                             // of its affinity, if it has any
  config::SharedNames used_by;                         // routers
  std::vector<std::string> errors;
};

struct RoutePolicy {
  using Item = std::shared_ptr<const Route>;
  static const std::string& key(const Item& item) { return item->name; }
  // The set holds what it is called with. NOLINTNEXTLINE(bugprone-return-const-ref-from-parameter)
  static const Item& view(const Item& item) { return item; }
};
using RouteSet = config::SharedTree<RoutePolicy>;  // std::shared_ptr<const Route>, in the order of the names

struct ProblemPolicy {
  using Item = std::shared_ptr<const config::Problem>;
  static const config::Problem& key(const Item& item) { return *item; }
  static const config::Problem& view(const Item& item) { return *item; }
};
// Sorted, each once.
class ProblemSet : public config::SharedTree<ProblemPolicy> {
 public:
  ProblemSet() = default;
  ProblemSet(std::initializer_list<config::Problem> problems) {
    const config::Edition edition = config::next_edition();
    for (const config::Problem& problem : problems) {
      put(std::make_shared<const config::Problem>(problem), edition);
    }
  }
};

struct Snapshot {
  std::uint64_t generation = 0;
  std::int64_t made_ms = 0;  // wall clock, milliseconds since the epoch
  RouteSet routes;
  std::vector<RouteTable> tables;         // one for each entry point, in the order of the names
  std::vector<std::string> entry_points;  // their names
  config::SharedMap<Service> services;
  config::SharedMap<config::MergedMiddleware> middlewares;
  config::SharedMap<config::SharedNames> middleware_users;  // routers, by middleware
  ProblemSet problems;                                      // of the fragments, the merge and the build
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace mooring::routing
