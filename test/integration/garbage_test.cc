// A broken or hostile upstream: what it says is refused, seen as cut, or dropped; never given to anybody else.
#include <catch2/catch_test_macros.hpp>

#include <atomic>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {

TEST_CASE("an answer that is none is a 502") {
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"no HTTP", "hello there\r\n\r\n"},
      {"SSH", "SSH-2.0-OpenSSH_9.2\r\n"},
      {"HTTP/2", "HTTP/2 200\r\n\r\n"},
      {"a bad status", "HTTP/1.1 20 OK\r\n\r\n"},
      {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
      {"length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"an unknown coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"},
      {"a folded field", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"},
      {"a space before the colon", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n"},
      {"NUL", std::string("HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n", 27)},
      {"a bare CR", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n"},
      {"a head without end", "HTTP/1.1 200 OK\r\nA: " + std::string(2'000'000, 'x')},
      {"interim answers without end",
       [] {
         std::string all;
         for (int i = 0; i < 100; ++i) all += "HTTP/1.1 102 Processing\r\n\r\n";
         return all;
       }()},
  };
  for (const auto& [name, bytes] : cases) {
    DYNAMIC_SECTION(name) {
      ScriptedUpstream upstream([&bytes](Peer& peer) {
        if (!peer.request()) return;
        peer.socket.send(bytes);
        peer.socket.wait_gone();
      });
      ProxyUnderTest proxy;
      proxy.serve({{.port = upstream.port()}});
      RawSocket client = proxy.client();
      client.send(get());
      std::optional<RawMessage> response = client.read_response();
      while (response && response->status() == 102) response = client.read_response();
      REQUIRE(response.has_value());
      CHECK(response->status() == 502);
      CHECK(response->complete);
      CHECK(proxy.wait_quiet());
      CHECK(upstream.connections() == 1);
      CHECK(proxy.log().size() == 1);
      CHECK(wait_until([&] { return proxy.upstream_connections() == 0; }));
    }
  }
}

TEST_CASE("chunks that are none end the answer as cut") {
  for (const char* chunks :
       {"zz\r\n", "5\r\nhelloX", "5\nhello", "-1\r\n", "0x5\r\nhello\r\n", "fffffffffffffffff\r\n"}) {
    DYNAMIC_SECTION(chunks) {
      ScriptedUpstream upstream([chunks](Peer& peer) {
        if (!peer.request()) return;
        peer.socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
        peer.socket.send(chunks);
        peer.socket.wait_end();
      });
      ProxyUnderTest proxy;
      proxy.serve({{.port = upstream.port()}});
      RawSocket client = proxy.client();
      client.send(get());
      const auto response = client.read_response();
      CHECK_FALSE(response.value_or(RawMessage{}).complete);
      CHECK(client.ending() != Ending::late);
      CHECK(proxy.wait_quiet());
      CHECK(wait_until([&] { return proxy.upstream_connections() == 0; }));
    }
  }
}

TEST_CASE("a body that is none from its first byte: nothing of the answer was passed on, so it is a 502") {
  ScriptedUpstream upstream([](Peer& peer) {
    if (!peer.request()) return;
    peer.socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    peer.socket.wait_end();
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  const RawMessage response = proxy.ask(get());
  CHECK(response.status() == 502);
  CHECK(response.complete);
  CHECK(proxy.wait_quiet());
  REQUIRE(proxy.log().size() == 1);
  CHECK(proxy.log().lines()[0].status == 502);
  CHECK(wait_until([&] { return proxy.upstream_connections() == 0; }));
}

TEST_CASE("two answers to one request: the second is given to nobody") {
  ScriptedUpstream upstream([](Peer& peer) {
    while (peer.request()) {
      peer.socket.send(
          "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngoodHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
    }
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  for (int i = 0; i < 10; ++i) {
    CHECK(proxy.ask(get()).body == "good");
    CHECK(proxy.wait_quiet());
  }
  CHECK(upstream.connections() == 10);
}

TEST_CASE("a body where none may be is given to nobody") {
  const std::string head = "HTTP/1.1 304 Not Modified\r\n\r\n";
  ScriptedUpstream upstream([&](Peer& peer) {
    while (peer.request()) peer.socket.send(head + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  for (int i = 0; i < 5; ++i) {
    CHECK(proxy.ask(get()).status() == 304);
    CHECK(proxy.wait_quiet());
  }
  CHECK(upstream.connections() == 5);
}

TEST_CASE("bytes on an idle pooled connection: it is not used again") {
  std::atomic<bool> speak{false};
  std::atomic<bool> spoken{false};
  ScriptedUpstream upstream([&](Peer& peer) {
    while (peer.request()) {
      peer.answer(peer.number == 0 ? "first" : "second");
      if (peer.number != 0) continue;
      wait_until([&] { return speak.load(); });
      peer.socket.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
      spoken.store(true);
    }
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  CHECK(proxy.ask(get()).body == "first");
  REQUIRE(proxy.wait_quiet());
  CHECK(proxy.upstream_connections() == 1);
  speak.store(true);
  REQUIRE(wait_until([&] { return spoken.load(); }));
  // Seen at once, not only when somebody wants to use it.
  CHECK(wait_until([&] { return proxy.upstream_connections() == 0; }));
  CHECK(proxy.ask(get()).body == "second");
}

TEST_CASE("a connection that was bound to a user is not given to another") {
  ScriptedUpstream upstream([](Peer& peer) {
    while (peer.request()) peer.answer("who are you", "WWW-Authenticate: Basic realm=x\r\nWWW-Authenticate: NTLM\r\n");
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  for (int i = 0; i < 3; ++i) {
    CHECK(proxy.ask(get()).status() == 200);
    CHECK(proxy.wait_quiet());
  }
  CHECK(upstream.connections() == 3);
}

TEST_CASE("an early answer to a small upload: the rest is dropped, and the connection goes on") {
  ScriptedUpstream upstream([](Peer& peer) {
    while (peer.request_head()) peer.answer("enough");
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  client.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 100000\r\n\r\n" + std::string(50'000, 'x'));
  CHECK(client.read_response().value_or(RawMessage{}).body == "enough");
  client.send(std::string(50'000, 'x') + get());
  CHECK(client.read_response().value_or(RawMessage{}).body == "enough");
  CHECK(client.silent());
  CHECK(proxy.wait_quiet());
  // What the first upstream connection may still be owed makes it useless.
  CHECK(upstream.connections() == 2);
  CHECK(proxy.log().size() == 2);
}

TEST_CASE("an early final answer while the client still sends") {
  ScriptedUpstream upstream([](Peer& peer) {
    if (!peer.request_head()) return;
    peer.socket.send("HTTP/1.1 413 Too Large\r\nContent-Length: 8\r\n\r\ntoo much");
    if (peer.number % 2 == 0) {
      peer.socket.wait_gone();
    } else {
      peer.socket.close();  // with unread bytes: a reset follows the answer
    }
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  for (int round = 0; round < 4; ++round) {
    RawSocket client = proxy.client();
    const std::string chunk(65536, 'z');
    client.send("POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 1073741824\r\n\r\n");
    // The client goes on sending until it hears something.
    wait_until([&] { return client.send_some(chunk) < 0 || client.more(std::chrono::milliseconds(0)); });
    const auto response = client.read_response();
    REQUIRE(response.has_value());
    CHECK(response->status() == 413);
    CHECK(response->body == "too much");
    CHECK(response->field("Connection") == "close");
    CHECK(client.wait_end() != Ending::late);
    CHECK(proxy.wait_quiet());
  }
  CHECK(proxy.log().wait_for(4));
  CHECK(wait_until([&] { return proxy.upstream_connections() == 0; }));
}

}  // namespace mooring::test
