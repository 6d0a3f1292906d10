// Endpoint: one address:port of one container (or one URL), with its state and its counters.
//
// Shared by snapshots, workers and the control loop, and carried over from snapshot to snapshot by identity: it
// outlives every change of configuration, and its life is one atomic word outside the snapshot, so that a drain is one
// store, in force at once. The control loop alone writes it; workers write their own counters, and say what they saw by
// one door; anybody reads. What leads from one state to the next is in endpoint_life.h.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

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

// What is true of an endpoint beside its state.
enum class Mark : std::uint8_t {
  ordered = 1,        // a person took it out: it is nobody's last resort
  left_out = 2,       // it is probing because it refused a connection
  silent = 4,         // and the connection was not even refused
  docker_sick = 8,    // the container's health check fails, or it is paused
  check_failed = 16,  // the proxy's own health check fails
  distrusted = 32,    // too many of its answers failed
  frozen = 64,        // it drains, and is paused: nobody gets an answer from it
};

// The one word: the state and its marks.
struct Life {
  EndpointState state = EndpointState::starting;
  std::uint8_t marks = 0;

  bool has(Mark mark) const { return (marks & static_cast<std::uint8_t>(mark)) != 0; }
  Life& put(Mark mark, bool on = true) {
    const auto bit = static_cast<std::uint8_t>(mark);
    marks = static_cast<std::uint8_t>(on ? marks | bit : marks & ~bit);
    return *this;
  }
  bool sick() const { return has(Mark::docker_sick) || has(Mark::check_failed) || has(Mark::distrusted); }
  bool operator==(const Life&) const = default;
};

// What workers saw of an endpoint and the control loop was not told yet.
struct Seen {
  static constexpr std::uint8_t kRefused = 1;  // a connect was refused
  static constexpr std::uint8_t kSilent = 2;   // a connect had no answer in time
  static constexpr std::uint8_t kAlone = 4;    // and nobody else of the service could take the request
  static constexpr std::uint8_t kLeaving = 8;  // it said itself that it wants no new sessions
  static constexpr std::uint8_t kWanted = 16;  // it was left out, and is asked because nobody else is there
};

struct EndpointCounters {
  observe::Count requests;
  observe::Count failures;      // attempts that gave no response head
  observe::Count in_flight;     // requests that are being served now, tunnels included
  observe::Count tunnels;       // of these, connections that became tunnels (WebSockets)
  observe::Count connections;   // open upstream connections, idle ones included
  observe::Count last_request;  // wall clock, milliseconds since the epoch
};

class Endpoint {
 public:
  // Told with the id when take_seen() has something: from the thread that saw it.
  using Door = std::function<void(const std::string& id)>;

  // `id`: "<container id>:<port>" or a URL. `cookie_part`: see affinity.h.
  Endpoint(std::string id, std::uint64_t cookie_part, Door door = {});
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  const std::string& id() const { return id_; }
  std::uint64_t cookie_part() const { return cookie_part_; }

  Life life() const { return life_.load(std::memory_order_relaxed); }
  EndpointState state() const { return life().state; }
  bool takes_new() const { return state() == EndpointState::ready; }
  bool takes_pinned() const {
    const Life now = life();
    return now.state == EndpointState::ready || (now.state == EndpointState::draining && !now.has(Mark::frozen));
  }
  // When nobody of the service is ready: one that drains, but not by a person's order; or one that refused a connection
  // a moment ago: to ask it costs next to nothing, and it may be back.
  bool takes_as_last_resort() const {
    const Life now = life();
    if (now.state == EndpointState::probing) return now.has(Mark::left_out) && !now.has(Mark::silent);
    return takes_pinned() && !now.has(Mark::ordered);
  }

  struct View {
    EndpointState state;
    bool ordered;           // a person took it out
    std::int64_t since_ms;  // wall clock, milliseconds since the epoch
    std::string why;
  };
  View view() const;
  // Control loop only. True when the state, or who ordered it, changed.
  bool set_life(Life life, std::string why);
  bool set_state(EndpointState state, std::string why) { return set_life({.state = state}, std::move(why)); }
  // As set_life() where only marks changed that nobody is told of.
  void set_marks(Life life) { life_.store(life, std::memory_order_relaxed); }

  // Any thread, also on a request's path: goes to the control loop once, however many requests see the same.
  void saw(std::uint8_t seen);
  // It is asked because nobody else is there: if it is left out, that is over.
  void wanted() {
    if (state() == EndpointState::probing) saw(Seen::kWanted);
  }
  // Control loop only: what was seen since the last call.
  std::uint8_t take_seen() { return seen_.exchange(0, std::memory_order_acq_rel); }

  // Null until a service that balances by it has asked for it. The control loop asks, once the endpoint is known.
  LatencyWindow* latency() const { return latency_.load(std::memory_order_acquire); }
  void want_latency();

  observe::Cells<EndpointCounters> counters;

 private:
  const std::string id_;
  const std::uint64_t cookie_part_;
  std::unique_ptr<LatencyWindow> owned_latency_;
  std::atomic<LatencyWindow*> latency_{nullptr};
  const Door door_;
  std::atomic<Life> life_{Life{}};
  std::atomic<std::uint8_t> seen_{0};
  mutable std::mutex mutex_;  // for since and why: never on a request's path
  std::int64_t since_ms_;
  std::string why_;
};

static_assert(std::atomic<Life>::is_always_lock_free);

using EndpointPtr = std::shared_ptr<Endpoint>;

}  // namespace mooring::upstream
