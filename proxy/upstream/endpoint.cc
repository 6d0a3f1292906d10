#include "proxy/upstream/endpoint.h"

#include <utility>

#include "proxy/observe/timestamp.h"

namespace mooring::upstream {
std::string_view to_string(EndpointState state) {
  switch (state) {
    case EndpointState::starting:
      return "starting";
    case EndpointState::probing:
      return "probing";
    case EndpointState::ready:
      return "ready";
    case EndpointState::draining:
      return "draining";
    case EndpointState::finishing:
      return "finishing";
    case EndpointState::gone:
      return "gone";
    case EndpointState::unhealthy:
      return "unhealthy";
    case EndpointState::maintenance:
      return "maintenance";
  }
  return "unknown";
}

Endpoint::Endpoint(std::string id, std::uint64_t cookie_part)
    : id_(std::move(id)), cookie_part_(cookie_part), since_ms_(observe::wall_ms()), why_("its container was found") {}

Endpoint::View Endpoint::view() const {
  const std::lock_guard lock(mutex_);
  return {.state = state(), .since_ms = since_ms_, .why = why_};
}

void Endpoint::want_latency() {
  if (owned_latency_ != nullptr) return;
  owned_latency_ = std::make_unique<LatencyWindow>();
  latency_.store(owned_latency_.get(), std::memory_order_release);
}

bool Endpoint::set_state(EndpointState state, std::string why) {
  const std::lock_guard lock(mutex_);
  const bool changed = state_.load(std::memory_order_relaxed) != state;
  if (!changed && why_ == why) return false;
  if (changed) since_ms_ = observe::wall_ms();
  why_ = std::move(why);
  state_.store(state, std::memory_order_relaxed);
  return changed;
}

}  // namespace mooring::upstream
