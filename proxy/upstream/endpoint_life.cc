#include "proxy/upstream/endpoint_life.h"

namespace mooring::upstream {

std::string_view to_string(LifeEvent event) {
  switch (event) {
    case LifeEvent::runs:
      return "runs";
    case LifeEvent::health_starting:
      return "health_starting";
    case LifeEvent::health_ok:
      return "health_ok";
    case LifeEvent::health_failed:
      return "health_failed";
    case LifeEvent::paused:
      return "paused";
    case LifeEvent::restarts:
      return "restarts";
    case LifeEvent::probe_ok:
      return "probe_ok";
    case LifeEvent::stop_asked:
      return "stop_asked";
    case LifeEvent::stop_ignored:
      return "stop_ignored";
    case LifeEvent::name_lost:
      return "name_lost";
    case LifeEvent::ended:
      return "ended";
  }
  return "unknown";
}

EndpointState after(EndpointState state, LifeEvent event) {
  using enum EndpointState;
  // What leads out of a drain: its own end, a stop that was ignored, or a new life of the container. A health check
  // that passes or fails while the container is being stopped says nothing new.
  const bool leaving = state == draining || state == finishing;
  switch (event) {
    case LifeEvent::runs:
      // Said again by every inspect: an endpoint that was let in stays in.
      return state == ready || leaving || state == maintenance ? state : probing;
    case LifeEvent::health_starting:
      return leaving || state == maintenance ? state : starting;
    case LifeEvent::health_ok:
      return leaving || state == maintenance ? state : ready;
    case LifeEvent::health_failed:
    case LifeEvent::paused:
      return leaving || state == maintenance ? state : unhealthy;
    case LifeEvent::restarts:
      return state == maintenance ? state : starting;
    case LifeEvent::probe_ok:
      return state == probing ? ready : state;
    case LifeEvent::stop_asked:
      // Who takes nothing must not begin to because he is asked to end.
      if (state == ready) return draining;
      return leaving || state == gone || state == maintenance ? state : finishing;
    case LifeEvent::stop_ignored:
      return leaving ? probing : state;
    case LifeEvent::name_lost:
      return state == ready ? probing : state;
    case LifeEvent::ended:
      return gone;
  }
  return state;
}

std::string_view reason(LifeEvent event) {
  switch (event) {
    case LifeEvent::runs:
      return "the container runs: waiting for its port to accept a connection";
    case LifeEvent::health_starting:
      return "the container's health check has not passed yet";
    case LifeEvent::health_ok:
      return "the container's health check passed";
    case LifeEvent::health_failed:
      return "the container's health check fails";
    case LifeEvent::paused:
      return "the container is paused";
    case LifeEvent::restarts:
      return "the container is being started again";
    case LifeEvent::probe_ok:
      return "its port accepted a connection";
    case LifeEvent::stop_asked:
      return "the container was asked to stop";
    case LifeEvent::stop_ignored:
      return "the container still runs long after it was asked to stop: waiting for its port";
    case LifeEvent::name_lost:
      return "its host name does not resolve: asking again";
    case LifeEvent::ended:
      return "the container ended";
  }
  return "";
}

}  // namespace mooring::upstream
