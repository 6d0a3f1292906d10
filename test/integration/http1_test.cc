// HTTP/1 on both sides: versions, keep-alive, pipelining, framings, interim answers, trailers, target forms.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

// Says the same bytes to every request; closes behind them if asked to.
ScriptedUpstream::Script saying(std::string bytes, bool close = false) {
  return [bytes = std::move(bytes), close](Peer& peer) {
    while (peer.request()) {
      peer.socket.send(bytes);
      if (close) return;
    }
  };
}

std::string request(std::string_view method, std::string_view version, std::string_view fields = {}) {
  return std::string(method) + " / " + std::string(version) + "\r\nHost: shop.test\r\n" + std::string(fields) + "\r\n";
}

}  // namespace

TEST_CASE("answers reach each kind of client in a framing that it can read") {
  struct Case {
    const char* name;
    const char* method;
    const char* version;
    const char* fields;
    const char* upstream;
    bool upstream_closes;
    int status;
    const char* body;
    const char* framing;  // the field that must be there; "-": neither
    bool stays;           // the client's connection goes on
  };
  constexpr const char* kLength = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  constexpr const char* kOldLength = "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  constexpr const char* kChunks =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n";
  constexpr const char* kUntilClose = "HTTP/1.1 200 OK\r\n\r\nhello";
  constexpr const char* kOldUntilClose = "HTTP/1.0 200 OK\r\n\r\nhello";
  const std::vector<Case> cases = {
      {"length, 1.1", "GET", "HTTP/1.1", "", kLength, false, 200, "hello", "Content-Length", true},
      {"length, 1.1, close", "GET", "HTTP/1.1", "Connection: close\r\n", kLength, false, 200, "hello", "Content-Length",
       false},
      {"length, 1.0", "GET", "HTTP/1.0", "", kLength, false, 200, "hello", "Content-Length", false},
      {"length, 1.0, keep-alive", "GET", "HTTP/1.0", "Connection: keep-alive\r\n", kLength, false, 200, "hello",
       "Content-Length", true},
      {"length from 1.0", "GET", "HTTP/1.1", "", kOldLength, true, 200, "hello", "Content-Length", true},
      {"chunks, 1.1", "GET", "HTTP/1.1", "", kChunks, false, 200, "hello", "Transfer-Encoding", true},
      {"chunks, 1.0", "GET", "HTTP/1.0", "", kChunks, false, 200, "hello", "-", false},
      {"chunks, 1.0, keep-alive", "GET", "HTTP/1.0", "Connection: keep-alive\r\n", kChunks, false, 200, "hello", "-",
       false},
      {"until close, 1.1", "GET", "HTTP/1.1", "", kUntilClose, true, 200, "hello", "Transfer-Encoding", true},
      {"until close, 1.0", "GET", "HTTP/1.0", "", kUntilClose, true, 200, "hello", "-", false},
      {"until close from 1.0", "GET", "HTTP/1.1", "", kOldUntilClose, true, 200, "hello", "Transfer-Encoding", true},
      {"HEAD", "HEAD", "HTTP/1.1", "", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", false, 200, "",
       "Content-Length", true},
      {"HEAD, chunked", "HEAD", "HTTP/1.1", "", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", false, 200, "",
       "", true},
      {"204", "GET", "HTTP/1.1", "", "HTTP/1.1 204 No Content\r\n\r\n", false, 204, "", "-", true},
      {"304", "GET", "HTTP/1.1", "", "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nContent-Length: 9\r\n\r\n", false,
       304, "", "", true},
      {"empty", "GET", "HTTP/1.1", "", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, 200, "", "Content-Length",
       true},
  };
  for (const Case& test : cases) {
    DYNAMIC_SECTION(test.name) {
      ScriptedUpstream upstream(saying(test.upstream, test.upstream_closes));
      ProxyUnderTest proxy;
      proxy.serve({{.port = upstream.port()}});
      RawSocket client = proxy.client();
      for (int round = 0; round < (test.stays ? 2 : 1); ++round) {
        client.send(request(test.method, test.version, test.fields));
        const auto response = client.read_response(std::string_view(test.method) == "HEAD");
        REQUIRE(response.has_value());
        CHECK(response->status() == test.status);
        CHECK(response->complete);
        CHECK(response->body == test.body);
        CHECK(response->has("Date"));
        if (test.stays && std::string_view(test.version) == "HTTP/1.0") {
          CHECK(response->field("Connection") == "keep-alive");
        }
        const std::string_view framing = test.framing;
        if (framing == "-") {
          CHECK_FALSE(response->has("Content-Length"));
          CHECK_FALSE(response->has("Transfer-Encoding"));
        } else if (!framing.empty()) {
          CHECK(response->has(framing));
        }
      }
      if (!test.stays) CHECK(client.wait_end() == Ending::fin);
      if (test.stays) CHECK(client.silent());
    }
  }
}

