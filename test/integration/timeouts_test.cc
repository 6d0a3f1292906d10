// Who keeps a connection waiting too long: told so with 408 where something was begun, closed quietly where nothing
// was.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

using std::chrono::milliseconds;

ProxyPlan hurried() {
  ProxyPlan plan;
  plan.times = {.head = 200, .stall = 200, .first_request = 200, .linger = 200};
  plan.entry_point.idle_timeout = milliseconds(200);
  return plan;
}

}  // namespace

TEST_CASE("a connection on which nothing happens is closed quietly") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy(hurried());
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  SECTION("before the first request") {}
  SECTION("after one") {
    client.send(get());
    CHECK(client.read_response().value_or(RawMessage{}).body == "ok");
    REQUIRE(proxy.log().wait_for(1));
    proxy.log().clear();
  }
  CHECK(client.rest().empty());
  CHECK(client.ending() == Ending::fin);
  CHECK(proxy.log().size() == 0);
  CHECK(wait_until([&] { return proxy.view().connections == 0; }));
}

TEST_CASE("a head that does not come to its end is 408, however it drips") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy(hurried());
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  SECTION("one byte") {
    client.send("G");
  }
  SECTION("half a head") {
    client.send("GET / HTTP/1.1\r\nHost: shop");
  }
  SECTION("dripping") {
    client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n");
    // Each byte is in time, the head is not.
    wait_until([&] { return !client.send("A") || client.more(milliseconds(20)); });
  }
  SECTION("behind another request") {
    client.send(get() + "GET ");
    CHECK(client.read_response().value_or(RawMessage{}).body == "ok");
  }
  const auto response = client.read_response();
  REQUIRE(response.has_value());
  CHECK(response->status() == 408);
  CHECK(response->field("Connection") == "close");
  CHECK(client.wait_end() != Ending::late);
  CHECK(wait_until([&] { return !proxy.log().lines().empty() && proxy.log().lines().back().status == 408; }));
  CHECK(wait_until([&] { return proxy.view().connections == 0; }));
}

TEST_CASE("a body that stalls is 408, and the upstream's connection ends") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan = hurried();
  SECTION("without a byte for too long") {}
  SECTION("readTimeout: the whole request") {
    plan.entry_point.read_timeout = milliseconds(200);
  }
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  client.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 10\r\n\r\nhalf");
  const auto response = client.read_response();
  REQUIRE(response.has_value());
  CHECK(response->status() == 408);
  CHECK(client.wait_end() != Ending::late);
  CHECK(proxy.wait_quiet());
  CHECK(wait_until([&] { return proxy.upstream_connections() == 0; }));
  REQUIRE(proxy.log().size() == 1);
  CHECK(proxy.log().lines()[0].status == 408);
}

TEST_CASE("a body that drips is fine without readTimeout, and too late with it") {
  ScriptedUpstream upstream([](Peer& peer) {
    while (const auto request = peer.request()) {
      if (!request->complete) return;
      peer.answer(request->body);
    }
  });
  ProxyPlan plan = hurried();
  const bool limited = GENERATE(true, false);
  if (limited) plan.entry_point.read_timeout = milliseconds(300);
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  client.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 20\r\n\r\n");
  for (int i = 0; i < 20 && !client.more(milliseconds(50)); ++i) client.send("x");
  const auto response = client.read_response();
  REQUIRE(response.has_value());
  CHECK(response->status() == (limited ? 408 : 200));
}

