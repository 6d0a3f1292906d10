#include "proxy/upstream/hold.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "proxy/upstream/hold_queue.h"

namespace mooring::upstream {
namespace {

// An endpoint that refuses is taken out by what the control loop hears of it, within a millisecond or so: until then
// the same one would only refuse again. Where it stays the last resort, it is probed, and its first good probe wakes
// all: to ask it for each of them, over and over, would only cost.
constexpr std::uint64_t kAfterRefusalMs = 10;
constexpr std::uint64_t kLongestPauseMs = 500;

}  // namespace

std::string_view client_of(const http::Exchange& exchange) {
  return exchange.peer == nullptr ? std::string_view{} : exchange.peer->address_text;
}

std::optional<std::uint32_t> pinned_in(const http::Exchange& exchange, const Balancer& routed, const Balancer& now) {
  if (exchange.preferred.balancer != &routed) return std::nullopt;
  const Endpoint& endpoint = *routed.servers()[exchange.preferred.index].endpoint;
  if (!endpoint.takes_pinned()) return std::nullopt;
  return &now == &routed ? exchange.preferred.index : now.by_cookie_part(endpoint.cookie_part());
}

std::string_view why_nobody(const Balancer& balancer) {
  const std::optional<EndpointState> nearest = balancer.nearest();
  if (!nearest) return balancer.servers().empty() ? "no endpoint" : "its endpoints are taken out for maintenance";
  switch (*nearest) {
    case EndpointState::starting:
    case EndpointState::probing:
      return "no endpoint is ready yet";
    case EndpointState::unhealthy:
      return "its endpoints are unhealthy";
    case EndpointState::gone:
      return "its containers ended";
    default:
      return "its endpoints accept no connections";
  }
}

Hold::Found Hold::look() const {
  std::shared_ptr<const Balancer> now = routed_.state().current();
  const Balancer* const balancer = now == nullptr ? &routed_ : now.get();
  std::optional<std::uint32_t> index = pinned_in(exchange_, routed_, *balancer);
  if (!index) index = balancer->choose(0, client_of(exchange_));
  if (!index) return {.balancer = nullptr, .index = 0, .why = why_nobody(*balancer)};
  if (balancer != &routed_) exchange_.successor = std::move(now);
  return {.balancer = balancer, .index = *index, .why = {}};
}

Hold::Found Hold::nobody(bool refused) const {
  return {
      .balancer = nullptr, .index = 0, .why = refused ? "its endpoints accept no connections" : why_nobody(routed_)};
}

// Who goes to an endpoint that is ready waits no more; with the last resort it may come back and wait on.
Hold::Found Hold::let_go(Found found) {
  if (found.balancer == nullptr || found.takes()) counted_.reset();
  return found;
}

loop::Task<Hold::Found> Hold::wait(bool refused) {
  const config::QueueConfig& queue = routed_.policy().queue;
  const std::uint64_t begun = exchange_.loop.now_ms();
  if (until_ms_ == 0) until_ms_ = begun + static_cast<std::uint64_t>(std::max<std::int64_t>(0, queue.timeout.count()));
  const bool hopeless = !refused && !routed_.nearest();
  if (until_ms_ <= begun || hopeless || exchange_.holds == nullptr) co_return let_go(nobody(refused));
  if (!counted_) counted_.emplace(routed_.state().held, queue.size);
  if (!counted_->fits() && turn_ == 0) {  // one that has waited before is never too many
    co_return let_go({.balancer = nullptr, .index = 0, .why = "too many requests wait for an endpoint"});
  }
  if (turn_ == 0) turn_ = exchange_.holds->next_turn();
  HoldQueue::Place place(*exchange_.holds, exchange_, turn_);
  std::uint64_t patient_until = begun;
  if (refused) {
    pause_ms_ = pause_ms_ == 0 ? kAfterRefusalMs : std::min(2 * pause_ms_, kLongestPauseMs);
    patient_until = std::min(begun + pause_ms_, until_ms_);
    co_await place.wait(std::min(kAfterRefusalMs, until_ms_ - begun));
  }
  while (!exchange_.canceled()) {
    const Found found = look();
    const std::uint64_t now = exchange_.loop.now_ms();
    // Whatever else happened that woke it: the last resort is not asked before the pause is over.
    const bool early = found.balancer != nullptr && !found.takes() && now < patient_until;
    if ((found.balancer != nullptr && !early) || now >= until_ms_) co_return let_go(found);
    co_await place.wait((early ? patient_until : until_ms_) - now);
  }
  co_return let_go(nobody(refused));
}

}  // namespace mooring::upstream
