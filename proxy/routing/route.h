// Route: a router as it is in force: its rule compiled, its chain and its service at hand. Immutable, part of
// snapshots.
//
// Made on the control loop (snapshot_builder.h), shared by all snapshots in which nothing about it changed, and by all
// workers. Its counters outlive it: the next form of the same router takes them over.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "proxy/config/merge.h"
#include "proxy/http/handler.h"
#include "proxy/observe/cells.h"
#include "proxy/routing/matcher.h"

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

// The order of names where a name decides: without the provider first, so that "whoami@docker" comes before
// "whoami-replica@docker" ("-" sorts before "@").
inline bool name_before(std::string_view a, std::string_view b) {
  const auto short_name = [](std::string_view name) { return name.substr(0, std::min(name.rfind('@'), name.size())); };
  return std::tuple(short_name(a), a) < std::tuple(short_name(b), b);
}

// Which of two routers is asked first: the higher priority, then the name.
inline bool in_front(std::int64_t a_priority, std::string_view a, std::int64_t b_priority, std::string_view b) {
  return a_priority != b_priority ? a_priority > b_priority : name_before(a, b);
}

}  // namespace mooring::routing
