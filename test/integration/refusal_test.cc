// Strict framing over the wire: what is ambiguous is refused, its connection closed, and nothing of it forwarded.
#include <catch2/catch_test_macros.hpp>

#include <atomic>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

struct Case {
  const char* name;
  std::string bytes;
  int status;
};

std::string with(std::string_view fields, std::string_view body = {}) {
  return "POST / HTTP/1.1\r\nHost: shop.test\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

std::vector<Case> refused() {
  const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: shop.test\r\n\r\n";
  return {
      {"CL.TE", with("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nG" + smuggled), 400},
      {"TE.CL", with("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", "5c\r\n" + smuggled), 400},
      {"two lengths", with("Content-Length: 5\r\nContent-Length: 6\r\n", "hello" + smuggled), 400},
      {"two equal lengths in a list", with("Content-Length: 5, 5\r\n", "hello" + smuggled), 400},
      {"a signed length", with("Content-Length: +5\r\n", "hello" + smuggled), 400},
      {"an empty length", with("Content-Length: \r\n", smuggled), 400},
      {"a hexadecimal length", with("Content-Length: 0x5\r\n", "hello" + smuggled), 400},
      {"a length beyond 64 bits", with("Content-Length: 18446744073709551621\r\n", "hello" + smuggled), 400},
      {"an unknown coding", with("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n" + smuggled), 501},
      {"identity", with("Transfer-Encoding: identity\r\n", smuggled), 501},
      {"chunked twice", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + smuggled),
       400},
      {"vertical tab",
       with("Transfer-Encoding: \x0b"
            "chunked\r\n",
            "0\r\n\r\n" + smuggled),
       400},
      {"coding in HTTP/1.0",
       "POST / HTTP/1.0\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled, 400},
      {"space before the colon", with("Content-Length : 5\r\n", "hello" + smuggled), 400},
      {"a folded field", with("A: b\r\n Content-Length: 5\r\n", smuggled), 400},
      {"a bare LF", "GET / HTTP/1.1\nHost: shop.test\n\n" + smuggled, 400},
      {"a bare LF in a field", with("A: b\nContent-Length: 50\r\n", smuggled), 400},
      {"a bare CR", with("A: b\rContent-Length: 50\r\n", smuggled), 400},
      {"NUL", with(std::string_view("A: b\0c\r\n", 8), smuggled), 400},
      {"an empty name", with(": b\r\n", smuggled), 400},
      {"no Host", "GET / HTTP/1.1\r\n\r\n" + smuggled, 400},
      {"two Hosts", with("Host: shop.test\r\n", smuggled), 400},
      {"a malformed Host", "GET / HTTP/1.1\r\nHost: shop.test/x\r\n\r\n" + smuggled, 400},
      {"an unknown method", "BREW / HTTP/1.1\r\nHost: shop.test\r\n\r\n" + smuggled, 501},
      {"CONNECT", "CONNECT shop.test:443 HTTP/1.1\r\nHost: shop.test:443\r\n\r\n" + smuggled, 501},
      {"HTTP/2 in the line", "GET / HTTP/2.0\r\nHost: shop.test\r\n\r\n" + smuggled, 505},
      {"HTTP/0.9", "GET /\r\n\r\n" + smuggled, 400},
      {"a fragment", "GET /a#b HTTP/1.1\r\nHost: shop.test\r\n\r\n" + smuggled, 400},
      {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9), 400},
      {"a line of 40 KiB", "GET /" + std::string(40 * 1024, 'a') + " HTTP/1.1\r\nHost: shop.test\r\n\r\n", 414},
      {"a field of 2 MiB", with("A: " + std::string(std::size_t{2} << 20, 'a') + "\r\n"), 431},
      {"300 fields",
       [] {
         std::string fields;
         for (int i = 0; i < 300; ++i) fields += "A: b\r\n";
         return with(fields);
       }(),
       431},
  };
}

}  // namespace

TEST_CASE("an ambiguous request is refused, and its connection with it") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("innocent"));
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  RawSocket bystander = proxy.client();
  for (const Case& test : refused()) {
    INFO(test.name);
    const std::size_t before = upstream.request_count();
    RawSocket client = proxy.client();
    client.send(test.bytes);
    const auto response = client.read_response();
    REQUIRE(response.has_value());
    CHECK(response->status() == test.status);
    CHECK(response->field("Connection") == "close");
    // Nothing follows the one answer, whatever stood behind the request.
    CHECK(client.rest().empty());
    CHECK(client.ending() != Ending::late);
    CHECK(upstream.request_count() == before);
    bystander.send(get());
    CHECK(bystander.read_response().value_or(RawMessage{}).body == "innocent");
  }
  CHECK(proxy.log().wait_for(refused().size() * 2));
  CHECK(proxy.log().size() == refused().size() * 2);
}

