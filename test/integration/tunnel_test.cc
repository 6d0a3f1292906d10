// Upgrades: a 101 that was asked for becomes a tunnel of bytes, both ways, and nothing else does.
#include <catch2/catch_test_macros.hpp>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

constexpr const char* kUpgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n";
constexpr const char* kSwitch = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

// Sends back what comes, until FIN; then says goodbye and ends.
void echo(Peer& peer) {
  do {
    peer.socket.send(peer.socket.input());
    peer.socket.input().clear();
  } while (peer.socket.more());
  if (peer.socket.ending() == Ending::fin) peer.socket.send("goodbye");
}

ScriptedUpstream::Script switching(std::string behind = {}) {
  return [behind = std::move(behind)](Peer& peer) {
    if (!peer.request()) return;
    peer.socket.send(kSwitch + behind);
    echo(peer);
  };
}

}  // namespace

TEST_CASE("a tunnel carries bytes both ways, those right behind the heads too, and half-closes") {
  ScriptedUpstream upstream(switching("early"));
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  client.send(get("/ws", kUpgrade) + "first");
  const auto response = client.read_head();
  REQUIRE(response.has_value());
  CHECK(response->status() == 101);
  CHECK(response->field("Upgrade") == "websocket");
  CHECK(client.take(10) == "earlyfirst");
  CHECK(proxy.in_flight() == 1);
  for (int i = 0; i < 100; ++i) {
    const std::string message(static_cast<std::size_t>(i) * 997, static_cast<char>('a' + i % 26));
    client.send(message);
    REQUIRE(client.take(message.size()) == message);
  }
  client.fin();
  CHECK(client.rest() == "goodbye");
  CHECK(client.ending() == Ending::fin);
  CHECK(proxy.log().wait_for(1));
  CHECK(proxy.wait_quiet());
  REQUIRE(proxy.log().size() == 1);
  CHECK(proxy.log().lines()[0].status == 101);
  const RawMessage seen = upstream.requests().at(0);
  CHECK(seen.field("Connection") == "Upgrade");
  CHECK(seen.field("Upgrade") == "websocket");
  CHECK(seen.field("X-Forwarded-Proto") == "http");
}

