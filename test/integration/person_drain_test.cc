// Drains by a person, by the endpoint's own word, and what refused connections do, over the data plane.
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <future>
#include <map>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

using Kind = config::ContainerEvent::Kind;
using Phase = server::DrainView::Phase;
using upstream::EndpointState;

constexpr const char* kUpgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n";
constexpr const char* kSwitch = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

// On the control loop, as the control socket does it.
template <typename Do>
auto on_control(ProxyUnderTest& proxy, Do act) {
  std::promise<decltype(act())> promise;
  auto future = promise.get_future();
  proxy.control().loop().post([&] { promise.set_value(act()); });
  return future.get();
}

server::DrainView drain(ProxyUnderTest& proxy, const Backend& backend,
                        std::chrono::milliseconds deadline = std::chrono::minutes(10)) {
  return on_control(
      proxy, [&] { return proxy.control().drain({.id = backend.container, .name = backend.container}, deadline); });
}

bool becomes(ProxyUnderTest& proxy, Phase phase) {
  return wait_until([&] {
    const auto views = proxy.control().drains();
    return views.size() == 1 && views[0].phase == phase;
  });
}

EndpointState state_of(ProxyUnderTest& proxy, const Backend& backend) {
  for (const auto& [name, service] : proxy.control().snapshot()->services) {
    if (service.balancer == nullptr) continue;
    for (const upstream::Server& server : service.balancer->servers()) {
      if (server.origin.container_id == backend.container) return server.endpoint->state();
    }
  }
  return EndpointState::gone;
}

std::map<std::string, int> answers(ProxyUnderTest& proxy, int count) {
  std::map<std::string, int> bodies;
  for (int i = 0; i < count; ++i) ++bodies[proxy.ask(get()).body];
  return bodies;
}

using Bodies = std::map<std::string, int>;

}  // namespace

TEST_CASE("a person's drain: no new sessions, its own stay, and both go back when it is undone") {
  ScriptedUpstream one(ScriptedUpstream::answering("one"));
  ScriptedUpstream two(ScriptedUpstream::answering("two"));
  const Backend first{.port = one.port()};
  ProxyPlan plan;
  plan.sticky = true;
  ProxyUnderTest proxy(plan);
  proxy.serve({first, {.port = two.port()}});
  std::string cookie;
  while (cookie.empty()) {
    const RawMessage response = proxy.ask(get());
    if (response.body == "one") cookie = cookie_of(response);
  }
  const std::string pinned = get("/", "Cookie: " + cookie + "\r\n");
  CHECK(proxy.ask(pinned).body == "one");
  CHECK(drain(proxy, first).states == "draining");
  CHECK(answers(proxy, 6) == Bodies{{"two", 6}});
  CHECK(proxy.ask(pinned).body == "one");
  // Its session is there, and so it is not drained.
  CHECK(wait_until([&] { return proxy.control().drains()[0].sessions == 1; }));
  CHECK(proxy.control().drains()[0].phase == Phase::draining);
  CHECK(on_control(proxy, [&] { return proxy.control().undrain(first.container); }));
  CHECK(wait_until([&] { return state_of(proxy, first) == EndpointState::ready; }));
  CHECK(proxy.control().drains().empty());
  CHECK(answers(proxy, 6) == Bodies{{"one", 3}, {"two", 3}});
}

