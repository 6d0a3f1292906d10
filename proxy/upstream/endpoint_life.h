// The life of an endpoint as one pure table: in this state, on this event, that state.
//
// The registry (endpoint_registry.h) feeds it what the engine, the probes and the timers say, and stores what comes
// out. Nothing here waits or knows a container. Source of the events' meaning: Docker Engine API, "Monitor events"; the
// order in which they come during a stop is in docs/endpoints.md.
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
  restarts,      // the engine starts it again
  probe_ok,      // a TCP connect succeeded
  stop_asked,    // the container was sent its own StopSignal
  stop_ignored,  // it still runs long after that
  name_lost,     // its host name does not resolve any more
  ended,         // killed with signal 9, dead, removed, off the network
};

std::string_view to_string(LifeEvent event);

// The state after `event`. The same state: nothing changes.
EndpointState after(EndpointState state, LifeEvent event);

// The reason that people read, for the change that `event` made.
std::string_view reason(LifeEvent event);

}  // namespace mooring::upstream
