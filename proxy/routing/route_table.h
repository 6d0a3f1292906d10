// The routes of one entry point: which one takes a request.
//
// Precedence is the priority, then the name; the first route whose rule matches takes the request. Asked are only the
// routes that need the request's host (one hash look-up), those that need a wildcard of it (one more), and those that
// need no host. Built with a snapshot, never changed, shared by all workers. Knows routes by number only: what a route
// is and does belongs to the snapshot. Source: traefik-compat 2.3; the host index is ours.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/ip.h"
#include "proxy/http/request_head.h"
#include "proxy/routing/matcher.h"
#include "proxy/routing/text_hash.h"

namespace mooring::routing {

// Above it are the internal routers. A router that asks for more is not served.
inline constexpr std::int64_t kMaxPriority = std::numeric_limits<std::int64_t>::max() - 1000;

// Unset (0) means the length of the rule's text in bytes, blanks and quotes counted. Negative ones are allowed.
std::int64_t effective_priority(std::string_view rule, std::int64_t configured);

class RouteTable {
 public:
  struct Entry {
    std::uint32_t index;  // the caller's number of this route
    std::int64_t priority;
    std::string name;                        // qualified; breaks ties
    std::shared_ptr<const Matcher> matcher;  // null: never matches
  };

  RouteTable() = default;
  explicit RouteTable(std::vector<Entry> entries);

  // The index of the route that takes the request.
  std::optional<std::uint32_t> match(const http::RequestHead& request, const config::IpAddress& peer) const;

  std::size_t size() const { return routes_.size(); }
  // How many routes are asked whatever the host is: what the index cannot help.
  std::size_t unindexed() const { return general_.size(); }

 private:
  // Positions in routes_, ascending: the order of precedence.
  using Candidates = std::vector<std::uint32_t>;
  struct Route {
    std::uint32_t index;
    std::shared_ptr<const Matcher> matcher;
  };

  void file(std::uint32_t position, const Matcher& matcher);

  std::vector<Route> routes_;
  TextMap<Candidates> exact_;
  TextMap<Candidates> wildcard_;
  Candidates general_;
};

}  // namespace mooring::routing
