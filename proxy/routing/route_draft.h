// RouteDraft: a router on its way into a snapshot: its references resolved, its rule compiled, what is wrong said.
//
// Nothing broken is served: an unknown middleware, a bad entry point or a broken key of its own makes a route answer
// 503 where its rule can be read; an unreadable rule or an unknown service makes it match nothing. Pure; control loop.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/routing/rule.h"
#include "proxy/routing/snapshot.h"
#include "proxy/routing/snapshot_builder.h"

namespace mooring::routing {

struct DraftInput {
  const config::Merged& merged;
  const config::Options& options;
  const Snapshot* previous;
  const std::map<std::string, std::shared_ptr<const http::Handler>>& internal_services;
};

struct RouteDraft {
  std::shared_ptr<Route> route;
  const config::MergedRouter* router = nullptr;    // null: internal
  const config::MergedService* service = nullptr;  // null: internal or unknown
  std::optional<Rule> rule;
  std::vector<std::string> chain;  // resolved names
  bool sticky_middleware = false;  // one of the chain
  config::Problems problems;

  void warn(std::string text) {
    if (route->status == RouteStatus::enabled) route->status = RouteStatus::warning;
    route->errors.push_back(std::move(text));
  }
};

RouteDraft draft_route(const std::string& name, const config::MergedRouter& router, const DraftInput& input);
RouteDraft draft_internal(const InternalRoute& internal, const DraftInput& input);

}  // namespace mooring::routing