TEST_CASE("ten requests in one write are answered in their order") {
  ScriptedUpstream upstream([](Peer& peer) {
    while (const auto message = peer.request()) peer.answer(message->start_line() + "|" + message->body);
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  std::string all;
  for (int i = 0; i < 10; ++i) {
    all += i % 2 == 0 ? get("/" + std::to_string(i)) : post("body" + std::to_string(i));
  }
  SECTION("at once") {
    client.send(all);
  }
  SECTION("byte by byte") {
    for (const char c : all) client.send({&c, 1});
  }
  for (int i = 0; i < 10; ++i) {
    const auto response = client.read_response();
    REQUIRE(response.has_value());
    const std::string number = std::to_string(i);
    CHECK(response->body == (i % 2 == 0 ? "GET /" + number + " HTTP/1.1|" : "POST / HTTP/1.1|body" + number));
  }
  CHECK(client.silent());
  CHECK(proxy.log().wait_for(10));
  CHECK(upstream.connections() == 1);
}

TEST_CASE("bodies go up in the framing that they came in, and trailers go both ways without what they must not say") {
  ScriptedUpstream upstream([](Peer& peer) {
    while (peer.request()) {
      peer.socket.send(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\n"
          "WWW-Authenticate: NTLM\r\nX-Forwarded-Host: evil\r\n\r\n");
    }
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  client.send(
      "POST / HTTP/1.1\r\nHost: shop.test\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n "
      "world\r\n0\r\nX-Check: 1\r\nAuthorization: Basic eDp5\r\nX-Forwarded-For: 1.2.3.4\r\nHost: evil\r\n\r\n");
  const auto response = client.read_response();
  REQUIRE(response.has_value());
  CHECK(response->body == "abc");
  CHECK(response->trailers == "X-Sum: 7\r\n");
  const std::vector<RawMessage> requests = upstream.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0].body == "hello world");
  CHECK(requests[0].field("Transfer-Encoding") == "chunked");
  CHECK(requests[0].trailers == "X-Check: 1\r\n");

  client.send(post("plain"));
  REQUIRE(client.read_response().has_value());
  CHECK(upstream.requests()[1].body == "plain");
  CHECK(upstream.requests()[1].field("Content-Length") == "5");
}

TEST_CASE("framing among the trailers is refused") {
  ScriptedUpstream upstream([](Peer& peer) {
    while (const auto message = peer.request()) {
      if (!message->complete) return;
      peer.socket.send(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nContent-Length: 9\r\n\r\n");
    }
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  const RawMessage refused = proxy.ask(
      "POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nContent-Length: "
      "5\r\n\r\n");
  CHECK(refused.status() == 400);
  const RawMessage cut = proxy.ask(get());
  CHECK_FALSE(cut.complete);
  CHECK(proxy.wait_quiet());
}

TEST_CASE("100-continue") {
  const std::string head = "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
  const auto serve_body = [](Peer& peer, bool says_so) {
    while (peer.request_head()) {
      if (says_so) peer.socket.send("HTTP/1.1 100 Continue\r\n\r\n");
      const std::string body = peer.socket.take(4);
      if (body.size() == 4) peer.answer(body);
    }
  };
  SECTION("the upstream says so") {
    ScriptedUpstream upstream([&](Peer& peer) { serve_body(peer, true); });
    ProxyUnderTest proxy;
    proxy.serve({{.port = upstream.port()}});
    RawSocket client = proxy.client();
    for (int round = 0; round < 2; ++round) {
      client.send(head);
      REQUIRE(client.read_response().value_or(RawMessage{}).status() == 100);
      client.send("body");
      CHECK(client.read_response().value_or(RawMessage{}).body == "body");
    }
    CHECK(upstream.connections() == 1);
  }
  SECTION("the upstream is silent: we say it after a second") {
    ScriptedUpstream upstream([&](Peer& peer) { serve_body(peer, false); });
    ProxyUnderTest proxy;
    proxy.serve({{.port = upstream.port()}});
    RawSocket client = proxy.client();
    client.send(head);
    REQUIRE(client.read_response().value_or(RawMessage{}).status() == 100);
    client.send("body");
    CHECK(client.read_response().value_or(RawMessage{}).body == "body");
    client.send(get());
    CHECK(wait_until([&] { return upstream.request_count() == 2; }));
  }
  SECTION("the client does not wait for it") {
    ScriptedUpstream upstream([&](Peer& peer) { serve_body(peer, true); });
    ProxyUnderTest proxy;
    proxy.serve({{.port = upstream.port()}});
    RawSocket client = proxy.client();
    client.send(head + "body");
    CHECK(client.read_response().value_or(RawMessage{}).status() == 100);
    CHECK(client.read_response().value_or(RawMessage{}).body == "body");
    client.send(get());
    CHECK(wait_until([&] { return upstream.request_count() == 2; }));
  }
  SECTION("a final answer without it: the connection ends, since the body may or may not come") {
    ScriptedUpstream upstream([](Peer& peer) {
      while (peer.request_head()) peer.socket.send("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
    });
    ProxyUnderTest proxy;
    proxy.serve({{.port = upstream.port()}});
    RawSocket client = proxy.client();
    client.send(head);
    const auto response = client.read_response();
    REQUIRE(response.has_value());
    CHECK(response->status() == 417);
    CHECK(response->field("Connection") == "close");
    CHECK(client.wait_end() == Ending::fin);
    CHECK(wait_until([&] { return proxy.upstream_connections() == 0; }));
    CHECK(proxy.log().wait_for(1));
  }
}

TEST_CASE("interim answers pass, but not to HTTP/1.0 clients") {
  ScriptedUpstream upstream([](Peer& peer) {
    while (peer.request()) {
      peer.socket.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n");
      peer.answer("done");
    }
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  client.send(get());
  const auto hints = client.read_response();
  REQUIRE(hints.has_value());
  CHECK(hints->status() == 103);
  CHECK(hints->field("Link") == "</a.css>; rel=preload");
  CHECK(client.read_response().value_or(RawMessage{}).body == "done");
  CHECK(proxy.ask(request("GET", "HTTP/1.0")).body == "done");
  CHECK(proxy.log().wait_for(2));
  CHECK(proxy.log().size() == 2);
}

TEST_CASE("the target's authority overrules Host, and Date is added only where it is missing") {
  ScriptedUpstream upstream(
      saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\nok"));
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  const RawMessage response = proxy.ask("GET http://shop.test/a?b=c HTTP/1.1\r\nHost: other.test\r\n\r\n");
  CHECK(response.body == "ok");
  CHECK(response.field("Date") == "Thu, 01 Jan 1970 00:00:00 GMT");
  REQUIRE(upstream.request_count() == 1);
  CHECK(upstream.requests()[0].start_line() == "GET /a?b=c HTTP/1.1");
  CHECK(upstream.requests()[0].field("Host") == "shop.test");
}

TEST_CASE("a connection serves many requests, and its upstream connection too") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  for (int i = 0; i < 300; ++i) {
    client.send(i % 3 == 0 ? post("some body") : get());
    REQUIRE(client.read_response().value_or(RawMessage{}).body == "ok");
  }
  CHECK(upstream.connections() == 1);
  CHECK(proxy.view().requests == 300);
  CHECK(proxy.log().wait_for(300));
  CHECK(proxy.view().connections == 1);
}

}  // namespace mooring::test