TEST_CASE("a tunnel ends when either side does") {
  ScriptedUpstream upstream([](Peer& peer) {
    const auto request = peer.request();
    if (!request) return;
    peer.socket.send(kSwitch);
    if (request->start_line().find("/reset") != std::string::npos) {
      peer.socket.take(1);
      peer.socket.rst();
    } else if (request->start_line().find("/fin") != std::string::npos) {
      peer.socket.fin();
      peer.socket.wait_end();
    } else {
      peer.socket.wait_gone();
    }
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  SECTION("the upstream resets") {
    client.send(get("/reset", kUpgrade) + "x");
    REQUIRE(client.read_head().has_value());
    CHECK(client.wait_end() != Ending::late);
  }
  SECTION("the upstream says goodbye, the client answers it") {
    client.send(get("/fin", kUpgrade));
    REQUIRE(client.read_head().has_value());
    CHECK(client.wait_end() == Ending::fin);
    CHECK(client.send("still here"));
    client.fin();
  }
  SECTION("the client resets") {
    client.send(get("/", kUpgrade));
    REQUIRE(client.read_head().has_value());
    client.rst();
  }
  SECTION("the client resets while the upstream takes nothing") {
    client.send(get("/", kUpgrade));
    REQUIRE(client.read_head().has_value());
    const std::string piece(65536, 'x');
    // Until nothing moves any more, twice looked at.
    int full = 0;
    wait_until([&] { return client.send_some(piece) == 0 ? ++full > 50 : (full = 0, false); });
    client.rst();
  }
  CHECK(proxy.log().wait_for(1));
  CHECK(proxy.wait_quiet());
  CHECK(proxy.log().size() == 1);
  CHECK(wait_until([&] { return proxy.upstream_connections() == 0; }));
}

TEST_CASE("a body before the upgrade is not taken for the tunnel's bytes") {
  ScriptedUpstream upstream(switching());
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  client.send(post("body", kUpgrade) + "tunnel");
  const auto response = client.read_head();
  REQUIRE(response.has_value());
  CHECK(response->status() == 101);
  CHECK(client.take(6) == "tunnel");
  client.fin();
  CHECK(client.rest() == "goodbye");
  CHECK(upstream.requests().at(0).body == "body");
  CHECK(proxy.wait_quiet());
}

TEST_CASE("101 before the request's body is there is refused") {
  ScriptedUpstream upstream([](Peer& peer) {
    peer.request_head();
    peer.socket.send(kSwitch);
    peer.socket.wait_end();
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  client.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 1000\r\n" + std::string(kUpgrade) + "\r\nsome");
  CHECK(client.read_response().value_or(RawMessage{}).status() == 502);
  CHECK(proxy.log().wait_for(1));
  client.close();
  CHECK(proxy.wait_quiet());
}

TEST_CASE("what a 101 says of its connection is not passed on, and it may only answer what was asked for") {
  std::string fields;
  ScriptedUpstream upstream([&](Peer& peer) {
    if (!peer.request()) return;
    peer.socket.send("HTTP/1.1 101 Switching Protocols\r\n" + fields + "\r\n");
    echo(peer);
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  const auto head = [&](std::string said) {
    fields = std::move(said);
    RawSocket client = proxy.client();
    client.send(get("/ws", "Connection: Upgrade\r\nUpgrade: one, websocket\r\n"));
    return client.read_head().value_or(RawMessage{});
  };
  const RawMessage plain = head(
      "Connection: Upgrade, X-Named\r\nUpgrade: WebSocket\r\nX-Named: a\r\nKeep-Alive: timeout=5\r\n"
      "Proxy-Connection: keep-alive\r\nHTTP2-Settings: AA\r\nX-Mooring-Drain: 1\r\nSec-WebSocket-Accept: y\r\n");
  CHECK(plain.status() == 101);
  CHECK(plain.field("Upgrade") == "WebSocket");
  CHECK(plain.field("Connection") == "Upgrade");
  CHECK(plain.field("Sec-WebSocket-Accept") == "y");
  for (const char* name : {"X-Named", "Keep-Alive", "Proxy-Connection", "HTTP2-Settings", "X-Mooring-Drain"}) {
    CAPTURE(name);
    CHECK_FALSE(plain.has(name));
  }
  for (const char* other : {"Upgrade: h2c\r\n", "Upgrade: two\r\n", "Upgrade: websocket, h2c\r\n", "Upgrade:\r\n", "",
                            "Upgrade: websocket\r\nUpgrade: h2c\r\n"}) {
    CAPTURE(other);
    CHECK(head(std::string("Connection: Upgrade\r\n") + other).status() == 502);
  }
  CHECK(proxy.wait_quiet());
}

TEST_CASE("101 that nobody asked for, and protocols that may not pass") {
  ScriptedUpstream upstream([](Peer& peer) {
    while (const auto request = peer.request()) {
      if (request->start_line().find("/switch") != std::string::npos) {
        peer.socket.send(kSwitch);
        peer.socket.wait_end();
        return;
      }
      peer.answer("plain");
    }
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  CHECK(proxy.ask(get("/switch")).status() == 502);
  CHECK(proxy.ask(get("/switch", "Connection: Upgrade\r\nUpgrade: h2c\r\n")).status() == 502);
  for (const char* token : {"h2c", "h2", "TLS/1.0", "H2C", "h2c\r\nUpgrade: TLS/1.3"}) {
    const RawMessage response = proxy.ask(get(
        "/", "Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AA\r\nUpgrade: " + std::string(token) + "\r\n"));
    CHECK(response.body == "plain");
    CHECK_FALSE(upstream.requests().back().has("Upgrade"));
    CHECK_FALSE(upstream.requests().back().has("HTTP2-Settings"));
  }
  // Refused by the upstream: an answer like any other.
  CHECK(proxy.ask(get("/", kUpgrade)).body == "plain");
}

}  // namespace mooring::test
