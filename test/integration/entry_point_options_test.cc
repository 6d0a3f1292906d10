// What an entry point does with its options, over sockets.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

using std::chrono::milliseconds;

// The path that the upstream was asked for last.
std::string asked(const ScriptedUpstream& upstream) {
  const auto requests = upstream.requests();
  if (requests.empty()) return {};
  const std::string line = requests.back().start_line();
  const std::size_t first = line.find(' ') + 1;
  return line.substr(first, line.rfind(' ') - first);
}

}  // namespace

TEST_CASE("an entry point refuses encoded characters that it does not allow") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan;
  plan.entry_point.encoded_characters.slash = false;
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  CHECK(proxy.ask(get("/a%2Fb")).status() == 400);
  CHECK(proxy.ask(get("/a%5Cb")).body == "ok");
  CHECK(upstream.request_count() == 1);
  REQUIRE(proxy.log().wait_for(2));
  CHECK(proxy.log().lines().front().status == 400);
}

TEST_CASE("without sanitizePath the upstream gets the path as it is") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan;
  plan.entry_point.sanitize_path = false;
  plan.entry_point.encode_query_semicolons = true;
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  CHECK(proxy.ask(get("/a//b/../%63?x=1;y")).body == "ok");
  CHECK(asked(upstream) == "/a//b/../c?x=1%3By");
}

TEST_CASE("a head above maxHeaderBytes is 431") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan;
  plan.entry_point.max_header_bytes = 10'000;
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  CHECK(proxy.ask(get("/", "X: " + std::string(9'000, 'x') + "\r\n")).body == "ok");
  CHECK(proxy.ask(get("/", "X: " + std::string(15'000, 'x') + "\r\n")).status() == 431);
  CHECK(upstream.request_count() == 1);
}

TEST_CASE("names with underscores") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan;
  SECTION("dropped") {
    plan.entry_point.underscore_headers = config::UnderscoreHeaders::remove;
    ProxyUnderTest proxy(plan);
    proxy.serve({{.port = upstream.port()}});
    CHECK(proxy.ask(get("/", "X_User: root\r\n")).body == "ok");
    CHECK(!upstream.requests().front().has("X_User"));
  }
  SECTION("refused") {
    plan.entry_point.underscore_headers = config::UnderscoreHeaders::reject;
    ProxyUnderTest proxy(plan);
    proxy.serve({{.port = upstream.port()}});
    CHECK(proxy.ask(get("/", "X_User: root\r\n")).status() == 400);
    CHECK(proxy.ask(get()).body == "ok");
  }
}

TEST_CASE("what forwardedHeaders.connection lists does not reach the upstream") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan;
  plan.entry_point.forwarded_headers.connection = {"Foo"};
  plan.entry_point.forwarded_headers.not_append_for = true;
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  CHECK(proxy.ask(get("/", "Connection: foo, bar\r\nFoo: 1\r\nBar: 2\r\nBaz: 3\r\n")).body == "ok");
  const RawMessage request = upstream.requests().front();
  CHECK(!request.has("Foo"));
  CHECK(!request.has("Bar"));
  CHECK(request.has("Baz"));
  CHECK(!request.has("X-Forwarded-For"));
}

TEST_CASE("a connection ends after keepAliveMaxRequests answers") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan;
  plan.entry_point.keep_alive_max_requests = 3;
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  for (int request = 1; request <= 3; ++request) {
    client.send(get());
    const auto response = client.read_response();
    REQUIRE(response.has_value());
    CHECK(response->body == "ok");
    CHECK(response->field("Connection") == (request == 3 ? "close" : ""));
  }
  CHECK(client.wait_end() == Ending::fin);
}

TEST_CASE("a connection ends with the first answer after keepAliveMaxTime") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan;
  plan.entry_point.keep_alive_max_time = milliseconds(150);
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  const auto begun = std::chrono::steady_clock::now();
  std::string connection;
  CHECK(wait_until([&] {
    client.send(get());
    connection = client.read_response().value_or(RawMessage{}).field("Connection");
    return connection == "close";
  }));
  CHECK(std::chrono::steady_clock::now() - begun >= milliseconds(140));
  CHECK(client.wait_end() == Ending::fin);
}

TEST_CASE("writeTimeout ends an answer that takes too long") {
  ProxyPlan plan;
  plan.entry_point.write_timeout = milliseconds(200);
  SECTION("because the client reads too slowly") {
    ScriptedUpstream upstream([](Peer& peer) {
      if (!peer.request_head()) return;
      peer.socket.send("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
      while (peer.socket.send(std::string(100'000, 'x'))) {
      }
    });
    ProxyUnderTest proxy(plan);
    proxy.serve({{.port = upstream.port()}});
    RawSocket client = proxy.client(4096);
    client.send(get());
    REQUIRE(client.read_head().has_value());
    CHECK(client.wait_gone());
    REQUIRE(proxy.log().wait_for(1));
    CHECK(proxy.log().lines().front().body_bytes < 100'000'000);
    CHECK(proxy.wait_quiet());
  }
  SECTION("because the upstream does") {
    ScriptedUpstream upstream([](Peer& peer) {
      if (peer.request_head()) peer.socket.wait_end();
    });
    ProxyUnderTest proxy(plan);
    proxy.serve({{.port = upstream.port()}});
    RawSocket client = proxy.client();
    client.send(get());
    CHECK(client.rest().empty());
    CHECK(client.ending() != Ending::late);
    CHECK(proxy.wait_quiet());
  }
  SECTION("but no tunnel") {
    ScriptedUpstream upstream([](Peer& peer) {
      if (!peer.request_head()) return;
      peer.socket.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
      while (peer.socket.more()) {
        peer.socket.send(peer.socket.input());
        peer.socket.input().clear();
      }
    });
    ProxyUnderTest proxy(plan);
    proxy.serve({{.port = upstream.port()}});
    RawSocket client = proxy.client();
    client.send(get("/", "Connection: Upgrade\r\nUpgrade: echo\r\n"));
    REQUIRE(client.read_head().has_value());
    const auto begun = std::chrono::steady_clock::now();
    CHECK(wait_until([&] {
      client.send("x");
      return client.take(1) != "x" || std::chrono::steady_clock::now() - begun > milliseconds(400);
    }));
    client.send("y");
    CHECK(client.take(1) == "y");
  }
}

TEST_CASE("an entry point without access logs writes none") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan;
  plan.entry_point.access_logs = false;
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  CHECK(proxy.ask(get()).body == "ok");
  CHECK(proxy.wait_quiet());
  CHECK(proxy.log().size() == 0);
}

}  // namespace mooring::test
