// The end of a worker, and the limit of its connections.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <atomic>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

// Answers when told to.
ScriptedUpstream::Script held(const std::atomic<bool>& go_on) {
  return [&go_on](Peer& peer) {
    while (peer.request()) {
      wait_until([&] { return go_on.load(); });
      peer.answer("late");
    }
  };
}

bool refused(const ProxyUnderTest& proxy) {
  try {
    const RawSocket client = proxy.client();
    return false;
  } catch (const std::runtime_error&) {
    return true;
  }
}

}  // namespace

TEST_CASE("a drain closes what is idle, finishes what runs, and ends the thread") {
  std::atomic<bool> go_on{false};
  ScriptedUpstream upstream(held(go_on));
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  RawSocket busy = proxy.client();
  busy.send(get() + get());
  REQUIRE(wait_until([&] { return upstream.request_count() == 1; }));
  RawSocket idle = proxy.client();
  REQUIRE(wait_until([&] { return proxy.view().connections == 2; }));
  proxy.drain();
  CHECK(idle.wait_end() == Ending::fin);
  CHECK(wait_until([&] { return refused(proxy); }));
  CHECK_FALSE(proxy.worker().ended());
  CHECK(proxy.view().busy == 1);
  go_on.store(true);
  const auto last = busy.read_response();
  REQUIRE(last.has_value());
  CHECK(last->body == "late");
  CHECK(last->field("Connection") == "close");
  // The second request was not begun: it is for the client to send again elsewhere.
  CHECK(busy.rest().empty());
  CHECK(proxy.wait_ended());
  CHECK(upstream.request_count() == 1);
  CHECK(proxy.upstream_connections() == 0);
}

TEST_CASE("a drain answers what was in the queue") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan;
  plan.max_connections = 1;
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  // At its limit the worker takes nothing: what comes now stays in the kernel's queue.
  RawSocket first = proxy.client();
  first.send(get());
  CHECK(first.read_response().value_or(RawMessage{}).body == "ok");
  REQUIRE(wait_until([&] { return proxy.view().accept_withheld == 1; }));
  std::vector<RawSocket> queued;
  for (int i = 0; i < 20; ++i) {
    queued.push_back(proxy.client());
    queued.back().send(get());
  }
  proxy.drain();
  for (RawSocket& client : queued) {
    const auto response = client.read_response();
    REQUIRE(response.has_value());
    CHECK(response->body == "ok");
    CHECK(response->field("Connection") == "close");
  }
  CHECK(proxy.wait_ended());
}

TEST_CASE("new connections are taken for as long as requestAcceptGraceTimeout says") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan;
  plan.entry_point.request_accept_grace_timeout = std::chrono::milliseconds(500);
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  proxy.drain();
  CHECK(proxy.ask(get()).body == "ok");
  CHECK(proxy.wait_ended());
}

TEST_CASE("what does not end within the grace time is ended") {
  std::atomic<bool> go_on{false};
  ScriptedUpstream upstream(held(go_on));
  ProxyPlan plan;
  plan.entry_point.grace_timeout = std::chrono::milliseconds(200);
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  client.send(get());
  REQUIRE(wait_until([&] { return upstream.request_count() == 1; }));
  proxy.drain();
  CHECK(client.wait_end() != Ending::late);
  CHECK(proxy.wait_ended());
  CHECK(proxy.log().size() == 1);
  go_on.store(true);
}

TEST_CASE("an abort ends everything at once, a drain in progress too") {
  std::atomic<bool> go_on{false};
  ScriptedUpstream upstream(held(go_on));
  ProxyPlan plan;
  plan.entry_point.request_accept_grace_timeout = std::chrono::milliseconds(60'000);
  plan.entry_point.grace_timeout = std::chrono::milliseconds(60'000);
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  std::vector<RawSocket> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(proxy.client());
    if (i > 0) clients.back().send(get());
  }
  REQUIRE(wait_until([&] { return upstream.request_count() == 4; }));
  const bool draining = GENERATE(true, false);
  if (draining) proxy.drain();
  proxy.worker().abort();
  CHECK(proxy.wait_ended());
  for (RawSocket& client : clients) CHECK(client.wait_end() != Ending::late);
  CHECK(proxy.in_flight() == 0);
  CHECK(proxy.upstream_connections() == 0);
  CHECK(proxy.log().size() == 4);
  go_on.store(true);
}

TEST_CASE("a tunnel is given the grace time, and no more") {
  ScriptedUpstream upstream([](Peer& peer) {
    if (!peer.request()) return;
    peer.socket.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    while (peer.socket.more()) {
      peer.socket.send(peer.socket.input());
      peer.socket.input().clear();
    }
  });
  ProxyPlan plan;
  plan.entry_point.grace_timeout = std::chrono::milliseconds(500);
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  client.send(get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
  REQUIRE(client.read_head().has_value());
  proxy.drain();
  client.send("still");
  CHECK(client.take(5) == "still");
  CHECK(client.wait_end() != Ending::late);
  CHECK(proxy.wait_ended());
}

TEST_CASE("above the limit of connections new ones wait, and none is taken only to be closed") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  const std::size_t limit = GENERATE(1, 2, 3, 8);
  ProxyPlan plan;
  plan.max_connections = limit;
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  std::vector<RawSocket> clients;
  for (std::size_t i = 0; i < limit; ++i) {
    clients.push_back(proxy.client());
    clients.back().send(get());
    CHECK(clients.back().read_response().value_or(RawMessage{}).body == "ok");
  }
  CHECK(wait_until([&] { return proxy.view().accept_withheld == 1; }));
  std::vector<RawSocket> waiting;
  for (int i = 0; i < 10; ++i) {
    waiting.push_back(proxy.client());
    waiting.back().send(get("/", "Connection: close\r\n"));
  }
  // Those who are in are served as before, those outside hear nothing.
  for (RawSocket& client : clients) {
    client.send(get());
    CHECK(client.read_response().value_or(RawMessage{}).body == "ok");
  }
  for (RawSocket& client : waiting) CHECK(client.silent());
  CHECK(proxy.view().connections == limit);
  clients.clear();
  for (RawSocket& client : waiting) {
    const auto response = client.read_response();
    REQUIRE(response.has_value());
    CHECK(response->body == "ok");
  }
  CHECK(wait_until([&] { return proxy.view().connections == 0 && proxy.view().accept_withheld == 0; }));
}

}  // namespace mooring::test
