// RouteDraft: a router on its way into a snapshot: its references resolved, its rule compiled, what is wrong said.
//
// Nothing broken is served, and nobody else gets what it was to take: an unknown middleware or service, a bad entry
// point, a priority out of reach or a broken key of its own makes a route answer 503 where its rule can be read; an
// unreadable rule makes it match nothing. Pure; control loop.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proxy/config/merge.h"
#include "proxy/config/options.h"
#include "proxy/http/handler.h"
#include "proxy/routing/chain_resolver.h"
#include "proxy/routing/route.h"
#include "proxy/routing/rule.h"

namespace mooring::routing {

// A router of our own: the API, ping, a redirection.
struct InternalRoute {
  std::string name;  // "api@internal"
  std::string rule;
  std::string entry_point;
  std::int64_t priority;
  std::string service;  // "api@internal"
  std::vector<http::MiddlewarePtr> chain = {};
  std::string broken = {};  // as config::RouterConfig::broken
};

using InternalServices = std::map<std::string, std::shared_ptr<const http::Handler>>;  // "api@internal"

struct DraftInput {
  const config::Merged& merged;
  const config::Options& options;
  const InternalServices& internal_services;
};

struct RouteDraft {
  std::shared_ptr<Route> route;
  const config::MergedRouter* router = nullptr;      // null: internal
  std::shared_ptr<const config::MergedRouter> part;  // what `router` is, where it is one of several parts of a router
  const config::MergedService* service = nullptr;    // null: internal or unknown
  std::optional<Rule> rule;
  std::string canonical;           // the rule in its normal form
  std::vector<std::string> chain;  // resolved names
  bool sticky_middleware = false;  // one of the chain
  config::Problems problems;
  // What it was made from, beside the router itself: when one of these changes, it is made anew.
  std::set<std::string> asked_middlewares;
  std::vector<std::string> missing_middlewares;
  std::optional<std::string> missing_service;

  bool serves() const { return service != nullptr && route->status != RouteStatus::disabled; }
  bool sticky() const { return sticky_middleware || (service != nullptr && service->config.sticky.has_value()); }
};

// Compiled rules and counters are those of `previous` (may be null) where that has the same rule.
RouteDraft draft_route(const std::string& name, const config::MergedRouter& router, const DraftInput& input,
                       const RouteDraft* previous);
RouteDraft draft_internal(const std::string& name, const InternalRoute& internal, const DraftInput& input,
                          const RouteDraft* previous);

}  // namespace mooring::routing
