// Sticky sessions and changes of the table, end to end over the data plane.
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <map>
#include <thread>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

ProxyPlan pinned_plan(std::size_t workers = 1) {
  ProxyPlan plan;
  plan.workers = workers;
  plan.sticky = true;
  return plan;
}

// "pin=…" as a client sends it back; empty when the answer sets none.
std::string with(const std::string& cookie) {
  return get("/", "Cookie: theme=dark; " + cookie + "\r\n");
}

}  // namespace

TEST_CASE("a session stays where it began, over every worker, and new ones are spread") {
  ScriptedUpstream one(ScriptedUpstream::answering("one"));
  ScriptedUpstream two(ScriptedUpstream::answering("two"));
  ScriptedUpstream three(ScriptedUpstream::answering("three"));
  ProxyUnderTest proxy(pinned_plan(2));
  proxy.serve({{.port = one.port()}, {.port = two.port()}, {.port = three.port()}});
  std::map<std::string, int> fresh;
  std::map<std::string, std::string> cookies;
  for (int i = 0; i < 30; ++i) {
    const RawMessage response = proxy.ask(get());
    ++fresh[response.body];
    cookies[response.body] = cookie_of(response);
  }
  CHECK(fresh == std::map<std::string, int>{{"one", 10}, {"two", 10}, {"three", 10}});
  for (const auto& [body, cookie] : cookies) {
    REQUIRE(cookie.starts_with("pin="));
    for (int i = 0; i < 20; ++i) {
      const RawMessage response = proxy.ask(with(cookie));
      CHECK(response.body == body);
      CHECK_FALSE(response.has("Set-Cookie"));
    }
  }
}

TEST_CASE("a session stays where it began, whatever the strategy would choose") {
  using config::Strategy;
  ScriptedUpstream one(ScriptedUpstream::answering("one"));
  ScriptedUpstream two(ScriptedUpstream::answering("two"));
  ScriptedUpstream three(ScriptedUpstream::answering("three"));
  const std::vector<Backend> all{{.port = one.port()}, {.port = two.port()}, {.port = three.port()}};
  for (const Strategy strategy :
       {Strategy::wrr, Strategy::p2c, Strategy::hrw, Strategy::leasttime, Strategy::leastconn}) {
    CAPTURE(config::to_string(strategy));
    ProxyPlan plan = pinned_plan();
    plan.service.strategy = strategy;
    ProxyUnderTest proxy(plan);
    std::map<std::string, std::string> cookies;
    for (const Backend& only : all) {
      proxy.serve({only});
      const RawMessage response = proxy.ask(get());
      cookies[response.body] = cookie_of(response);
    }
    REQUIRE(cookies.size() == 3);
    proxy.serve(all);
    for (int i = 0; i < 5; ++i) {
      for (const auto& [body, cookie] : cookies) {
        const RawMessage response = proxy.ask(with(cookie));
        CHECK(response.body == body);
        CHECK_FALSE(response.has("Set-Cookie"));
      }
    }
  }
}

TEST_CASE("a session moves when its endpoint is gone, and only then") {
  ScriptedUpstream one(ScriptedUpstream::answering("one"));
  ScriptedUpstream two(ScriptedUpstream::answering("two"));
  const Backend first{.port = one.port()};
  const Backend second{.port = two.port()};
  ProxyUnderTest proxy(pinned_plan());
  proxy.serve({first});
  const std::string cookie = cookie_of(proxy.ask(get()));
  proxy.serve({first, second});
  CHECK(proxy.ask(with(cookie)).body == "one");
  std::string moved_to;
  SECTION("draining: it keeps its session, and gets no new one") {
    proxy.observe(config::ContainerEvent::Kind::stopping, first);
    for (int i = 0; i < 6; ++i) CHECK(proxy.ask(get()).body == "two");
    const RawMessage kept = proxy.ask(with(cookie));
    CHECK(kept.body == "one");
    CHECK_FALSE(kept.has("Set-Cookie"));
    return;
  }
  SECTION("gone by event") {
    proxy.observe(config::ContainerEvent::Kind::gone, first);
  }
  SECTION("killed") {
    proxy.observe(config::ContainerEvent::Kind::killed, first);
  }
  SECTION("gone from the table") {
    proxy.serve({second});
  }
  const RawMessage moved = proxy.ask(with(cookie));
  CHECK(moved.body == "two");
  const std::string other = cookie_of(moved);
  REQUIRE(other.starts_with("pin="));
  CHECK(other != cookie);
  // The session's own id is the last part, and is kept.
  CHECK(other.substr(other.rfind('.')) == cookie.substr(cookie.rfind('.')));
  CHECK_FALSE(proxy.ask(with(other)).has("Set-Cookie"));
}

