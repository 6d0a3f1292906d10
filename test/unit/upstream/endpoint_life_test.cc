#include "proxy/upstream/endpoint_life.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mooring::upstream {
namespace {

using enum LifeEvent;

constexpr EndpointState kStates[] = {EndpointState::starting,  EndpointState::probing,    EndpointState::ready,
                                     EndpointState::draining,  EndpointState::finishing,  EndpointState::gone,
                                     EndpointState::unhealthy, EndpointState::maintenance};
constexpr std::pair<Mark, char> kMarks[] = {
    {Mark::ordered, 'o'},      {Mark::left_out, 'l'},   {Mark::silent, 's'}, {Mark::docker_sick, 'd'},
    {Mark::check_failed, 'c'}, {Mark::distrusted, 'p'}, {Mark::frozen, 'z'}};

std::vector<LifeEvent> all_events() {
  std::vector<LifeEvent> events;
  for (std::size_t i = 0; i < kLifeEvents; ++i) events.push_back(static_cast<LifeEvent>(i));
  return events;
}

// "draining+oc": the state, and the letters of its marks.
std::string written(Life life) {
  std::string text(to_string(life.state));
  if (life.marks != 0) text += '+';
  for (const auto& [mark, letter] : kMarks) {
    if (life.has(mark)) text += letter;
  }
  return text;
}

Life read(const std::string& text) {
  Life life;
  const std::string state = text.substr(0, text.find('+'));
  for (const EndpointState each : kStates) {
    if (to_string(each) == state) life.state = each;
  }
  for (const auto& [mark, letter] : kMarks) {
    life.put(mark, text.find(letter, state.size()) != std::string::npos);
  }
  REQUIRE(written(life) == text);
  return life;
}

// What each event makes of a life; an event that is not listed changes nothing.
struct Row {
  std::string from;
  std::vector<std::pair<std::set<LifeEvent>, std::string>> to;
};

const std::vector<Row> kTable = {
    {"starting",
     {{{runs}, "probing"},
      {{health_ok}, "ready"},
      {{health_failed, paused}, "unhealthy+d"},
      {{stop_asked, drain_announced}, "finishing"},
      {{ended}, "gone"},
      {{drain_asked}, "maintenance+o"},
      {{check_failed}, "starting+c"}}},
    {"starting+c",
     {{{runs, health_ok}, "unhealthy+c"},
      {{health_failed, paused}, "unhealthy+dc"},
      {{restarts}, "starting"},
      {{stop_asked, drain_announced}, "finishing+c"},
      {{ended}, "gone"},
      {{drain_asked}, "maintenance+oc"},
      {{check_passed}, "starting"}}},
    {"probing",
     {{{health_starting, restarts}, "starting"},
      {{health_ok, probe_ok, check_passed}, "ready"},
      {{health_failed, paused}, "unhealthy+d"},
      {{stop_asked, drain_announced}, "finishing"},
      {{ended}, "gone"},
      {{drain_asked}, "maintenance+o"},
      {{check_failed}, "unhealthy+c"}}},
    // Left out: its port alone lets it in again.
    {"probing+l",
     {{{health_starting, restarts}, "starting"},
      {{probe_ok, check_passed}, "ready"},
      {{health_failed, paused}, "unhealthy+d"},
      {{stop_asked, drain_announced}, "finishing"},
      {{ended}, "gone"},
      {{drain_asked}, "maintenance+o"},
      {{check_failed}, "unhealthy+c"}}},
    {"probing+ls",
     {{{health_starting, restarts}, "starting"},
      {{probe_ok, check_passed}, "ready"},
      {{health_failed, paused}, "unhealthy+d"},
      {{stop_asked, drain_announced}, "finishing"},
      {{ended}, "gone"},
      {{drain_asked}, "maintenance+o"},
      {{check_failed}, "unhealthy+c"}}},
    {"ready",
     {{{health_starting, restarts}, "starting"},
      {{health_failed, paused}, "unhealthy+d"},
      {{stop_asked, drain_announced}, "draining"},
      {{name_lost}, "probing"},
      {{ended}, "gone"},
      {{refused}, "probing+l"},
      {{silent}, "probing+ls"},
      {{drain_asked}, "draining+o"},
      {{check_failed}, "unhealthy+c"},
      {{passive_failed}, "unhealthy+p"}}},
    // It was ready when it began to leave.
    {"draining",
     {{{health_failed}, "draining+d"},
      {{paused}, "draining+dz"},
      {{restarts}, "starting"},
      {{stop_ignored, drain_undone}, "ready"},
      {{ended}, "gone"},
      {{refused, silent}, "finishing"},
      {{drain_asked}, "draining+o"},
      {{check_failed}, "draining+c"}}},
    // What was said of it meanwhile counts when it comes back.
    {"draining+d",
     {{{runs, health_starting, health_ok}, "draining"},
      {{restarts}, "starting"},
      {{stop_ignored, drain_undone}, "unhealthy+d"},
      {{ended}, "gone"},
      {{refused, silent}, "finishing+d"},
      {{drain_asked}, "draining+od"},
      {{paused}, "draining+dz"},
      {{check_failed}, "draining+dc"}}},
    // Paused, it answers nobody: until it goes on it takes none of its sessions either.
    {"draining+dz",
     {{{runs, health_starting, health_ok}, "draining"},
      {{health_failed}, "draining+d"},
      {{restarts}, "starting"},
      {{stop_ignored, drain_undone}, "unhealthy+d"},
      {{ended}, "gone"},
      {{refused, silent}, "finishing+d"},
      {{drain_asked}, "draining+odz"},
      {{check_failed}, "draining+dcz"}}},
    // Ordered by a person: a restart does not undo it, and sickness moves its sessions.
    {"draining+o",
     {{{health_failed, paused}, "maintenance+od"},
      {{restarts, drained, drain_deadline}, "maintenance+o"},
      {{ended}, "gone+o"},
      {{refused, silent}, "finishing+o"},
      {{drain_undone}, "probing"},
      {{check_failed}, "maintenance+oc"}}},
    {"finishing",
     {{{health_failed, paused}, "finishing+d"},
      {{restarts}, "starting"},
      {{stop_ignored, drain_undone}, "probing"},
      {{ended}, "gone"},
      {{drain_asked}, "finishing+o"},
      {{check_failed}, "finishing+c"}}},
    {"finishing+o",
     {{{health_failed, paused}, "maintenance+od"},
      {{restarts, drained, drain_deadline}, "maintenance+o"},
      {{ended}, "gone+o"},
      {{drain_undone}, "probing"},
      {{check_failed}, "maintenance+oc"}}},
    {"gone",
     {{{runs}, "probing"},
      {{health_starting, restarts}, "starting"},
      {{health_ok}, "ready"},
      {{health_failed, paused}, "unhealthy+d"},
      {{drain_asked}, "gone+o"}}},
    {"gone+o",
     {{{runs, health_starting, health_ok, restarts}, "maintenance+o"},
      {{health_failed, paused}, "maintenance+od"},
      {{drain_undone}, "gone"}}},
    {"unhealthy+d",
     {{{runs}, "probing"},
      {{health_starting, restarts}, "starting"},
      {{health_ok}, "ready"},
      {{stop_asked, drain_announced}, "finishing+d"},
      {{ended}, "gone"},
      {{drain_asked}, "maintenance+od"},
      {{check_failed}, "unhealthy+dc"},
      {{passive_failed}, "unhealthy+dp"}}},
    // Each says what it knows, and all must be content.
    {"unhealthy+c",
     {{{health_starting}, "starting+c"},
      {{health_failed, paused}, "unhealthy+dc"},
      {{restarts}, "starting"},
      {{stop_asked, drain_announced}, "finishing+c"},
      {{ended}, "gone"},
      {{drain_asked}, "maintenance+oc"},
      {{check_passed}, "ready"},
      {{passive_failed}, "unhealthy+cp"}}},
    {"unhealthy+dc",
     {{{health_starting}, "starting+c"},
      {{runs, health_ok}, "unhealthy+c"},
      {{restarts}, "starting"},
      {{stop_asked, drain_announced}, "finishing+dc"},
      {{ended}, "gone"},
      {{drain_asked}, "maintenance+odc"},
      {{check_passed}, "unhealthy+d"},
      {{passive_failed}, "unhealthy+dcp"}}},
    {"unhealthy+p",
     {{{health_starting}, "starting+p"},
      {{health_failed, paused}, "unhealthy+dp"},
      {{restarts}, "starting"},
      {{stop_asked, drain_announced}, "finishing+p"},
      {{ended}, "gone"},
      {{drain_asked}, "maintenance+op"},
      {{check_failed}, "unhealthy+cp"},
      {{passive_over}, "probing"}}},
    {"maintenance+o",
     {{{health_failed, paused}, "maintenance+od"},
      {{ended}, "gone+o"},
      {{drain_undone}, "probing"},
      {{check_failed}, "maintenance+oc"}}},
    {"maintenance+oc",
     {{{health_failed, paused}, "maintenance+odc"},
      {{restarts}, "maintenance+o"},
      {{ended}, "gone+o"},
      {{drain_undone}, "unhealthy+c"},
      {{check_passed}, "maintenance+o"}}},
};

TEST_CASE("the whole life of an endpoint: every event in every state") {
  std::set<EndpointState> states;
  for (const Row& row : kTable) {
    const Life from = read(row.from);
    states.insert(from.state);
    for (const LifeEvent event : all_events()) {
      std::string expected = row.from;
      for (const auto& [events, to] : row.to) {
        if (events.contains(event)) expected = to;
      }
      CAPTURE(row.from, to_string(event));
      CHECK(written(after(from, event)) == expected);
    }
  }
  CHECK(states.size() == std::size(kStates));
}

// Every life that any order of events leads to.
std::vector<Life> reachable() {
  std::vector<Life> seen;
  std::deque<Life> left{Life{}};
  while (!left.empty()) {
    const Life life = left.front();
    left.pop_front();
    if (std::ranges::find(seen, life) != seen.end()) continue;
    seen.push_back(life);
    for (const LifeEvent event : all_events()) left.push_back(after(life, event));
  }
  return seen;
}

bool takes_pinned(Life life) {
  return life.state == EndpointState::ready || (life.state == EndpointState::draining && !life.has(Mark::frozen));
}

TEST_CASE("what holds in every life that can come to be") {
  const std::vector<Life> lives = reachable();
  CHECK(lives.size() > std::size(kTable));
  for (const Life& life : lives) {
    CAPTURE(written(life));
    CHECK((life.state != EndpointState::ready || !life.sick()));
    CHECK((life.state != EndpointState::unhealthy || life.sick()));
    CHECK((life.state != EndpointState::maintenance || life.has(Mark::ordered)));
    CHECK((!life.has(Mark::left_out) || life.state == EndpointState::probing));
    CHECK((!life.has(Mark::silent) || life.has(Mark::left_out)));
    CHECK((!life.has(Mark::frozen) || (life.state == EndpointState::draining && life.has(Mark::docker_sick))));
    // Nobody who was taken out by a person takes new sessions, or is on the way there.
    const bool in = life.state == EndpointState::ready || life.state == EndpointState::probing ||
                    life.state == EndpointState::starting || life.state == EndpointState::unhealthy;
    CHECK_FALSE((life.has(Mark::ordered) && in));
    for (const LifeEvent event :
         {stop_asked, ended, paused, health_failed, restarts, refused, silent, drain_asked, drain_announced, drained,
          drain_deadline, drain_undone, check_failed, passive_failed, name_lost, stop_ignored, passive_over}) {
      CAPTURE(to_string(event));
      // That its health check fails is how one learns that a paused container runs again.
      const bool goes_on = life.has(Mark::frozen) && event == health_failed;
      CHECK((goes_on || takes_pinned(life) || !takes_pinned(after(life, event))));
    }
    // An order holds until it is undone.
    for (const LifeEvent event : all_events()) {
      if (life.has(Mark::ordered) && event != drain_undone) CHECK(after(life, event).has(Mark::ordered));
    }
    CHECK_FALSE(after(life, drain_undone).has(Mark::ordered));
    CHECK(after(life, ended).state == EndpointState::gone);
    // The same event twice says nothing new.
    for (const LifeEvent event : {runs, health_ok, health_failed, ended, drain_asked, drain_undone, stop_asked}) {
      CAPTURE(to_string(event));
      CHECK(written(after(after(life, event), event)) == written(after(life, event)));
    }
  }
}

TEST_CASE("every event has a name and a reason of its own") {
  std::set<std::string_view> names;
  std::set<std::string_view> reasons;
  for (const LifeEvent event : all_events()) {
    names.insert(to_string(event));
    const std::string_view why = reason(event, {.state = EndpointState::starting});
    CHECK_FALSE(why.empty());
    reasons.insert(why);
  }
  CHECK(names.size() == kLifeEvents);
  CHECK_FALSE(names.contains("unknown"));
  CHECK(reasons.size() == kLifeEvents);
  CHECK(to_string(static_cast<LifeEvent>(kLifeEvents)) == "unknown");
}

TEST_CASE("good news that let nobody in say who holds it back") {
  const auto why = [](const char* life, LifeEvent event) {
    const Life now = after(read(life), event);
    return std::string(reason(event, now));
  };
  CHECK(why("draining+dz", runs) == "it was paused while it drained, and goes on draining");
  CHECK(why("gone+o", runs) == "a person took it out (mooring drain), and that holds");
  CHECK(why("unhealthy+c", health_ok) == "its health check fails");
  CHECK(why("unhealthy+p", health_ok) == "too many of its answers failed");
  CHECK(why("maintenance+oc", drain_undone) == "its health check fails");
  CHECK(why("draining", stop_ignored) == "the container still runs long after it was asked to stop");
  CHECK(why("draining", drain_undone) == "its drain was undone");
  CHECK(why("draining+d", stop_ignored) == "the container's health check fails");
  CHECK(why("draining", refused) == "it drains, and its port takes no more connections");
  CHECK(why("ready", refused) == "its port refused a connection: waiting for it to accept one");
}

}  // namespace
}  // namespace mooring::upstream
