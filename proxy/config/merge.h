// Fragments of all sources merged into one table of routers, middlewares and services, with qualified names.
//
// Pure and order-independent: the same fragments give the same table, however they arrived. Knows nothing of addresses,
// rules or middlewares' working; resolves no reference. A difference never makes a route vanish: one side wins, by
// rules that do not change from merge to merge, and both sides get a Problem. Runs on the control loop; any thread may.
// Source: design, section 7 (conflicts); compat page, 0 (names) and 1.7 (what Traefik does instead).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/dynamic.h"
#include "proxy/config/problem.h"

namespace mooring::config {

struct MergedRouter {
  RouterConfig config;               // its references are qualified
  std::vector<FragmentPtr> origins;  // whose settings these are, the first by creation first

  bool operator==(const MergedRouter&) const = default;
};

struct MergedMiddleware {
  MiddlewareConfig config;  // a chain's references are qualified
  std::vector<FragmentPtr> origins;

  bool operator==(const MergedMiddleware&) const = default;
};

struct MergedServer {
  ServerConfig config;
  FragmentPtr from;

  bool operator==(const MergedServer&) const = default;
};

struct MergedService {
  ServiceConfig config;  // its own list of servers is empty: see `servers`
  std::vector<MergedServer> servers;
  std::vector<FragmentPtr> origins;  // all whose servers take part, older generations too

  bool operator==(const MergedService&) const = default;
};

struct MergedTransport {
  ServersTransportConfig config;
  std::vector<FragmentPtr> origins;

  bool operator==(const MergedTransport&) const = default;
};

struct Merged {
  std::map<std::string, MergedRouter> routers;  // by qualified name: "web@docker"
  std::map<std::string, MergedMiddleware> middlewares;
  std::map<std::string, MergedService> services;
  std::map<std::string, MergedTransport> servers_transports;
  Problems problems;  // the merge's own; those of the fragments stay with them

  bool operator==(const Merged&) const = default;
};

// Whether the endpoints of a fragment may take requests: of two generations the newest ready one has its way.
using ReadyCheck = std::function<bool(const Fragment&)>;

Merged merge(const std::vector<FragmentPtr>& fragments, const ReadyCheck& ready);

// "web" → "web@docker"; a name that has a provider is left alone.
std::string qualified(std::string_view name, std::string_view provider);

}  // namespace mooring::config
