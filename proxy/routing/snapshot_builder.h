// Builds a Snapshot from the merged configuration: resolves names, compiles rules, pools services, and says what is
// wrong.
//
// Pure but for what it asks of `endpoints`: the same input gives the same table. What is equal to the previous
// snapshot's is taken over from it: compiled rules, counters, places in schedules. Control loop only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "proxy/config/merge.h"
#include "proxy/config/options.h"
#include "proxy/observe/sessions.h"
#include "proxy/routing/snapshot.h"

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

struct BuildInput {
  const config::Merged& merged;
  const std::vector<config::FragmentPtr>& fragments;  // for their problems
  const config::Options& options;
  const std::vector<InternalRoute>& internal_routes;
  const std::map<std::string, std::shared_ptr<const http::Handler>>& internal_services;  // "api@internal"
  // The endpoint of a server, by its identity; made when it is new.
  std::function<upstream::EndpointPtr(const config::MergedServer&)> endpoint;
  // Whether that endpoint is the only one that ever had this URL: else Traefik's cookies for it name nobody.
  std::function<bool(const config::MergedServer&)> sole_owner;
  observe::Sessions* sessions;
  const Snapshot* previous;  // may be null
};

std::shared_ptr<Snapshot> build_snapshot(const BuildInput& input);

}  // namespace mooring::routing
