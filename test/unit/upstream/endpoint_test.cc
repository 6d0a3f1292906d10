#include "proxy/upstream/endpoint.h"

#include <catch2/catch_test_macros.hpp>
#include <set>

namespace mooring::upstream {
namespace {

constexpr EndpointState kStates[] = {EndpointState::starting,  EndpointState::probing,    EndpointState::ready,
                                     EndpointState::draining,  EndpointState::finishing,  EndpointState::gone,
                                     EndpointState::unhealthy, EndpointState::maintenance};

TEST_CASE("an endpoint begins as one that starts") {
  const Endpoint endpoint("abc:80", 7);
  CHECK(endpoint.id() == "abc:80");
  CHECK(endpoint.cookie_part() == 7);
  CHECK(endpoint.state() == EndpointState::starting);
  CHECK(endpoint.view().since_ms > 1'600'000'000'000);
  CHECK_FALSE(endpoint.view().why.empty());
}

TEST_CASE("which states take what") {
  Endpoint endpoint("abc:80", 7);
  std::set<std::string_view> names;
  for (const EndpointState state : kStates) {
    endpoint.set_state(state, "");
    CAPTURE(to_string(state));
    CHECK(endpoint.takes_new() == (state == EndpointState::ready));
    CHECK(endpoint.takes_pinned() == (state == EndpointState::ready || state == EndpointState::draining));
    names.insert(to_string(state));
  }
  CHECK(names == std::set<std::string_view>{"starting", "probing", "ready", "draining", "finishing", "gone",
                                            "unhealthy", "maintenance"});
}

TEST_CASE("a change tells itself, and a new reason alone does not move its time") {
  Endpoint endpoint("abc:80", 7);
  CHECK(endpoint.set_state(EndpointState::ready, "its port answers"));
  const auto before = endpoint.view();
  CHECK_FALSE(endpoint.set_state(EndpointState::ready, "its port answers"));
  CHECK_FALSE(endpoint.set_state(EndpointState::ready, "still"));
  CHECK(endpoint.view().why == "still");
  CHECK(endpoint.view().since_ms == before.since_ms);
  CHECK(endpoint.set_state(EndpointState::gone, "it ended"));
  CHECK(endpoint.view().state == EndpointState::gone);
  CHECK(endpoint.view().why == "it ended");
  CHECK(endpoint.view().since_ms >= before.since_ms);
}

}  // namespace
}  // namespace mooring::upstream
