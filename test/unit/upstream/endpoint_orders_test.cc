// What people order, what newcomers announce and what workers see, as the registry takes it.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "proxy/upstream/endpoint_registry.h"
#include "test/support/loopback.h"
#include "test/support/waiting.h"

namespace mooring::upstream {
namespace {

using Kind = config::ContainerEvent::Kind;
using State = EndpointState;

config::MergedServer server_of(const std::string& container, std::uint16_t port) {
  config::Fragment fragment;
  fragment.id = fragment.origin.container_id = container;
  fragment.origin.label = "shop/" + container;
  config::ServerConfig config;
  config.host = "127.0.0.1";
  config.port = port;
  config.id = container.empty() ? config.url() : container + ":80";
  return {config, std::make_shared<const config::Fragment>(fragment)};
}

config::ContainerEvent running(const std::string& container) {
  return {Kind::changed, container, {config::Phase::running, config::Health::none, ""}};
}

config::ContainerEvent healthy(const std::string& container) {
  return {Kind::changed, container, {config::Phase::running, config::Health::healthy, ""}};
}

config::ContainerEvent hint(Kind kind, const std::string& old, const std::string& newcomer) {
  config::ContainerEvent event;
  event.kind = kind;
  event.container_id = old;
  event.successor = newcomer;
  return event;
}

struct EndpointOrdersBench {
  loop::EventLoop loop;
  EndpointRegistry registry{loop,
                            [](const std::string&) {},
                            {.stop = std::chrono::milliseconds(50), .newcomer = std::chrono::milliseconds(100)}};

