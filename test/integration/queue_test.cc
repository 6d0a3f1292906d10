// Requests that nobody can take: held until somebody can, where the service has a queue, else told why; and requests
// whose container goes away while they wait for it.
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

using Kind = config::ContainerEvent::Kind;
using std::chrono::milliseconds;

constexpr milliseconds kLong{60'000};

ProxyPlan queueing(milliseconds timeout, std::int64_t size = 1'000) {
  ProxyPlan plan;
  plan.sticky = true;
  plan.service.queue = {.timeout = timeout, .size = size};
  return plan;
}

Backend starting(const ScriptedUpstream& upstream) {
  return {.port = upstream.port(), .phase = config::Phase::restarting};
}

// How many requests wait at the service that the last table has.
std::int64_t held(ProxyUnderTest& proxy) {
  return proxy.balancer().state().held.load();
}

bool wait_held(ProxyUnderTest& proxy, std::int64_t count) {
  return wait_until([&] { return held(proxy) == count; });
}

void check_turned_away(const RawMessage& answer, const std::string& why) {
  CHECK(answer.status() == 503);
  CHECK(answer.field("Retry-After") == "1");
  CHECK(answer.body == "no available server: " + why + "\n");
}

// Takes a request and says nothing, until it may or the proxy lets go.
ScriptedUpstream::Script frozen(const std::atomic<bool>& go_on) {
  return [&go_on](Peer& peer) {
    peer.request();
    while (!go_on && !peer.socket.wait_gone(milliseconds(10))) {
    }
    if (go_on) peer.answer("late");
  };
}

}  // namespace

TEST_CASE("without a queue a request that nobody can take is told why, at once") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ready"));
  ProxyUnderTest proxy;
  proxy.serve({starting(upstream)});
  check_turned_away(proxy.ask(get()), "no endpoint is ready yet");
  proxy.observe(Kind::changed, {.port = upstream.port(), .phase = config::Phase::paused});
  check_turned_away(proxy.ask(get()), "its endpoints are unhealthy");
  proxy.observe(Kind::gone, {.port = upstream.port()});
  check_turned_away(proxy.ask(get()), "its containers ended");
  CHECK(upstream.connections() == 0);
}

TEST_CASE("held requests go on when their endpoint is ready, in the order in which they came") {
  std::mutex mutex;
  std::map<std::size_t, std::string> turns;  // by connection, in the order in which they were made
  ScriptedUpstream upstream([&](Peer& peer) {
    while (const auto request = peer.request()) {
      const std::lock_guard lock(mutex);
      turns[peer.number] += request->field("X-Turn");
      peer.answer("ready");
    }
  });
  ProxyUnderTest proxy(queueing(kLong));
  proxy.serve({starting(upstream)});
  std::vector<RawSocket> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(proxy.client());
    const std::string turn = "X-Turn: " + std::to_string(i) + "\r\n";
    clients.back().send(i % 2 == 0 ? get("/", turn) : post("body", turn));
    REQUIRE(wait_held(proxy, i + 1));
  }
  CHECK(upstream.connections() == 0);
  proxy.observe(Kind::changed, {.port = upstream.port()});
  for (RawSocket& client : clients) {
    const auto answer = client.read_response();
    REQUIRE(answer.has_value());
    CHECK(answer->status() == 200);
    CHECK(answer->body == "ready");
  }
  CHECK(held(proxy) == 0);
  const std::lock_guard lock(mutex);
  std::string order;
  for (const auto& [connection, turn] : turns) order += turn;
  CHECK(order == "01234");
}

TEST_CASE("held requests of a session go to its own endpoint when that is ready") {
  ScriptedUpstream one(ScriptedUpstream::answering("one"));
  ScriptedUpstream two(ScriptedUpstream::answering("two"));
  ProxyUnderTest proxy(queueing(kLong));
  const std::vector<Backend> both{{.port = one.port()}, {.port = two.port()}};
  proxy.serve(both);
  const RawMessage first = proxy.ask(get());
  const std::string cookie = first.field("Set-Cookie");
  const std::string session = "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n";
  for (Backend backend : both) {
    backend.phase = config::Phase::paused;
    proxy.observe(Kind::changed, backend);
  }
  std::vector<RawSocket> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(proxy.client());
    clients.back().send(get("/", session));
    REQUIRE(wait_held(proxy, i + 1));
  }
  // Both in one go: who waits mostly finds both ready, and its own in any case.
  for (const bool own : {true, false}) {
    const Backend& backend = (first.body == "one") == own ? both[0] : both[1];
    proxy.control().observe({Kind::changed, backend.container, {config::Phase::running, config::Health::healthy, ""}});
  }
  for (RawSocket& client : clients) CHECK(client.read_response().value_or(RawMessage{}).body == first.body);
}

