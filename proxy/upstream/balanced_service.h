// BalancedService: the service of a route: chooses an endpoint, sends the request, and tries again where that is safe.
//
// The one rule for trying again: a lost connection is first replaced by a fresh one to the same endpoint; a failed
// connect, or a second loss, moves on to another endpoint, three at most. Once a byte of the request was written, only
// methods that may be repeated are (RFC 9110 section 9.2.2), and only with the whole body at hand; the others never use
// a connection that may have died unseen. A request that nobody can take, with nothing of it sent, waits for an
// endpoint where the service has a queue (hold.h), else the answer is 503 with Retry-After. Immutable; any worker.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "proxy/http/handler.h"
#include "proxy/upstream/attempt.h"
#include "proxy/upstream/balancer.h"

namespace mooring::upstream {

class BalancedService final : public http::Handler {
 public:
  explicit BalancedService(std::shared_ptr<const Balancer> balancer) : balancer_(std::move(balancer)) {}

  loop::Task<http::Response> handle(http::Exchange& exchange) const override;
  const Balancer& balancer() const { return *balancer_; }

 private:
  std::optional<std::uint32_t> first_choice(const http::Exchange& exchange) const;

  std::shared_ptr<const Balancer> balancer_;
};

}  // namespace mooring::upstream
