// http.redirections and http.middlewares of an entry point, over sockets.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

ProxyPlan redirecting(const std::string& to) {
  ProxyPlan plan;
  plan.entry_point.redirection = config::RedirectionOptions{.to = to};
  return plan;
}

}  // namespace

TEST_CASE("a redirection goes before every router") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy(redirecting(":8443"));
  proxy.serve({{.port = upstream.port()}});
  const RawMessage got = proxy.ask(get("/a//b?c=d"));
  CHECK(got.status() == 301);
  CHECK(got.field("Location") == "https://shop.test:8443/a/b?c=d");
  CHECK(got.body == "Moved Permanently");
  CHECK(proxy.ask(post("body")).status() == 308);
  const RawMessage head = proxy.ask("HEAD / HTTP/1.1\r\nHost: other.test\r\n\r\n");
  CHECK(head.status() == 308);
  CHECK(head.field("Location") == "https://other.test:8443/");
  CHECK(head.body.empty());
  CHECK(upstream.request_count() == 0);
  REQUIRE(proxy.log().wait_for(3));
  CHECK(proxy.log().lines().front().router == "web-to-8443@internal");
}

TEST_CASE("a request without a host is not redirected") {
  ProxyUnderTest proxy(redirecting(":8443"));
  CHECK(proxy.ask("GET / HTTP/1.0\r\n\r\n").status() == 404);
}

TEST_CASE("a smaller priority lets routers go first") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan = redirecting(":8443");
  plan.entry_point.redirection->priority = 1;
  plan.entry_point.redirection->permanent = false;
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  CHECK(proxy.ask(get()).body == "ok");
  CHECK(proxy.ask("GET / HTTP/1.1\r\nHost: other.test\r\n\r\n").status() == 302);
}

TEST_CASE("a redirection to nowhere serves nobody") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy(redirecting("websecure"));
  proxy.serve({{.port = upstream.port()}});
  CHECK(proxy.ask(get()).status() == 503);
  CHECK(upstream.request_count() == 0);
}

TEST_CASE("a middleware of an entry point that does not exist closes what is behind it") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan;
  plan.entry_point.middlewares = {"auth@file"};
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  CHECK(proxy.ask(get()).status() == 503);
  CHECK(upstream.request_count() == 0);
  bool said = false;
  for (const config::Problem& problem : proxy.control().snapshot()->problems) {
    if (problem.text.find("\"auth@file\" does not exist") != std::string::npos) said = true;
  }
  CHECK(said);
}

}  // namespace mooring::test