TEST_CASE("a container that is paused while it drains gets none of its sessions until it goes on") {
  ScriptedUpstream one(ScriptedUpstream::answering("one"));
  ScriptedUpstream two(ScriptedUpstream::answering("two"));
  ProxyUnderTest proxy(queueing(milliseconds(0)));
  const std::vector<Backend> both{{.port = one.port()}, {.port = two.port()}};
  proxy.serve(both);
  const RawMessage first = proxy.ask(get());
  const std::string cookie = first.field("Set-Cookie");
  const std::string session = "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n";
  Backend own = first.body == "one" ? both[0] : both[1];
  proxy.observe(Kind::stopping, own);
  CHECK(proxy.ask(get("/", session)).body == first.body);
  own.phase = config::Phase::paused;
  proxy.observe(Kind::changed, own);
  CHECK(proxy.ask(get("/", session)).body != first.body);
  own.phase = config::Phase::running;
  proxy.observe(Kind::changed, own);
  CHECK(proxy.ask(get("/", session)).body == first.body);
}

TEST_CASE("a held request goes to the container that took its container's place, with a cookie for that one") {
  ScriptedUpstream before(ScriptedUpstream::answering("before"));
  ScriptedUpstream after(ScriptedUpstream::answering("after"));
  ProxyUnderTest proxy(queueing(kLong));
  proxy.serve({{.port = before.port()}});
  const std::string cookie = proxy.ask(get()).field("Set-Cookie");
  const std::string session = cookie.substr(0, cookie.find(';'));
  proxy.observe(Kind::gone, {.port = before.port()});
  RawSocket client = proxy.client();
  client.send(get("/", "Cookie: " + session + "\r\n"));
  REQUIRE(wait_held(proxy, 1));
  proxy.serve({{.port = after.port()}});
  const auto answer = client.read_response();
  REQUIRE(answer.has_value());
  CHECK(answer->body == "after");
  REQUIRE(answer->has("Set-Cookie"));
  const std::string next = answer->field("Set-Cookie");
  const RawMessage again = proxy.ask(get("/", "Cookie: " + next.substr(0, next.find(';')) + "\r\n"));
  CHECK(again.body == "after");
  CHECK_FALSE(again.has("Set-Cookie"));
}

TEST_CASE("the routes of a container that ended stay, and its successor has them at once") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("back"));
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  proxy.serve({});
  check_turned_away(proxy.ask(get()), "its containers ended");
  proxy.serve({{.port = upstream.port(), .container = "successor"}});
  CHECK(proxy.ask(get()).body == "back");
}

TEST_CASE("a queue has its time and its size") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("late"));
  SECTION("the time passes") {
    ProxyUnderTest proxy(queueing(milliseconds(50)));
    proxy.serve({starting(upstream)});
    check_turned_away(proxy.ask(get()), "no endpoint is ready yet");
  }
  SECTION("it is full") {
    ProxyUnderTest proxy(queueing(kLong, 1));
    proxy.serve({starting(upstream)});
    RawSocket waiting = proxy.client();
    waiting.send(get());
    REQUIRE(wait_held(proxy, 1));
    check_turned_away(proxy.ask(get()), "too many requests wait for an endpoint");
    proxy.observe(Kind::changed, {.port = upstream.port()});
    CHECK(waiting.read_response().value_or(RawMessage{}).status() == 200);
  }
  SECTION("it is full, over two workers together") {
    ProxyPlan plan = queueing(kLong, 3);
    plan.workers = 2;
    ProxyUnderTest proxy(plan);
    proxy.serve({starting(upstream)});
    std::vector<RawSocket> clients;
    for (int i = 0; i < 16; ++i) clients.push_back(proxy.client());
    REQUIRE(wait_until([&] {
      return proxy.worker(0).view().connections > 0 && proxy.worker(1).view().connections > 0 &&
             proxy.view().connections == 16;
    }));
    for (RawSocket& client : clients) client.send(get());
    REQUIRE(proxy.log().wait_for(13));
    CHECK(held(proxy) == 3);
    proxy.observe(Kind::changed, {.port = upstream.port()});
    std::map<int, int> answers;
    for (RawSocket& client : clients) ++answers[client.read_response().value_or(RawMessage{}).status()];
    CHECK(answers == std::map<int, int>{{200, 3}, {503, 13}});
  }
  SECTION("its client leaves") {
    ProxyUnderTest proxy(queueing(kLong));
    proxy.serve({starting(upstream)});
    RawSocket leaving = proxy.client();
    leaving.send(get());
    REQUIRE(wait_held(proxy, 1));
    leaving.rst();
    CHECK(wait_held(proxy, 0));
    CHECK(proxy.log().wait_for(1));
    CHECK(proxy.log().lines().front().status == 499);
  }
  SECTION("the proxy ends") {
    ProxyUnderTest proxy(queueing(kLong));
    proxy.serve({starting(upstream)});
    RawSocket waiting = proxy.client();
    waiting.send(get());
    REQUIRE(wait_held(proxy, 1));
  }
}