TEST_CASE("a person's drain of the only one: who has no session gets 503, not what was taken out") {
  ScriptedUpstream one(ScriptedUpstream::answering("one"));
  const Backend only{.port = one.port()};
  ProxyPlan plan;
  plan.service.queue = {.timeout = std::chrono::milliseconds(60'000), .size = 10};
  ProxyUnderTest proxy(plan);
  proxy.serve({only});
  CHECK(proxy.ask(get()).status() == 200);
  REQUIRE(wait_until([&] { return proxy.in_flight() == 0; }));
  RawSocket busy = proxy.client();
  busy.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 4\r\n\r\n");
  REQUIRE(wait_until([&] { return proxy.in_flight() == 1; }));
  drain(proxy, only);
  CHECK(state_of(proxy, only) == EndpointState::draining);
  // At once, though the service has a queue: nobody is on the way.
  const RawMessage refused = proxy.ask(get());
  CHECK(refused.status() == 503);
  CHECK(refused.field("Retry-After") == "1");
  CHECK(refused.body == "no available server: its endpoints are taken out for maintenance\n");
  busy.send("body");
  CHECK(busy.read_response().value_or(RawMessage{}).status() == 200);
  REQUIRE(becomes(proxy, Phase::drained));
  CHECK(state_of(proxy, only) == EndpointState::maintenance);
}

TEST_CASE("drained is who has nothing in flight: an answer that is under way is waited for") {
  std::atomic<bool> go_on{false};
  ScriptedUpstream one([&go_on](Peer& peer) {
    while (peer.request()) {
      wait_until([&] { return go_on.load(); });
      peer.answer("late");
    }
  });
  const Backend only{.port = one.port()};
  ProxyUnderTest proxy;
  proxy.serve({only});
  RawSocket client = proxy.client();
  client.send(get());
  REQUIRE(wait_until([&] { return one.request_count() == 1; }));
  drain(proxy, only);
  CHECK(wait_until([&] { return proxy.control().drains()[0].in_flight == 1; }));
  CHECK(proxy.control().drains()[0].phase == Phase::draining);
  go_on.store(true);
  CHECK(client.read_response().value_or(RawMessage{}).body == "late");
  CHECK(becomes(proxy, Phase::drained));
}

TEST_CASE("at the deadline tunnels are closed, those of the drained endpoint alone") {
  const auto switching = [](std::string name) {
    return [name](Peer& peer) {
      if (!peer.request()) return;
      peer.socket.send(kSwitch + name);
      peer.socket.wait_gone();
    };
  };
  ScriptedUpstream one(switching("1"));
  ScriptedUpstream two(switching("2"));
  const Backend first{.port = one.port()};
  ProxyPlan plan;
  plan.workers = 2;
  ProxyUnderTest proxy(plan);
  proxy.serve({first, {.port = two.port()}});
  std::map<std::string, std::vector<RawSocket>> clients;
  for (int i = 0; i < 6; ++i) {
    RawSocket client = proxy.client();
    client.send(get("/ws", kUpgrade));
    REQUIRE(client.read_head().has_value());
    clients[client.take(1)].push_back(std::move(client));
  }
  REQUIRE(clients["1"].size() == 3);
  CHECK(proxy.sum(&upstream::EndpointCounters::tunnels) == 6);
  CHECK(drain(proxy, first, std::chrono::milliseconds(0)).tunnels == 3);
  REQUIRE(becomes(proxy, Phase::deadline_passed));
  // A clean end, not a cut: there is nothing wrong with the connection.
  for (RawSocket& client : clients["1"]) CHECK(client.wait_end() == Ending::fin);
  CHECK(wait_until([&] { return proxy.sum(&upstream::EndpointCounters::tunnels) == 3; }));
  CHECK(wait_until([&] { return one.open_connections() == 0; }));
  CHECK(two.open_connections() == 3);
  CHECK(wait_until([&] { return proxy.view().connections == 3; }));
  CHECK(state_of(proxy, first) == EndpointState::maintenance);
}

TEST_CASE("X-Mooring-Drain drains its endpoint, and is for nobody else's eyes") {
  std::atomic<const char*> word{""};
  ScriptedUpstream one([&word](Peer& peer) {
    while (const auto request = peer.request()) {
      // One that echoes what it is sent.
      const bool echoes = request->has("X-Mooring-Drain");
      const std::string said = word.load();
      peer.answer("one", said + (echoes ? "X-Mooring-Drain: 1\r\n" : ""));
    }
  });
  ScriptedUpstream two(ScriptedUpstream::answering("two"));
  const Backend first{.port = one.port()};
  ProxyUnderTest proxy;
  proxy.serve({first, {.port = two.port()}});
  for (const char* harmless : {"", "X-Mooring-Drain: 0\r\n", "x-mooring-drain: False\r\n"}) {
    word.store(harmless);
    for (int i = 0; i < 4; ++i) {
      const RawMessage response = proxy.ask(get("/", "X-Mooring-Drain: 1\r\nConnection: keep-alive\r\n"));
      CHECK_FALSE(response.has("X-Mooring-Drain"));
    }
  }
  CHECK(state_of(proxy, first) == EndpointState::ready);
  word.store("X-Mooring-Drain: 1\r\nConnection: X-Other\r\n");
  for (int i = 0; i < 2; ++i) CHECK_FALSE(proxy.ask(get()).has("X-Mooring-Drain"));
  REQUIRE(wait_until([&] { return state_of(proxy, first) == EndpointState::draining; }));
  CHECK(answers(proxy, 4) == Bodies{{"two", 4}});
  // By its own word it is still the last resort.
  proxy.observe(Kind::killed, {.port = two.port()});
  CHECK(answers(proxy, 2) == Bodies{{"one", 2}});
}

TEST_CASE("one dead port among several costs no request, and is asked once, not once a request") {
  const UnboundPort dead;
  ScriptedUpstream two(ScriptedUpstream::answering("two"));
  const Backend refusing{.port = dead.port()};
  ProxyUnderTest proxy;
  proxy.serve({{.port = two.port()}, refusing});
  // It was healthy when its port was closed.
  proxy.control().observe({Kind::changed, refusing.container, {config::Phase::running, config::Health::healthy, ""}});
  REQUIRE(wait_until([&] { return state_of(proxy, refusing) == EndpointState::ready; }));
  CHECK(answers(proxy, 20) == Bodies{{"two", 20}});
  CHECK(proxy.sum(&upstream::EndpointCounters::failures) <= 2);
}

TEST_CASE("a removal and a drain are in force when what was posted behind them runs") {
  ScriptedUpstream one(ScriptedUpstream::answering("one"));
  const Backend backend{.port = one.port()};
  ProxyUnderTest proxy;
  proxy.serve({backend});
  for (const auto& [kind, expected] :
       {std::pair{Kind::stopping, EndpointState::draining}, std::pair{Kind::gone, EndpointState::gone}}) {
    // The table is not built anew for it: the endpoint that workers look at is the one that changed.
    const auto table = proxy.control().snapshot();
    proxy.control().observe({kind, backend.container, {}});
    CHECK(on_control(proxy, [&] { return state_of(proxy, backend); }) == expected);
    CHECK(proxy.control().snapshot() == table);
  }
  CHECK(proxy.ask(get()).status() == 503);
}

}  // namespace mooring::test
