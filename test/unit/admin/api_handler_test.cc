#include "proxy/admin/api_handler.h"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <numeric>
#include <string>

#include "proxy/admin/json_text.h"
#include "proxy/admin/status_query.h"
#include "test/unit/admin/asking.h"
#include "test/unit/admin/fake_status.h"

namespace mooring::admin {
namespace {

using test::Answer;
using test::ask;
using test::Asking;
using test::FakeStatus;

TEST_CASE("the API answers each of its paths with its type") {
  FakeStatus source;
  const ApiHandler api(source);
  const Answer status = ask(api, "/api/status");
  CHECK(status.status == 200);
  CHECK(status.content_type == "application/json");
  CHECK(status.cache_control == "no-store");
  CHECK(status.options == "nosniff");
  CHECK(status.length == status.body.size());
  CHECK(Json::parse(status.body)["generation"] == 42);
  CHECK(status.body.find('\n') == status.body.size() - 1);
  CHECK(ask(api, "/api/status", "pretty").body.starts_with("{\n  \"version\""));
  CHECK(ask(api, "/api/rawdata").content_type == "application/json");
  CHECK(Json::parse(ask(api, "/api/rawdata").body).contains("routers"));
  CHECK(ask(api, "/api/version").content_type == "application/json; charset=UTF-8");
}

TEST_CASE("what the API does not know is Traefik's 404") {
  FakeStatus source;
  const ApiHandler api(source);
  for (const auto* path : {"/api", "/api/", "/api/x", "/api/status/", "/API/status", "/", "*"}) {
    CAPTURE(path);
    const Answer answer = ask(api, path);
    CHECK(answer.status == 404);
    CHECK(answer.body == "404 page not found\n");
  }
}

TEST_CASE("the index names the paths, on its own router alone") {
  FakeStatus source;
  const ApiHandler api(source);
  const Answer index = ask(api, "/", {}, http::Method::get, "index@internal");
  CHECK(index.status == 200);
  CHECK(index.content_type == "text/plain; charset=utf-8");
  for (const auto* path : {"/api/status", "/api/rawdata", "/api/version", "/api/overview", "/api/entrypoints",
                           "/api/http/routers", "/api/http/services", "/api/http/middlewares"}) {
    CHECK(index.body.contains(path));
  }
  CHECK(ask(api, "/", {}, http::Method::get, "mine@docker").status == 404);
  CHECK(ask(api, "/favicon.ico", {}, http::Method::get, "index@internal").status == 404);
}

TEST_CASE("only reading is allowed") {
  FakeStatus source;
  const ApiHandler api(source);
  const PingHandler ping(source);
  using enum http::Method;
  for (const http::Method method : {post, put, delete_, patch, options, trace, connect, other}) {
    for (const Answer& answer : {ask(api, "/api/status", {}, method), ask(ping, "/ping", {}, method)}) {
      CHECK(answer.status == 405);
      CHECK(answer.allow == "GET, HEAD");
    }
  }
  CHECK(ask(api, "/api/rawdata", {}, head).length == ask(api, "/api/rawdata").length);
}

TEST_CASE("ping is what Traefik's is") {
  FakeStatus source;
  const PingHandler ping(source);
  const Answer ok = ask(ping, "/ping");
  CHECK(ok.status == 200);
  CHECK(ok.body == "OK");
  CHECK(ok.length == 2);
  CHECK(ok.content_type.empty());
  source.is_terminating = true;
  CHECK(ask(ping, "/ping").status == 503);
  CHECK(ask(ping, "/ping").body == "Service Unavailable");
  source.start_options.ping.terminating_status_code = 204;
  CHECK(ask(ping, "/ping").status == 204);
  CHECK(ask(ping, "/ping").length == 0);
}

TEST_CASE("on the control socket there is ping beside the API") {
  FakeStatus source;
  test::FakeOrders orders;
  const auto control = control_handler(source, orders);
  CHECK(ask(*control, "/ping").body == "OK");
  CHECK(ask(*control, "/api/version").status == 200);
  CHECK(ask(*control, "/").status == 404);
}

TEST_CASE("a wait ends with the change") {
  FakeStatus source;
  const ApiHandler api(source);
  Asking asking(api, "/api/status", "wait=42");
  asking.turn();
  REQUIRE_FALSE(asking.answered());
  source.end_waits();  // woken, but nothing changed
  asking.turn();
  REQUIRE_FALSE(asking.answered());
  source.change();
  asking.turn();
  REQUIRE(asking.answered());
  CHECK(Json::parse(asking.answer().body)["generation"] == 43);
}

TEST_CASE("a wait for a generation that has passed, or is to come, does not wait") {
  FakeStatus source;
  const ApiHandler api(source);
  for (const auto* query : {"wait=41", "wait=43", "wait=0", "wait=42&timeout=0"}) {
    CAPTURE(query);
    CHECK(ask(api, "/api/status", query).status == 200);
  }
  CHECK(source.waits.empty());
}

TEST_CASE("a wait is as long as was asked, and not longer") {
  struct Row {
    const char* query;
    std::uint64_t ms;
  };
  for (const Row& row : {Row{"wait=42", 30'000}, Row{"wait=42&timeout=2500ms", 2'500}, Row{"timeout=3&wait=42", 3'000},
                         Row{"wait=42&timeout=24h", 300'000}}) {
    CAPTURE(row.query);
    FakeStatus source;
    const ApiHandler api(source);
    Asking asking(api, "/api/status", row.query);
    for (int i = 0; i < 1000 && !asking.answered(); ++i) {
      source.end_waits();
      asking.turn();
    }
    REQUIRE(asking.answered());
    CHECK(asking.answer().status == 200);
    CHECK(std::accumulate(source.waits.begin(), source.waits.end(), std::uint64_t{0}) == row.ms);
  }
}

TEST_CASE("a client that leaves ends its wait, and so does the end of the process") {
  FakeStatus source;
  const ApiHandler api(source);
  Asking leaving(api, "/api/status", "wait=42&timeout=5m");
  leaving.exchange().cancel(http::FailureKind::canceled, http::Side::client);
  leaving.turn();  // nobody else has to say so
  REQUIRE(leaving.answered());
  CHECK(leaving.answer().failure == http::FailureKind::canceled);
  CHECK(source.waits.size() == 1);

  Asking staying(api, "/api/status", "wait=42&timeout=5m");
  source.is_terminating = true;
  source.end_waits();
  staying.turn();
  REQUIRE(staying.answered());
  CHECK(Json::parse(staying.answer().body)["terminating"] == true);
}

TEST_CASE("a query that cannot be understood is refused with what was expected") {
  FakeStatus source;
  const ApiHandler api(source);
  for (const auto* query : {"wait=", "wait=x", "wait=-1", "wait=42x", "wait=99999999999999999999",
                            "timeout=", "timeout=soon", "timeout=-1s", "wait=%0a"}) {
    CAPTURE(query);
    const Answer answer = ask(api, "/api/status", query);
    CHECK(answer.status == 400);
    CHECK(answer.body.contains("expected"));
    CHECK(answer.body.find('\n') == answer.body.size() - 1);
  }
  CHECK(parse_status_query("unknown=1&pretty=false")->pretty == false);
  CHECK(parse_status_query("pretty=1")->pretty);
}

TEST_CASE("the internal routers are Traefik's") {
  constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
  config::Options options;
  CHECK(internal_routes(options).empty());
  options.ping.enabled = true;
  options.ping.entry_point = "web";
  options.api.enabled = true;
  REQUIRE(internal_routes(options).size() == 1);
  CHECK(internal_routes(options)[0].entry_point == "web");
  CHECK(internal_routes(options)[0].priority == kHighest);
  options.api.insecure = true;
  const auto routes = internal_routes(options);
  REQUIRE(routes.size() == 4);
  CHECK(routes[1].rule == "PathPrefix(`/api`)");
  CHECK(routes[1].priority == kHighest - 1);
  CHECK(routes[2].rule == "PathPrefix(`/`)");
  CHECK(routes[2].service == "api@internal");
  CHECK(routes[3].rule == "Path(`/self/drain`)");
  CHECK(routes[3].entry_point == "traefik");
  options.api.dashboard = false;
  CHECK(internal_routes(options).size() == 3);
  FakeStatus source;
  for (const auto& route : routes) CHECK(internal_services(source).contains(route.service));
}

}  // namespace
}  // namespace mooring::admin