TEST_CASE("garbage in the cookie is replaced") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy(pinned_plan());
  proxy.serve({{.port = upstream.port()}});
  const std::vector<std::string> values = {
      "", "x", "0000000000000000.0000000000000000", "..", "%00", "\"quoted\"", std::string(4000, 'f')};
  for (const std::string& value : values) {
    INFO(value);
    const RawMessage response = proxy.ask(with("pin=" + value));
    CHECK(response.body == "ok");
    CHECK(response.has("Set-Cookie"));
  }
}

TEST_CASE("an exchange keeps the table that it began with, which ends with it") {
  std::atomic<bool> go_on{false};
  ScriptedUpstream slow([&](Peer& peer) {
    if (!peer.request()) return;
    wait_until([&] { return go_on.load(); });
    peer.answer("slow");
    peer.socket.wait_end();
  });
  ScriptedUpstream fast(ScriptedUpstream::answering("fast"));
  ProxyUnderTest proxy;
  proxy.serve({{.port = slow.port()}});
  const std::weak_ptr<const routing::Snapshot> old = proxy.control().snapshot();
  RawSocket client = proxy.client();
  client.send(get());
  REQUIRE(wait_until([&] { return slow.request_count() == 1; }));
  for (int i = 0; i < 3; ++i) {
    proxy.serve({{.port = fast.port()}});
    CHECK(proxy.ask(get()).body == "fast");
  }
  CHECK_FALSE(old.expired());
  go_on.store(true);
  CHECK(client.read_response().value_or(RawMessage{}).body == "slow");
  CHECK(wait_until([&] { return old.expired(); }));
  // The same connection goes on by the new table.
  client.send(get());
  CHECK(client.read_response().value_or(RawMessage{}).body == "fast");
}

TEST_CASE("the table changes all the time, and no request is lost") {
  ScriptedUpstream one(ScriptedUpstream::answering("one"));
  ScriptedUpstream two(ScriptedUpstream::answering("two"));
  const Backend first{.port = one.port()};
  const Backend second{.port = two.port()};
  ProxyUnderTest proxy(pinned_plan(2));
  proxy.serve({first, second});
  std::atomic<bool> done{false};
  std::atomic<int> failed{0};
  std::atomic<int> answered{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back([&] {
      RawSocket client = proxy.client();
      while (!done.load()) {
        client.send(get());
        const auto response = client.read_response();
        ++(response && response->status() == 200 ? answered : failed);
        if (!response || !response->complete) return;
      }
    });
  }
  for (int i = 0; i < 40; ++i) {
    proxy.serve({first});
    proxy.serve({first, second});
    proxy.serve({second});
    proxy.serve({first, second});
  }
  done.store(true);
  for (std::thread& client : clients) client.join();
  CHECK(failed.load() == 0);
  CHECK(answered.load() > 0);
}

TEST_CASE("a route whose endpoints are all away for a while is 503 with Retry-After, never 404") {
  ProxyUnderTest proxy;
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  proxy.serve({{.port = upstream.port(), .phase = config::Phase::paused}});
  const RawMessage response = proxy.ask(get());
  CHECK(response.status() == 503);
  CHECK(response.has("Retry-After"));
  CHECK(upstream.connections() == 0);
}

}  // namespace mooring::test
