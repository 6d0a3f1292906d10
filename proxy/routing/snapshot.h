// Snapshot: the whole routing table at one moment, immutable: what every exchange is routed by from its first byte to
// its last.
//
// Made by build_snapshot() (snapshot_builder.h) on the control loop, shared by all workers, destroyed on the control
// loop. What lives longer than a snapshot (endpoints, counters, schedule positions) is referred to, not held inside.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "proxy/config/merge.h"
#include "proxy/http/handler.h"
#include "proxy/observe/cells.h"
#include "proxy/routing/route_table.h"
#include "proxy/routing/transports.h"
#include "proxy/upstream/balancer.h"

namespace mooring::routing {

struct RouteCounters {
  observe::Count hits;
  observe::Count last_hit;  // wall clock, milliseconds since the epoch
};

enum class RouteStatus : std::uint8_t {
  enabled,
  warning,   // serves, but something about it deserves a look
  disabled,  // does not serve: matches nothing, or answers 503 (`unserved`)
};

struct Route {
  std::string name;  // "web@docker"
  config::RouterConfig config;
  std::vector<config::FragmentPtr> origins;
  std::string service;  // qualified; of the pool it is in
  std::vector<std::string> entry_points;
  std::int64_t priority = 0;
  RouteStatus status = RouteStatus::enabled;
  bool unserved = false;            // its rule can be read and is matched, and answers 503
  std::vector<std::string> errors;  // why it is not enabled, for people
  std::string recursion_mark;       // for a default rule: what X-Traefik-Router must not say already
  std::shared_ptr<const Matcher> matcher;
  std::vector<http::MiddlewarePtr> chain;
  std::shared_ptr<const http::Handler> last;
  std::shared_ptr<observe::Cells<RouteCounters>> counters;
};

struct Service {
  std::string name;
  config::ServiceConfig config;
  std::vector<config::FragmentPtr> origins;
  std::shared_ptr<const upstream::Balancer> balancer;  // null: an internal service, or one that is pooled into another
  std::string pooled_into;                             // the service that has its endpoints now
  std::string cookie_name;                             // of its affinity, if it has any
  std::vector<std::string> used_by;                    // routers
  std::vector<std::string> errors;
};

struct Snapshot {
  std::uint64_t generation = 0;
  std::int64_t made_ms = 0;                          // wall clock, milliseconds since the epoch
  std::vector<std::shared_ptr<const Route>> routes;  // by name; the tables' indices point here
  std::vector<RouteTable> tables;                    // one for each entry point, in the order of the names
  std::vector<std::string> entry_points;             // their names
  std::map<std::string, Service> services;
  Transports transports;
  std::map<std::string, config::MergedMiddleware> middlewares;
  std::map<std::string, std::vector<std::string>> middleware_users;  // routers, by middleware
  config::Problems problems;                                         // of the fragments, the merge and the build
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

}  // namespace mooring::routing
