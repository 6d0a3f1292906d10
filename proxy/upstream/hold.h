// Hold: lets a request that nobody can take wait until somebody can, up to its service's queue.timeout.
//
// One a request, made by its service when it is first needed. Each wait ends with an endpoint of the balancer that the
// service has by then (a container that was recreated is in a newer one than the request was routed by), or with the
// reason for the 503. At most queue.size requests of a service wait at a time, on all workers; a worker's go on in the
// order in which they came. One that was let go and refused waits on in its old place. One loop, one thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "proxy/http/exchange.h"
#include "proxy/loop/task.h"
#include "proxy/upstream/balancer.h"

namespace mooring::upstream {

class Hold {
 public:
  struct Found {
    const Balancer* balancer = nullptr;  // null: nobody; kept alive by the exchange or its route
    std::uint32_t index = 0;
    std::string_view why;  // nobody: for people

    // It is ready, and not the last resort.
    bool takes() const { return balancer != nullptr && balancer->servers()[index].endpoint->takes_new(); }
  };

  // `routed`: the balancer that the request was routed by; it outlives the hold.
  Hold(http::Exchange& exchange, const Balancer& routed) : exchange_(exchange), routed_(routed) {}

  // `refused`: somebody is said to be ready and has just refused; nobody is asked again in the same moment.
  loop::Task<Found> wait(bool refused);

 private:
  // One of the requests that wait, for as long as it lives.
  class Counted {
   public:
    Counted(std::atomic<std::int64_t>& held, std::int64_t most) : held_(held), fits_(held.fetch_add(1) < most) {}
    ~Counted() { --held_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;

    bool fits() const { return fits_; }

   private:
    std::atomic<std::int64_t>& held_;
    const bool fits_;
  };

  Found look() const;
  Found nobody(bool refused) const;
  Found let_go(Found found);

  http::Exchange& exchange_;
  const Balancer& routed_;
  std::uint64_t until_ms_ = 0;  // the loop's clock; 0: not begun
  std::uint64_t pause_ms_ = 0;  // after the next refusal
  std::uint64_t turn_ = 0;      // its place in the worker's order; 0: it has not waited yet
  std::optional<Counted> counted_;
};

// Where the endpoint that the request is pinned to, by affinity in `routed`, stands in `now`; nothing: it is pinned to
// none, or that one takes nothing.
std::optional<std::uint32_t> pinned_in(const http::Exchange& exchange, const Balancer& routed, const Balancer& now);

// The address of the request's TCP peer; empty where there is none.
std::string_view client_of(const http::Exchange& exchange);

// Why nobody takes requests of this service, for people. Static text.
std::string_view why_nobody(const Balancer& balancer);

}  // namespace mooring::upstream
