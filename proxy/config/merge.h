// Fragments of all sources merged into one table of routers, middlewares and services, with qualified names.
//
// Pure and order-independent: the same fragments give the same table, however they arrived. Knows nothing of addresses,
// rules or middlewares' working; resolves no reference. A difference never makes a route vanish: one side wins, by
// rules that do not change from merge to merge, and both sides get a Problem. Runs on the control loop; any thread may.
// Source: design, section 7 (conflicts); compat page, 0 (names) and 1.7 (what Traefik does instead).
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/dynamic.h"
#include "proxy/config/problem.h"

namespace mooring::config {

// Who says something: of the fragments that a merged table refers to, the id and the origin are there and nothing else,
// so that it stays the same when the rest of a fragment changes.
struct Origins : std::vector<FragmentPtr> {
  using std::vector<FragmentPtr>::vector;
  bool operator==(const Origins& other) const { return std::ranges::equal(*this, other, same_source); }

  static bool same_source(const FragmentPtr& a, const FragmentPtr& b) {
    return a == b || (a->id == b->id && a->origin == b->origin);
  }
};

struct MergedRouter {
  RouterConfig config;  // its references are qualified
  Origins origins;      // whose settings these are, the first by creation first

  bool operator==(const MergedRouter&) const = default;
};

struct MergedMiddleware {
  MiddlewareConfig config;  // a chain's references are qualified
  Origins origins;

  bool operator==(const MergedMiddleware&) const = default;
};

struct MergedServer {
  ServerConfig config;
  FragmentPtr from;  // as in Origins

  bool operator==(const MergedServer& other) const {
    return config == other.config && Origins::same_source(from, other.from);
  }
};

struct MergedService {
  ServiceConfig config;  // its own list of servers is empty: see `servers`
  std::vector<MergedServer> servers;
  Origins origins;  // all whose servers take part, older generations too

  bool operator==(const MergedService&) const = default;
};

struct MergedTransport {
  ServersTransportConfig config;
  Origins origins;

  bool operator==(const MergedTransport&) const = default;
};

struct Merged {
  std::map<std::string, MergedRouter> routers;  // by qualified name: "web@docker"
  std::map<std::string, MergedMiddleware> middlewares;
  std::map<std::string, MergedService> services;
  std::map<std::string, MergedTransport> servers_transports;
  std::multiset<Problem> problems;  // the merge's own; those of the fragments stay with them

  bool operator==(const Merged&) const = default;
};

// What the endpoints of a fragment take. Of two generations the newest ready one has its way, and one that drains only
// where none is ready.
enum class Readiness : std::uint8_t { none, last_resort, ready };
using ReadyCheck = std::function<Readiness(const Fragment&)>;

// All at once. What follows changes is merger.h; this is one of those that was told everything in one step.
Merged merge(const std::vector<FragmentPtr>& fragments, const ReadyCheck& ready);

// "web" → "web@docker"; a name that has a provider is left alone.
std::string qualified(std::string_view name, std::string_view provider);

}  // namespace mooring::config
