// Endpoint: one address:port of one container (or one URL), with its state and its counters.
//
// Shared by snapshots, workers and the control loop, and carried over from snapshot to snapshot by identity: it
// outlives every change of configuration, and its state is one atomic word outside the snapshot, so that a drain is one
// store, in force at once. The control loop alone writes the state; workers write their own counters; anybody reads.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "proxy/observe/cells.h"
#include "proxy/upstream/latency.h"

namespace mooring::upstream {

enum class EndpointState : std::uint8_t {
  starting,     // its container starts, or its health check has not passed yet
  probing,      // a TCP connect must succeed first
  ready,        // takes requests
  draining,     // was asked to end: takes its pinned sessions, and new ones only when nobody else is ready
  finishing,    // takes nothing new; what runs may end
  gone,         // its container is no more
  unhealthy,    // its health check fails, or it is paused
  maintenance,  // a person took it out
};

std::string_view to_string(EndpointState state);

struct EndpointCounters {
  observe::Count requests;
  observe::Count failures;      // attempts that gave no response head
  observe::Count in_flight;     // requests that are being served now
  observe::Count connections;   // open upstream connections, idle ones included
  observe::Count last_request;  // wall clock, milliseconds since the epoch
};

class Endpoint {
 public:
  // `id`: "<container id>:<port>" or a URL. `cookie_part`: see affinity.h.
  Endpoint(std::string id, std::uint64_t cookie_part);
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  const std::string& id() const { return id_; }
  std::uint64_t cookie_part() const { return cookie_part_; }

  EndpointState state() const { return state_.load(std::memory_order_relaxed); }
  bool takes_new() const { return state() == EndpointState::ready; }
  bool takes_pinned() const {
    const EndpointState now = state();
    return now == EndpointState::ready || now == EndpointState::draining;
  }

  struct View {
    EndpointState state;
    std::int64_t since_ms;  // wall clock, milliseconds since the epoch
    std::string why;
  };
  View view() const;
  // Control loop only. True when it changed.
  bool set_state(EndpointState state, std::string why);

  // Null until a service that balances by it has asked for it. The control loop asks, once the endpoint is known.
  LatencyWindow* latency() const { return latency_.load(std::memory_order_acquire); }
  void want_latency();

  observe::Cells<EndpointCounters> counters;

 private:
  const std::string id_;
  const std::uint64_t cookie_part_;
  std::atomic<EndpointState> state_{EndpointState::starting};
  std::unique_ptr<LatencyWindow> owned_latency_;
  std::atomic<LatencyWindow*> latency_{nullptr};
  mutable std::mutex mutex_;  // for since and why: never on a request's path
  std::int64_t since_ms_;
  std::string why_;
};

using EndpointPtr = std::shared_ptr<Endpoint>;

}  // namespace mooring::upstream
