// What people read of the events and of what they led to: the words of endpoint_life.h.
#include "proxy/upstream/endpoint_life.h"

namespace mooring::upstream {
namespace {

constexpr std::string_view kCheckFails = "its health check fails";

// Why an endpoint of which something good was said is sick all the same.
std::string_view sickness(Life life) {
  if (life.has(Mark::docker_sick)) return "the container's health check fails";
  if (life.has(Mark::check_failed)) return kCheckFails;
  return "too many of its answers failed";
}

}  // namespace

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
    case LifeEvent::refused:
      return "refused";
    case LifeEvent::silent:
      return "silent";
    case LifeEvent::drain_asked:
      return "drain_asked";
    case LifeEvent::drain_announced:
      return "drain_announced";
    case LifeEvent::drained:
      return "drained";
    case LifeEvent::drain_deadline:
      return "drain_deadline";
    case LifeEvent::drain_undone:
      return "drain_undone";
    case LifeEvent::check_failed:
      return "check_failed";
    case LifeEvent::check_passed:
      return "check_passed";
    case LifeEvent::passive_failed:
      return "passive_failed";
    case LifeEvent::passive_over:
      return "passive_over";
  }
  return "unknown";
}

namespace {

std::string_view own_reason(LifeEvent event) {
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
    case LifeEvent::refused:
      return "its port refused a connection: waiting for it to accept one";
    case LifeEvent::silent:
      return "its port did not answer a connection in time: waiting for it to accept one";
    case LifeEvent::drain_asked:
      return "a person drains it (mooring drain)";
    case LifeEvent::drain_announced:
      return "it announced that it wants no new sessions";
    case LifeEvent::drained:
      return "a person drained it (mooring drain), and nothing of it is left";
    case LifeEvent::drain_deadline:
      return "a person drained it (mooring drain), and the deadline has passed";
    case LifeEvent::drain_undone:
      return "its drain was undone: waiting for its port to accept a connection";
    case LifeEvent::check_failed:
      return kCheckFails;
    case LifeEvent::check_passed:
      return "its health check passed";
    case LifeEvent::passive_failed:
      return "too many of its answers failed";
    case LifeEvent::passive_over:
      return "its failures are a while ago: waiting for its port to accept a connection";
  }
  return "";
}

}  // namespace

std::string_view reason(LifeEvent event, Life now) {
  switch (event) {
    case LifeEvent::runs:
    case LifeEvent::health_starting:
    case LifeEvent::health_ok:
    case LifeEvent::restarts:
      if (now.state == EndpointState::maintenance) return "a person took it out (mooring drain), and that holds";
      if (now.state == EndpointState::draining) return "it was paused while it drained, and goes on draining";
      break;
    case LifeEvent::refused:
    case LifeEvent::silent:
      if (now.state == EndpointState::finishing) return "it drains, and its port takes no more connections";
      break;
    case LifeEvent::stop_ignored:
      if (now.state == EndpointState::ready) return "the container still runs long after it was asked to stop";
      break;
    case LifeEvent::drain_undone:
      if (now.state == EndpointState::ready) return "its drain was undone";
      break;
    default:
      break;
  }
  const bool good = event == LifeEvent::runs || event == LifeEvent::health_ok || event == LifeEvent::stop_ignored ||
                    event == LifeEvent::drain_undone || event == LifeEvent::passive_over;
  return good && now.state == EndpointState::unhealthy ? sickness(now) : own_reason(event);
}

}  // namespace mooring::upstream