  ~EndpointOrdersBench() {
    registry.stop();
    static_cast<void>(test::run_until(loop, [this] { return !registry.probing(); }));
  }
  // Until the newcomer is late.
  void settle() {
    const std::uint64_t start = loop.now_ms();
    REQUIRE(test::run_until(loop, [&] { return loop.now_ms() - start > 150; }));
  }
  EndpointPtr reach(const config::MergedServer& server) {
    EndpointPtr endpoint = registry.endpoint(server);
    registry.reached({server}, {});
    return endpoint;
  }
  // Of a container with a health check, which is ready without a port.
  EndpointPtr ready(const std::string& container, std::uint16_t port = 9) {
    registry.apply(healthy(container));
    EndpointPtr endpoint = reach(server_of(container, port));
    REQUIRE(endpoint->takes_new());
    return endpoint;
  }
  bool until(const EndpointPtr& endpoint, State state) {
    return test::run_until(loop, [&] { return endpoint->state() == state; });
  }
  // What was posted before has run.
  void turn() {
    bool ran = false;
    loop.post([&ran] { ran = true; });
    REQUIRE(test::run_until(loop, [&] { return ran; }));
  }
  std::uint64_t left_out_for(const EndpointPtr& endpoint) {
    const std::uint64_t begun = loop.now_ms();
    REQUIRE(until(endpoint, State::ready));
    return loop.now_ms() - begun;
  }
};

TEST_CASE("an order is in force when the call returns, and holds over everything but its end") {
  EndpointOrdersBench bench;
  const EndpointPtr endpoint = bench.ready("web");
  bench.registry.order_drain("web");
  CHECK(endpoint->state() == State::draining);
  CHECK(endpoint->view().ordered);
  CHECK(endpoint->takes_pinned());
  CHECK_FALSE(endpoint->takes_as_last_resort());
  CHECK(endpoint->view().why == "a person drains it (mooring drain)");
  bench.registry.end_drain("web", LifeEvent::drained);
  CHECK(endpoint->state() == State::maintenance);
  // A restart does not undo it.
  bench.registry.apply({Kind::stopping, "web", {}});
  bench.registry.apply({Kind::gone, "web", {}});
  CHECK(endpoint->state() == State::gone);
  bench.registry.apply(healthy("web"));
  CHECK(endpoint->state() == State::maintenance);
  CHECK(endpoint->view().why == "a person took it out (mooring drain), and that holds");
  // Nor does its being forgotten for a while.
  bench.registry.reached({}, {"web:80"});
  const EndpointPtr again = bench.reach(server_of("web", 9));
  CHECK(again != endpoint);
  CHECK(again->state() == State::maintenance);
  bench.registry.undo_drain("web");
  CHECK(again->state() == State::ready);
}

TEST_CASE("an order goes with its container") {
  EndpointOrdersBench bench;
  bench.ready("web");
  bench.registry.order_drain("web");
  bench.registry.apply({Kind::gone, "web", {}});
  bench.registry.apply({Kind::removed, "web", {}});
  bench.registry.reached({}, {"web:80"});
  CHECK(bench.ready("web")->state() == State::ready);
}

TEST_CASE("an order for one endpoint is for that one alone") {
  EndpointOrdersBench bench;
  const EndpointPtr one = bench.ready("web");
  auto second = server_of("web", 9);
  second.config.id = "web:81";
  const EndpointPtr other = bench.reach(second);
  REQUIRE(other->takes_new());
  bench.registry.order_drain("web:80");
  CHECK(one->state() == State::draining);
  CHECK(other->state() == State::ready);
  // The container's own order comes and goes; that of its endpoint holds.
  bench.registry.order_drain("web");
  bench.registry.undo_drain("web");
  CHECK(one->view().ordered);
  CHECK(other->state() == State::ready);
}

TEST_CASE("undone: what was said of the container meanwhile counts, and a stop under way goes on") {
  EndpointOrdersBench bench;
  const EndpointPtr endpoint = bench.ready("web");
  bench.registry.order_drain("web");
  config::ContainerEvent sick = healthy("web");
  sick.state.health = config::Health::unhealthy;
  bench.registry.apply(sick);
  CHECK(endpoint->state() == State::maintenance);
  bench.registry.undo_drain("web");
  CHECK(endpoint->state() == State::unhealthy);
  bench.registry.apply(healthy("web"));
  bench.registry.order_drain("web");
  bench.registry.apply({Kind::stopping, "web", {}, std::chrono::seconds(60)});
  bench.registry.undo_drain("web");
  CHECK(endpoint->state() == State::draining);
  CHECK_FALSE(endpoint->view().ordered);
}

TEST_CASE("a newcomer's hint drains the old one until the newcomer fails") {
  EndpointOrdersBench bench;
  const EndpointPtr endpoint = bench.ready("old");
  bench.registry.apply(hint(Kind::superseded, "old", "new"));
  CHECK(endpoint->state() == State::draining);
  CHECK(endpoint->view().why == "it announced that it wants no new sessions: container new is to replace it");
  CHECK(endpoint->takes_as_last_resort());
  bench.registry.apply(hint(Kind::not_superseded, "old", "another"));
  CHECK(endpoint->state() == State::draining);
  bench.registry.apply(hint(Kind::not_superseded, "old", "new"));
  CHECK(endpoint->state() == State::ready);

  // A person's order, a stop that is under way, and a newcomer that was ready are stronger.
  bench.registry.apply(hint(Kind::superseded, "old", "second"));
  bench.registry.order_drain("old");
  bench.registry.apply(hint(Kind::not_superseded, "old", "second"));
  CHECK(endpoint->view().ordered);
  bench.registry.undo_drain("old");
  bench.registry.apply(hint(Kind::superseded, "old", "third"));
  bench.registry.apply({Kind::stopping, "old", {}, std::chrono::seconds(60)});
  bench.registry.apply(hint(Kind::not_superseded, "old", "third"));
  CHECK(endpoint->state() == State::draining);
}

TEST_CASE("a newcomer that is made and never started replaces nobody") {
  EndpointOrdersBench bench;
  const EndpointPtr endpoint = bench.ready("old");
  bench.registry.apply(hint(Kind::superseded, "old", "new"));
  REQUIRE(endpoint->state() == State::draining);
  SECTION("the old one is let back in") {
    REQUIRE(test::run_until(bench.loop, [&] { return endpoint->state() == State::ready; }));
    bench.registry.apply(hint(Kind::superseded, "old", "second"));
    CHECK(endpoint->state() == State::draining);
  }
  SECTION("it has started: then it is waited for") {
    bench.registry.apply(running("new"));
    const EndpointPtr newcomer = bench.reach(server_of("new", 9));
    bench.settle();
    CHECK(endpoint->state() == State::draining);
  }
  SECTION("the old one was asked to stop: then it drains for that") {
    bench.registry.apply({Kind::stopping, "old", {}, std::chrono::seconds(60)});
    bench.settle();
    CHECK(endpoint->state() == State::draining);
  }
}

TEST_CASE("a newcomer that was ready once keeps the old one draining") {
  EndpointOrdersBench bench;
  const EndpointPtr endpoint = bench.ready("old");
  bench.registry.apply(hint(Kind::superseded, "old", "new"));
  bench.ready("new");
  bench.registry.apply(hint(Kind::not_superseded, "old", "new"));
  CHECK(endpoint->state() == State::draining);
  // Nor when it has gone by the time that it had to start.
  bench.registry.reached({}, {server_of("new", 9).config.id});
  bench.settle();
  CHECK(endpoint->state() == State::draining);
}

TEST_CASE("its own word drains an endpoint, whoever else is there, until it is undone") {
  EndpointOrdersBench bench;
  const EndpointPtr endpoint = bench.ready("web");
  for (int i = 0; i < 3; ++i) endpoint->saw(Seen::kLeaving);
  bench.turn();
  CHECK(endpoint->state() == State::draining);
  CHECK(endpoint->takes_as_last_resort());
  bench.registry.apply(healthy("web"));
  CHECK(endpoint->state() == State::draining);
  CHECK(bench.registry.undo_drain("web"));
  CHECK(endpoint->state() == State::ready);
  CHECK_FALSE(bench.registry.undo_drain("web"));
  // A container that is being stopped is not to be held.
  bench.registry.apply({Kind::stopping, "web", {}, std::chrono::seconds(60)});
  CHECK_FALSE(bench.registry.undo_drain("web"));
  CHECK(endpoint->state() == State::draining);
}

TEST_CASE("who refuses is left out for a moment that grows, and is let in by its port") {
  EndpointOrdersBench bench;
  const test::Loopback listening(bench.loop);
  bench.registry.apply(running("web"));
  const EndpointPtr endpoint = bench.reach(server_of("web", listening.port()));
  REQUIRE(bench.until(endpoint, State::ready));
  endpoint->saw(Seen::kRefused);
  bench.turn();
  CHECK(endpoint->state() == State::probing);
  CHECK(endpoint->view().why == "its port refused a connection: waiting for it to accept one");
  // Said again by an inspect, and a health check: its port has the last word.
  bench.registry.apply(healthy("web"));
  CHECK(endpoint->state() == State::probing);
  CHECK(bench.left_out_for(endpoint) >= Outlier::kFirstMs - 50);
  endpoint->saw(Seen::kRefused);
  bench.turn();
  CHECK(bench.left_out_for(endpoint) >= 2 * Outlier::kFirstMs - 50);
  // Nobody else is there: it is looked at now.
  endpoint->saw(Seen::kRefused | Seen::kAlone);
  bench.turn();
  CHECK(bench.left_out_for(endpoint) < Outlier::kFirstMs);
}

TEST_CASE("who is left out is looked at as soon as somebody has nobody else to ask") {
  EndpointOrdersBench bench;
  const test::Loopback listening(bench.loop);
  bench.registry.apply(running("web"));
  const EndpointPtr endpoint = bench.reach(server_of("web", listening.port()));
  REQUIRE(bench.until(endpoint, State::ready));
  for (int i = 0; i < 3; ++i) {
    endpoint->saw(Seen::kRefused);
    bench.turn();
    REQUIRE(endpoint->state() == State::probing);
    CHECK(endpoint->takes_as_last_resort());
    endpoint->wanted();
    bench.turn();
    CHECK(bench.left_out_for(endpoint) < Outlier::kFirstMs);
  }
  // One that did not even refuse costs whoever asks it a long wait.
  endpoint->saw(Seen::kSilent);
  bench.turn();
  CHECK(endpoint->state() == State::probing);
  CHECK_FALSE(endpoint->takes_as_last_resort());
}

TEST_CASE("the moment grows to ten seconds, and is forgotten by who was well for long") {
  Outlier outlier;
  std::uint64_t now = 1'000;
  for (const std::uint64_t expected : {200, 400, 800, 1'600, 3'200, 6'400, 10'000, 10'000}) {
    CHECK(outlier.refused(now) == expected);
    now += expected;
    outlier.let_in(now);
    now += 100;
  }
  outlier.let_in(now);
  CHECK(outlier.refused(now + Outlier::kSettledMs) == Outlier::kFirstMs);
}

TEST_CASE("who drains and refuses takes nothing more; if it lives on it comes back") {
  EndpointOrdersBench bench;
  const test::Loopback listening(bench.loop);
  bench.registry.apply(running("web"));
  const EndpointPtr endpoint = bench.reach(server_of("web", listening.port()));
  REQUIRE(bench.until(endpoint, State::ready));
  bench.registry.apply({Kind::stopping, "web", {}, std::chrono::seconds(0)});
  endpoint->saw(Seen::kRefused);
  bench.turn();
  CHECK(endpoint->state() == State::finishing);
  CHECK_FALSE(endpoint->takes_pinned());
  CHECK_FALSE(endpoint->takes_as_last_resort());
  CHECK(bench.until(endpoint, State::ready));
}

TEST_CASE("a server given by URL that drained and refused, in either order, is back when its port is") {
  const bool drained_first = GENERATE(true, false);
  EndpointOrdersBench bench;
  const test::Loopback listening(bench.loop);
  const EndpointPtr endpoint = bench.reach(server_of("", listening.port()));
  REQUIRE(bench.until(endpoint, State::ready));
  endpoint->saw(drained_first ? Seen::kLeaving : Seen::kRefused);
  bench.turn();
  CHECK(endpoint->state() == (drained_first ? State::draining : State::probing));
  endpoint->saw(drained_first ? Seen::kRefused : Seen::kLeaving);
  bench.turn();
  CHECK(bench.until(endpoint, State::ready));
}

TEST_CASE("what is seen of an endpoint that nobody knows any more does no harm") {
  EndpointOrdersBench bench;
  const EndpointPtr endpoint = bench.ready("web");
  bench.registry.reached({}, {"web:80"});
  endpoint->saw(Seen::kRefused);
  bench.turn();
  CHECK(endpoint->state() == State::ready);
  bench.registry.order_drain("unknown");
  CHECK(bench.registry.undo_drain("unknown"));
  CHECK_FALSE(bench.registry.undo_drain("unknown"));
}

}  // namespace
}  // namespace mooring::upstream