TEST_CASE("an endpoint that refuses is asked again while the queue's time lasts") {
  auto closed = std::make_unique<UnboundPort>();
  ProxyUnderTest proxy(queueing(kLong));
  proxy.serve({{.port = closed->port()}});
  RawSocket client = proxy.client();
  client.send(get());
  REQUIRE(wait_until([&] { return proxy.sum(&upstream::EndpointCounters::failures) >= 2; }));
  ScriptedUpstream open(ScriptedUpstream::answering("open"));
  proxy.serve({{.port = open.port()}});
  CHECK(client.read_response().value_or(RawMessage{}).body == "open");
}

TEST_CASE("one that refuses is not asked over and over for those who wait") {
  const UnboundPort closed;
  ProxyUnderTest proxy(queueing(kLong));
  proxy.serve({{.port = closed.port()}});
  RawSocket client = proxy.client();
  const auto begun = std::chrono::steady_clock::now();
  client.send(get());
  REQUIRE(wait_until([&] { return proxy.sum(&upstream::EndpointCounters::failures) >= 8; }));
  // What the pauses between eight come to, but for one that the endpoint's new state may have ended: they double.
  CHECK(std::chrono::steady_clock::now() - begun >= std::chrono::milliseconds(600));
}

TEST_CASE("who was refused has his place all the time: a full queue stays full") {
  const UnboundPort closed;
  ProxyUnderTest proxy(queueing(kLong, 1));
  proxy.serve({{.port = closed.port()}});
  RawSocket client = proxy.client();
  client.send(get());
  REQUIRE(wait_held(proxy, 1));
  bool always = true;
  REQUIRE(wait_until([&] {
    always = always && held(proxy) == 1;
    return proxy.sum(&upstream::EndpointCounters::failures) >= 6;
  }));
  CHECK(always);
  const RawMessage newcomer = proxy.ask(get());
  CHECK(newcomer.status() == 503);
  CHECK(newcomer.body.contains("too many requests wait"));
}

TEST_CASE("a request whose container is paused moves on when it may, and else waits for it") {
  std::atomic<bool> go_on{false};
  ScriptedUpstream paused(frozen(go_on));
  ProxyUnderTest proxy;
  proxy.serve({{.port = paused.port()}});
  std::vector<RawSocket> clients;
  for (const std::string& request : {get(), post("body")}) {
    clients.push_back(proxy.client());
    clients.back().send(request);
    REQUIRE(wait_until([&] { return paused.request_count() == clients.size(); }));
  }
  SECTION("the container is paused") {
    const Backend now{.port = paused.port(), .phase = config::Phase::paused};
    // Sent by the table that has nobody else: they wait, for it may come back.
    proxy.observe(Kind::changed, now);
    check_turned_away(proxy.ask(get()), "its endpoints are unhealthy");
    go_on = true;
    for (RawSocket& client : clients) CHECK(client.read_response().value_or(RawMessage{}).body == "late");
  }
  SECTION("its network is taken away") {
    proxy.observe(Kind::gone, {.port = paused.port()});
    check_turned_away(clients[0].read_response().value_or(RawMessage{}), "its containers ended");
    CHECK(clients[1].read_response().value_or(RawMessage{}).status() == 502);
  }
}

TEST_CASE("with somebody else there, a request leaves a paused container for him") {
  std::atomic<bool> go_on{false};
  ScriptedUpstream paused(frozen(go_on));
  ScriptedUpstream other(ScriptedUpstream::answering("other"));
  ProxyUnderTest proxy;
  proxy.serve({{.port = paused.port()}, {.port = other.port()}});
  std::vector<RawSocket> stuck;
  for (std::size_t sent = 1; paused.request_count() < 2; ++sent) {
    RawSocket client = proxy.client();
    client.send(stuck.empty() ? get() : post("body"));
    REQUIRE(wait_until([&] { return paused.request_count() + other.request_count() == sent; }));
    if (paused.request_count() > stuck.size()) stuck.push_back(std::move(client));
  }
  proxy.observe(Kind::changed, {.port = paused.port(), .phase = config::Phase::paused});
  CHECK(stuck[0].read_response().value_or(RawMessage{}).body == "other");
  // A POST may have done its work: it waits for its own container.
  CHECK(wait_until([&] { return proxy.in_flight() == 1; }));
  go_on = true;
  CHECK(stuck[1].read_response().value_or(RawMessage{}).body == "late");
}

}  // namespace mooring::test
