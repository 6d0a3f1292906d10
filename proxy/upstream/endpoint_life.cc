#include "proxy/upstream/endpoint_life.h"

namespace mooring::upstream {
namespace {

using enum EndpointState;

// What leads out of a drain: its own end, a stop that was ignored, or a new life of the container.
bool leaving(Life life) {
  return life.state == draining || life.state == finishing;
}

Life in(Life life, EndpointState state) {
  life.state = state;
  if (state != draining) life.put(Mark::frozen, false);
  if (state != probing) life.put(Mark::left_out, false).put(Mark::silent, false);
  if (state == maintenance) life.put(Mark::ordered);
  return life;
}

// A container that came back after a person took it out is out still.
bool held(Life life) {
  return life.state == maintenance || (life.state == gone && life.has(Mark::ordered));
}

// Its port must accept a connection, unless somebody says that it is sick.
Life back_in(Life life) {
  return in(life, life.sick() ? unhealthy : probing);
}

// It was ready when it began to leave, and has served all the time since: nothing is to be proved again.
Life stays_in(Life life) {
  return life.state == draining && !life.sick() ? in(life, ready) : back_in(life);
}

// What begins anew knows nothing of what was: but a person's order holds.
Life anew(Life life, EndpointState state) {
  return in(Life{.marks = 0}.put(Mark::ordered, life.has(Mark::ordered)), state);
}

Life on_good_news(Life life, LifeEvent event) {
  life.put(Mark::docker_sick, false).put(Mark::frozen, false);
  if (held(life)) return in(life, maintenance);
  if (leaving(life)) return life;
  switch (event) {
    case LifeEvent::health_starting:
      return in(life, starting);
    case LifeEvent::health_ok:
      if (life.sick()) return in(life, unhealthy);
      // It is well, and yet it refused a connection: its port has the last word.
      return life.has(Mark::left_out) ? life : in(life, ready);
    default:
      // Said again by every inspect: an endpoint that was let in stays in.
      return life.state == ready ? life : back_in(life);
  }
}

// That a check fails while a container is being stopped says nothing new. But whoever is taken out by a person is not
// being stopped: his sessions must not stay with what is sick.
Life on_sickness(Life life, Mark mark) {
  if (life.state == gone && mark != Mark::docker_sick) return life;
  life.put(mark);
  if (held(life)) return in(life, maintenance);
  if (leaving(life)) return life.has(Mark::ordered) ? in(life, maintenance) : life;
  // The proxy's own check knows nothing of a HEALTHCHECK that has not passed yet.
  if (life.state == starting && mark == Mark::check_failed) return life;
  return in(life, unhealthy);
}

// Pinned requests would wait for as long as the pause lasts. A container that is not paused any more has its say again.
Life on_docker_sickness(Life life, bool paused) {
  Life now = on_sickness(life, Mark::docker_sick);
  return now.put(Mark::frozen, paused && now.state == draining);
}

Life on_passive(Life life, LifeEvent event) {
  if (event == LifeEvent::passive_failed) {
    const bool taken = life.state == ready || life.state == unhealthy;
    return taken ? on_sickness(life, Mark::distrusted) : life;
  }
  life.put(Mark::distrusted, false);
  return life.state == unhealthy ? back_in(life) : life;
}

Life on_refusal(Life life, LifeEvent event) {
  // It closed its port, as most do when they are asked to end: it takes nothing more.
  if (life.state == draining) return in(life, finishing);
  if (life.state != ready) return life;
  return in(life, probing).put(Mark::left_out).put(Mark::silent, event == LifeEvent::silent);
}

// Who takes nothing must not begin to because he is asked to end.
Life on_stop(Life life) {
  if (life.state == ready) return in(life, draining);
  return leaving(life) || life.state == gone || life.state == maintenance ? life : in(life, finishing);
}

Life on_order(Life life) {
  life.put(Mark::ordered);
  if (life.state == ready) return in(life, draining);
  return leaving(life) || life.state == gone ? life : in(life, maintenance);
}

Life on_undone(Life life) {
  const bool out = leaving(life) || life.state == maintenance;
  // Nobody asked after it while a person had it out: what has become of it is to be seen.
  const bool unseen = life.has(Mark::ordered);
  life.put(Mark::ordered, false);
  if (!out) return life;
  return unseen ? back_in(life) : stays_in(life);
}

Life on_check_passed(Life life) {
  life.put(Mark::check_failed, false);
  // A check that passes has connected: the gate is behind it.
  const bool waits = life.state == unhealthy || life.state == probing;
  return waits && !life.sick() ? in(life, ready) : life;
}

}  // namespace

Life after(Life life, LifeEvent event) {
  const bool ordered = life.has(Mark::ordered);
  switch (event) {
    case LifeEvent::runs:
    case LifeEvent::health_starting:
    case LifeEvent::health_ok:
      return on_good_news(life, event);
    case LifeEvent::health_failed:
    case LifeEvent::paused:
      return on_docker_sickness(life, event == LifeEvent::paused);
    case LifeEvent::restarts:
      return anew(life, ordered ? maintenance : starting);
    case LifeEvent::probe_ok:
      return life.state == probing ? in(life, ready) : life;
    case LifeEvent::stop_asked:
    case LifeEvent::drain_announced:
      return on_stop(life);
    case LifeEvent::stop_ignored:
      return leaving(life) && !ordered ? stays_in(life) : life;
    case LifeEvent::name_lost:
      return life.state == ready ? in(life, probing) : life;
    case LifeEvent::ended:
      return anew(life, gone);
    case LifeEvent::refused:
    case LifeEvent::silent:
      return on_refusal(life, event);
    case LifeEvent::drain_asked:
      return on_order(life);
    case LifeEvent::drained:
    case LifeEvent::drain_deadline:
      return leaving(life) && ordered ? in(life, maintenance) : life;
    case LifeEvent::drain_undone:
      return on_undone(life);
    case LifeEvent::check_failed:
      return on_sickness(life, Mark::check_failed);
    case LifeEvent::check_passed:
      return on_check_passed(life);
    case LifeEvent::passive_failed:
    case LifeEvent::passive_over:
      return on_passive(life, event);
  }
  return life;
}

}  // namespace mooring::upstream
