#include "proxy/upstream/endpoint_life.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

namespace mooring::upstream {
namespace {

constexpr std::size_t kEvents = 11;
constexpr std::array<LifeEvent, kEvents> kAllEvents{
    LifeEvent::runs,         LifeEvent::health_starting, LifeEvent::health_ok, LifeEvent::health_failed,
    LifeEvent::paused,       LifeEvent::restarts,        LifeEvent::probe_ok,  LifeEvent::stop_asked,
    LifeEvent::stop_ignored, LifeEvent::ended,           LifeEvent::name_lost};

struct Row {
  EndpointState from;
  std::array<EndpointState, kEvents> to;  // in the order of kAllEvents
};

using enum EndpointState;

// clang-format off
constexpr Row kTable[] = {
    //            runs         h_starting   health_ok    h_failed     paused       restarts     probe_ok     stop_asked   stop_ignored ended name_lost
    {starting,    {probing,     starting,    ready,       unhealthy,   unhealthy,   starting,    starting,    finishing,   starting,    gone, starting}},
    {probing,     {probing,     starting,    ready,       unhealthy,   unhealthy,   starting,    ready,       finishing,   probing,     gone, probing}},
    {ready,       {ready,       starting,    ready,       unhealthy,   unhealthy,   starting,    ready,       draining,    ready,       gone, probing}},
    {draining,    {draining,    draining,    draining,    draining,    draining,    starting,    draining,    draining,    probing,     gone, draining}},
    {finishing,   {finishing,   finishing,   finishing,   finishing,   finishing,   starting,    finishing,   finishing,   probing,     gone, finishing}},
    {gone,        {probing,     starting,    ready,       unhealthy,   unhealthy,   starting,    gone,        gone,        gone,        gone, gone}},
    {unhealthy,   {probing,     starting,    ready,       unhealthy,   unhealthy,   starting,    unhealthy,   finishing,   unhealthy,   gone, unhealthy}},
    {maintenance, {maintenance, maintenance, maintenance, maintenance, maintenance, maintenance, maintenance, maintenance, maintenance, gone, maintenance}},
};
// clang-format on

TEST_CASE("the whole life of an endpoint: every event in every state") {
  static_assert(std::size(kTable) == 8);
  for (const Row& row : kTable) {
    for (std::size_t i = 0; i < kEvents; ++i) {
      CAPTURE(to_string(row.from), to_string(kAllEvents[i]));
      CHECK(to_string(after(row.from, kAllEvents[i])) == to_string(row.to[i]));
    }
  }
}

TEST_CASE("nothing that is asked to stop takes more than it took before") {
  const auto takes = [](EndpointState state) { return state == ready || state == draining; };
  for (const Row& row : kTable) {
    for (const LifeEvent event :
         {LifeEvent::stop_asked, LifeEvent::ended, LifeEvent::paused, LifeEvent::health_failed, LifeEvent::restarts}) {
      CAPTURE(to_string(row.from), to_string(event));
      CHECK((takes(row.from) || !takes(after(row.from, event))));
    }
  }
}

TEST_CASE("every event has a name and a reason of its own") {
  std::set<std::string_view> names;
  std::set<std::string_view> reasons;
  for (const LifeEvent event : kAllEvents) {
    names.insert(to_string(event));
    reasons.insert(reason(event));
  }
  CHECK(names.size() == kEvents);
  CHECK(reasons.size() == kEvents);
  CHECK_FALSE(reasons.contains(""));
  CHECK_FALSE(names.contains("unknown"));
}

}  // namespace
}  // namespace mooring::upstream