TEST_CASE("the limits of a head, as they are documented") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  const auto status_of = [&](const std::string& request) {
    RawSocket client = proxy.client();
    client.send(request);
    return client.read_response().value_or(RawMessage{}).status();
  };
  const auto line = [](std::size_t bytes) {
    const std::string frame = "GET / HTTP/1.1\r\n";  // its end counts
    return "GET /" + std::string(bytes - frame.size(), 'a') + " HTTP/1.1\r\nHost: shop.test\r\n\r\n";
  };
  CHECK(status_of(line(std::size_t{32} << 10)) == 200);
  CHECK(status_of(line((std::size_t{32} << 10) + 1)) == 414);
  const auto fields = [](int count) {
    std::string head = "GET / HTTP/1.1\r\nHost: shop.test\r\n";
    for (int i = 1; i < count; ++i) head += "A: b\r\n";
    return head + "\r\n";
  };
  CHECK(status_of(fields(256)) == 200);
  CHECK(status_of(fields(257)) == 431);
  const auto head = [](std::size_t bytes) {
    const std::string frame = "GET / HTTP/1.1\r\nHost: shop.test\r\nA: \r\n\r\n";
    return "GET / HTTP/1.1\r\nHost: shop.test\r\nA: " + std::string(bytes - frame.size(), 'a') + "\r\n\r\n";
  };
  CHECK(status_of(head(std::size_t{1} << 20)) == 200);
  // Beside maxHeaderBytes a head may have the 4 KiB that Traefik's reader adds.
  CHECK(status_of(head((std::size_t{1} << 20) + (4 << 10) + 2)) == 431);
}

TEST_CASE("the times that a client gets, as they are documented") {
  constexpr server::TimeLimits kTimes;
  STATIC_REQUIRE(kTimes.head == 10'000);
  STATIC_REQUIRE(kTimes.stall == 60'000);
  STATIC_REQUIRE(kTimes.first_request == 60'000);
  CHECK(config::EntryPointOptions{}.idle_timeout == std::chrono::seconds(180));
  CHECK(config::EntryPointOptions{}.read_timeout == std::nullopt);
}

TEST_CASE("a body that turns out to be none: 400, the upstream's connection ends, and nothing looks complete to it") {
  const std::string chunked = "POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string bad :
       {"zz\r\n", "5\nhello\n", "5;a=\nb\r\nhello\r\n", "-5\r\n", "0x5\r\nhello\r\n", "fffffffffffffffff\r\n",
        "5\r\nhelloXX", "5 \r\nhello\r\n", "0\r\nA: b\n\r\n", "0\r\nA b\r\n\r\n", "\r\n"}) {
    for (const bool at_once : {true, false}) {
      DYNAMIC_SECTION(bad << (at_once ? " in one write" : " later")) {
        ScriptedUpstream upstream([](Peer& peer) {
          const auto request = peer.request();
          if (!request) return;
          if (request->complete) peer.answer("ok");
        });
        ProxyUnderTest proxy;
        proxy.serve({{.port = upstream.port()}});
        RawSocket client = proxy.client();
        if (at_once) {
          client.send(chunked + "3\r\nabc\r\n" + bad);
        } else {
          client.send(chunked + "3\r\nabc\r\n");
          REQUIRE(wait_until([&] { return upstream.connections() == 1; }));
          client.send(bad);
        }
        const auto response = client.read_response();
        REQUIRE(response.has_value());
        CHECK(response->status() == 400);
        CHECK(client.rest().empty());
        CHECK(client.ending() != Ending::late);
        CHECK(proxy.wait_quiet());
        CHECK(wait_until([&] { return proxy.upstream_connections() == 0; }));
        // The upstream need not have been asked at all; if it was, it saw no complete request.
        CHECK(wait_until([&] { return upstream.open_connections() == 0; }));
        for (const RawMessage& seen : upstream.requests()) CHECK_FALSE(seen.complete);
        REQUIRE(proxy.log().size() == 1);
        CHECK(proxy.log().lines()[0].status == 400);
      }
    }
  }
}

}  // namespace mooring::test
