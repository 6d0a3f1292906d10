// The PROXY protocol in front of requests: whose word is taken, what comes of it, and what of a word that is none.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

const std::string kHeader = "PROXY TCP4 203.0.113.9 10.0.0.1 41000 80\r\n";
const std::string kSecond = std::string("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c", 16) + std::string("\xcb\0\x71\x09", 4) +
                            std::string("\x0a\0\0\1\xa0\x28\0\x50", 8);
const std::string kLocal{"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16};

ProxyPlan trusting(std::string_view network) {
  ProxyPlan plan;
  if (network == "insecure") {
    plan.entry_point.proxy_protocol.insecure = true;
  } else {
    plan.entry_point.proxy_protocol.trusted_ips = {*config::IpNetwork::parse(network)};
  }
  plan.times.head = 300;
  return plan;
}

}  // namespace

TEST_CASE("a PROXY header says who the client is") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy(trusting("127.0.0.0/8"));
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  std::string address = "203.0.113.9";
  SECTION("version 1") {
    client.send(kHeader + get());
  }
  SECTION("version 2") {
    client.send(kSecond + get());
  }
  SECTION("byte by byte") {
    for (const char byte : kSecond + get()) client.send({&byte, 1});
  }
  SECTION("UNKNOWN leaves the socket's address") {
    address = "127.0.0.1";
    client.send("PROXY UNKNOWN\r\n" + get());
  }
  SECTION("LOCAL leaves the socket's address") {
    address = "127.0.0.1";
    client.send(kLocal + get());
  }
  CHECK(client.read_response().value_or(RawMessage{}).body == "ok");
  // Once a connection, not once a request.
  client.send(get("/second"));
  CHECK(client.read_response().value_or(RawMessage{}).body == "ok");
  for (const RawMessage& request : upstream.requests()) {
    CHECK(request.field("X-Forwarded-For") == address);
    CHECK(request.field("X-Real-Ip") == address);
  }
  CHECK(upstream.request_count() == 2);
  REQUIRE(proxy.log().wait_for(2));
  CHECK(proxy.log().lines().front().client_host == address);
  CHECK(proxy.view().bad_proxy_headers == 0);
}

TEST_CASE("forwarded headers are trusted by the address that the PROXY header gives") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan = trusting("insecure");
  plan.entry_point.forwarded_headers.trusted_ips = {*config::IpNetwork::parse("203.0.113.0/24")};
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  CHECK(proxy.ask(kHeader + get("/", "X-Forwarded-For: 198.51.100.1\r\n")).body == "ok");
  CHECK(proxy.ask("PROXY UNKNOWN\r\n" + get("/", "X-Forwarded-For: 198.51.100.1\r\n")).body == "ok");
  const auto requests = upstream.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].field("X-Forwarded-For") == "198.51.100.1, 203.0.113.9");
  CHECK(requests[1].field("X-Forwarded-For") == "127.0.0.1");
}

TEST_CASE("from a peer that is not trusted a PROXY header is no request") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy(trusting("10.0.0.0/8"));
  proxy.serve({{.port = upstream.port()}});
  CHECK(proxy.ask(kHeader + get()).status() == 400);
  CHECK(proxy.ask(kSecond + get()).status() == 400);
  CHECK(proxy.ask(get()).body == "ok");
  CHECK(upstream.request_count() == 1);
  CHECK(upstream.requests().front().field("X-Forwarded-For") == "127.0.0.1");
}

TEST_CASE("a malformed PROXY header ends the connection without a word") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy(trusting("127.0.0.1"));
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  bool malformed = true;
  SECTION("none") {
    client.send(get());
  }
  SECTION("a bad address") {
    client.send("PROXY TCP4 203.0.113.999 10.0.0.1 1 2\r\n" + get());
  }
  SECTION("one without an end") {
    client.send("PROXY UNKNOWN " + std::string(5000, 'x'));
  }
  SECTION("a block without an end") {
    client.send(std::string("\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff", 16) + std::string(100'000, 'x'));
  }
  SECTION("one that does not come to its end in time") {
    client.send("PROXY TCP4 203.");
    malformed = false;
  }
  SECTION("none at all in time") {
    malformed = false;
  }
  SECTION("one that is cut") {
    client.send("PROXY TCP4 203.");
    client.fin();
    malformed = false;
  }
  CHECK(client.rest().empty());
  CHECK(client.ending() != Ending::late);
  CHECK(wait_until([&] { return proxy.view().connections == 0; }));
  CHECK(proxy.view().bad_proxy_headers == (malformed ? 1 : 0));
  CHECK(upstream.request_count() == 0);
  CHECK(proxy.log().size() == 0);
}

}  // namespace mooring::test