TEST_CASE("readTimeout does not limit a tunnel") {
  ScriptedUpstream upstream([](Peer& peer) {
    if (!peer.request()) return;
    peer.socket.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    // Longer than readTimeout, and than the wheel's tick behind it.
    peer.socket.more(milliseconds(400));
    peer.socket.send("late");
    peer.socket.more();
  });
  ProxyPlan plan = hurried();
  plan.entry_point.read_timeout = milliseconds(200);
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  client.send(get("/ws", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n"));
  const auto response = client.read_head();
  REQUIRE(response.has_value());
  CHECK(response->status() == 101);
  CHECK(client.take(4) == "late");
}

TEST_CASE("readTimeout does not limit the answer") {
  ScriptedUpstream upstream([](Peer& peer) {
    if (!peer.request()) return;
    // Longer than readTimeout, and than the wheel's tick behind it.
    peer.socket.more(milliseconds(400));
    peer.answer("slow");
  });
  ProxyPlan plan = hurried();
  plan.entry_point.read_timeout = milliseconds(200);
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  CHECK(proxy.ask(get()).body == "slow");
}

TEST_CASE("a client that takes nothing of its answer is let go") {
  const std::string piece(1 << 20, 'p');
  ScriptedUpstream upstream([&](Peer& peer) {
    if (!peer.request()) return;
    peer.socket.send("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
    while (peer.socket.send(piece)) {
    }
  });
  ProxyUnderTest proxy(hurried());
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client(16 * 1024);
  client.send(get());
  CHECK(proxy.log().wait_for(1));
  CHECK(proxy.wait_quiet());
  CHECK(wait_until([&] { return proxy.view().connections == 0; }));
  CHECK(wait_until([&] { return upstream.open_connections() == 0; }));
  CHECK(proxy.log().size() == 1);
  CHECK_FALSE(proxy.log().lines()[0].failure.empty());
}

TEST_CASE("a client that leaves while its upstream takes nothing of its body is noticed") {
  ScriptedUpstream upstream([](Peer& peer) {
    peer.request_head();
    peer.socket.wait_gone();
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  client.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 1073741824\r\n\r\n");
  const std::string piece(1 << 20, 'p');
  int full = 0;
  wait_until([&] { return client.send_some(piece) == 0 ? ++full > 100 : (full = 0, false); });
  client.rst();
  CHECK(proxy.log().wait_for(1));
  CHECK(proxy.wait_quiet());
  REQUIRE(proxy.log().size() == 1);
  CHECK(proxy.log().lines()[0].status == 499);
  CHECK(wait_until([&] { return proxy.upstream_connections() == 0; }));
}

TEST_CASE("an upstream that takes nothing of a body is answered for with 504") {
  ProxyPlan plan;
  plan.times.stall = 400;
  const std::string much(200'000, 'x');
  const auto upload = [&](RawSocket& client) {
    client.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 100000000\r\n\r\n");
    // What the proxy and the kernel hold back; the client has more.
    wait_until([&] { return client.send_some(much) < 0 || client.more(milliseconds(1)); });
  };
  SECTION("before it has answered") {
    ScriptedUpstream upstream([](Peer& peer) { peer.socket.wait_gone(); }, 4096);
    ProxyUnderTest proxy(plan);
    proxy.serve({{.port = upstream.port()}});
    RawSocket client = proxy.client();
    upload(client);
    CHECK(client.read_response().value_or(RawMessage{}).status() == 504);
    REQUIRE(proxy.log().wait_for(1));
    CHECK(proxy.log().lines().front().failure == "the upstream takes nothing of the request");
    CHECK(proxy.wait_quiet());
    CHECK(wait_until([&] { return proxy.upstream_connections() == 0; }));
  }
  SECTION("but not once it answers") {
    plan.times.stall = 1000;
    std::atomic<bool> full{false};
    std::atomic<bool> go_on{true};
    ScriptedUpstream upstream(
        [&](Peer& peer) {
          if (!peer.request_head() || !wait_until([&] { return full.load(); })) return;
          peer.socket.send("HTTP/1.1 200 OK\r\n\r\n");
          while (go_on.load() && peer.socket.send("tick")) wait_until([&] { return !go_on.load(); }, milliseconds(50));
        },
        4096);
    ProxyUnderTest proxy(plan);
    proxy.serve({{.port = upstream.port()}});
    RawSocket client = proxy.client();
    client.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 100000000\r\n\r\n");
    int refused = 0;  // in a row: every buffer on the way is full
    CHECK(wait_until([&] {
      refused = client.send_some(much) > 0 ? 0 : refused + 1;
      if (refused > 0) client.more(milliseconds(1));
      return refused > 50;
    }));
    full.store(true);
    const auto head = client.read_head();
    REQUIRE(head.has_value());
    CHECK(head->status() == 200);
    const auto begun = std::chrono::steady_clock::now();
    CHECK(wait_until(
        [&] { return client.take(4).empty() || std::chrono::steady_clock::now() - begun > milliseconds(2000); }));
    CHECK(client.more());
    go_on.store(false);
  }
}

}  // namespace mooring::test
