// The routes of one entry point: which one takes a request.
//
// Precedence is the priority, then the name; the first route whose rule matches takes the request. Asked are only the
// routes that need the request's host (one hash look-up), those that need a wildcard of it (one more), and those that
// need no host. A copy shares everything with its original; add() and drop() change one of them at the cost of the
// route (control loop, under an Edition). Published ones are read by all workers. The snapshot keeps the routes alive.
// Source: traefik-compat 2.3; the host index is ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>

#include "proxy/config/ip.h"
#include "proxy/config/shared_tree.h"
#include "proxy/http/request_head.h"
#include "proxy/routing/host_index.h"

namespace mooring::routing {

// Above it are the internal routers. A router that asks for more is not served.
inline constexpr std::int64_t kMaxPriority = std::numeric_limits<std::int64_t>::max() - 1000;

// Unset (0) means the length of the rule's text in bytes, blanks and quotes counted. Negative ones are allowed.
std::int64_t effective_priority(std::string_view rule, std::int64_t configured);

class RouteTable {
 public:
  // The route that takes the request; null: none.
  const Route* match(const http::RequestHead& request, const config::IpAddress& peer) const;

  std::size_t size() const { return size_; }
  // How many routes are asked whatever the host is: what the index cannot help.
  std::size_t unindexed() const { return general_ == nullptr ? 0 : general_->candidates.size(); }

  // A route without a matcher is passed over. drop() wants the very object that was added.
  void add(const Route& route, config::Edition edition);
  void drop(const Route& route, config::Edition edition);

 private:
  struct General {
    config::Edition edition;
    Candidates candidates;
  };
  Candidates& own_general(config::Edition edition);

  HostIndex exact_;
  HostIndex wildcard_;
  std::shared_ptr<General> general_;
  std::size_t size_ = 0;
};

}  // namespace mooring::routing
