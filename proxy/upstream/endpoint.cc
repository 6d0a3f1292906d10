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

Endpoint::Endpoint(std::string id, std::uint64_t cookie_part, Door door)
    : id_(std::move(id)),
      cookie_part_(cookie_part),
      door_(std::move(door)),
      since_ms_(observe::wall_ms()),
      why_("its container was found") {}

Endpoint::View Endpoint::view() const {
  const std::lock_guard lock(mutex_);
  const Life now = life();
  return {.state = now.state, .ordered = now.has(Mark::ordered), .since_ms = since_ms_, .why = why_};
}

void Endpoint::want_latency() {
  if (owned_latency_ != nullptr) return;
  owned_latency_ = std::make_unique<LatencyWindow>();
  latency_.store(owned_latency_.get(), std::memory_order_release);
}

bool Endpoint::set_life(Life life, std::string why) {
  const std::lock_guard lock(mutex_);
  const Life before = life_.load(std::memory_order_relaxed);
  const bool moved = before.state != life.state;
  const bool changed = moved || before.has(Mark::ordered) != life.has(Mark::ordered);
  life_.store(life, std::memory_order_relaxed);
  if (!changed && why_ == why) return false;
  if (moved) since_ms_ = observe::wall_ms();
  why_ = std::move(why);
  return changed;
}

void Endpoint::saw(std::uint8_t seen) {
  // Most often it is known already: then nothing is written, and nobody's cache line moves.
  if ((seen_.load(std::memory_order_relaxed) & seen) == seen) return;
  if (seen_.fetch_or(seen, std::memory_order_acq_rel) == 0 && door_) door_(id_);
}

}  // namespace mooring::upstream
