// The life of an endpoint as one pure table: in this state, on this event, that state.
//
// The registry (endpoint_registry.h) feeds it what the engine, probes, health checks, requests, timers and people say,
// and stores what comes out. Nothing here waits or knows a container. What is said of an endpoint that it does not
// change now (a check that fails while it drains) is kept as a mark and counts when it comes back. Source of the
// events' meaning: Docker Engine API, "Monitor events"; the order in which they come during a stop, and all states for
// people: docs/endpoints.md.
#pragma once

#include <string_view>

#include "proxy/upstream/endpoint.h"

namespace mooring::upstream {

enum class LifeEvent : std::uint8_t {
  runs,             // the container runs and has no health check
  health_starting,  // it has one, which has not passed yet
  health_ok,
  health_failed,
  paused,
  restarts,         // the engine starts it again
  probe_ok,         // a TCP connect succeeded
  stop_asked,       // the container was sent its own StopSignal
  stop_ignored,     // it still runs long after that
  name_lost,        // its host name does not resolve any more
  ended,            // killed with signal 9, dead, removed, off the network
  refused,          // a request could not connect
  silent,           // a request had no answer to its connect in time
  drain_asked,      // a person: `mooring drain`
  drain_announced,  // the upstream's own word, or a newcomer that is to replace it
  drained,          // nothing of it is left
  drain_deadline,   // time is up
  drain_undone,     // a person, or the newcomer that failed
  check_failed,     // the proxy's own health check
  check_passed,
  passive_failed,  // too many of its answers failed
  passive_over,    // and that was a while ago
};
inline constexpr std::size_t kLifeEvents = 22;

std::string_view to_string(LifeEvent event);

// What `event` makes of `life`. The same: nothing changes.
Life after(Life life, LifeEvent event);

// The reason that people read, for `event` having led to `now`.
std::string_view reason(LifeEvent event, Life now);

}  // namespace mooring::upstream
