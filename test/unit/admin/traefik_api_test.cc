// Traefik's API: whole answers are golden (test/golden/admin, shown by status_test.cc); here is what they leave out.
#include "proxy/admin/traefik_api.h"

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/admin/api_handler.h"
#include "proxy/admin/json_text.h"
#include "proxy/admin/list_query.h"
#include "proxy/config/label_decoder.h"
#include "test/unit/admin/asking.h"
#include "test/unit/admin/example_table.h"
#include "test/unit/routing/table_bench.h"

namespace mooring::admin {
namespace {

using test::Answer;
using test::ask;
using test::FakeStatus;

struct Examples {
  FakeStatus source;
  Examples() { test::set_examples(source); }
  std::string names(std::string_view path, std::string_view query) const {
    const ApiAnswer answer = traefik_answer(source, TableView(source.snapshot()), path, query);
    std::string all;
    for (const Json& each : Json::parse(answer.text)) all += each["name"].get<std::string>() + " ";
    return all;
  }
};

TEST_CASE("lists are filtered") {
  struct Row {
    const char* path;
    const char* query;
    const char* names;
  };
  const Examples examples;
  const std::string all =
      "api@internal app@file bad@file guarded@file index@internal nowhere@file old@file ops@file ping@internal "
      "unready@file ";
  for (const Row& row : {
           Row{"http/routers", "", all.c_str()},
           Row{"http/routers", "status=enabled",
               "api@internal app@file index@internal old@file ops@file ping@internal "},
           Row{"http/routers", "status=DISABLED", "bad@file guarded@file nowhere@file unready@file "},
           Row{"http/routers", "status=other", ""},
           Row{"http/routers", "search=APP.local", "app@file "},
           Row{"http/routers", "search=ready%40file", "unready@file "},
           Row{"http/routers", "search=a.local", "old@file "},
           Row{"http/routers", "search=(%60a", "app@file old@file "},
           Row{"http/routers", "search=%7E", ""},
           Row{"http/routers", "search=`)+%26%26+P", "guarded@file "},
           Row{"http/routers", "search=", all.c_str()},
           Row{"http/routers", "serviceName=app@file", "app@file guarded@file nowhere@file unready@file "},
           Row{"http/routers", "serviceName=app", "app@file guarded@file nowhere@file unready@file "},
           Row{"http/routers", "serviceName=app@docker", "app@file guarded@file nowhere@file unready@file "},
           Row{"http/routers", "serviceName=api@internal", "api@internal index@internal ops@file "},
           Row{"http/routers", "serviceName=api", ""},
           Row{"http/routers", "middlewareName=lb@file", "app@file old@file "},
           Row{"http/routers", "middlewareName=lb", ""},
           Row{"http/routers", "status=enabled&search=local&serviceName=app&middlewareName=lb@file", "app@file "},
           Row{"http/services", "", "api@internal app@file ping@internal plain@file "},
           Row{"http/services", "search=P", "api@internal app@file ping@internal plain@file "},
           Row{"http/services", "search=p@", "app@file "},
           Row{"http/services", "status=disabled", ""},
           // Traefik looks at these for routers only.
           Row{"http/services", "serviceName=nobody&middlewareName=nothing",
               "api@internal app@file ping@internal plain@file "},
           Row{"http/middlewares", "", "all@file ba@file lb@file "},
           Row{"http/middlewares", "status=disabled", "ba@file "},
           Row{"http/middlewares", "search=B", "ba@file lb@file "},
           Row{"entrypoints", "search=web&status=disabled", "rich traefik web "},
       }) {
    CAPTURE(row.path, row.query);
    CHECK(examples.names(row.path, row.query) == row.names);
  }
}

TEST_CASE("lists are ordered, names break ties and turn with the direction") {
  struct Row {
    const char* path;
    const char* query;
    const char* names;
  };
  const Examples examples;
  for (const Row& row : {
           Row{"http/routers", "search=file&sortBy=priority",
               "old@file app@file bad@file ops@file nowhere@file unready@file guarded@file "},
           Row{"http/routers", "search=file&sortBy=priority&direction=desc",
               "guarded@file unready@file nowhere@file ops@file bad@file app@file old@file "},
           Row{"http/routers", "search=file&direction=desc",
               "unready@file ops@file old@file nowhere@file guarded@file bad@file app@file "},
           Row{"http/routers", "search=file&sortBy=name&direction=anything",
               "unready@file ops@file old@file nowhere@file guarded@file bad@file app@file "},
           Row{"http/routers", "sortBy=provider&status=enabled",
               "app@file old@file ops@file api@internal index@internal ping@internal "},
           Row{"http/routers", "search=file&sortBy=status",
               "bad@file guarded@file nowhere@file unready@file app@file old@file ops@file "},
           Row{"http/routers", "search=file&sortBy=rule",
               "old@file app@file bad@file guarded@file nowhere@file ops@file unready@file "},
           Row{"http/routers", "search=file&sortBy=service&status=enabled", "ops@file app@file old@file "},
           Row{"http/routers", "search=file&sortBy=entryPoints&direction=desc&status=disabled",
               "unready@file nowhere@file guarded@file bad@file "},
           Row{"http/routers", "search=file&sortBy=nonsense&status=enabled", "app@file old@file ops@file "},
           Row{"http/services", "sortBy=servers", "api@internal ping@internal plain@file app@file "},
           Row{"http/services", "sortBy=type", "api@internal ping@internal app@file plain@file "},
           Row{"http/services", "sortBy=provider", "app@file plain@file api@internal ping@internal "},
           Row{"http/services", "sortBy=status&direction=desc", "plain@file ping@internal app@file api@internal "},
           Row{"http/middlewares", "sortBy=type", "ba@file all@file lb@file "},
           Row{"http/middlewares", "sortBy=status", "ba@file all@file lb@file "},
           Row{"http/middlewares", "sortBy=provider&direction=desc", "lb@file ba@file all@file "},
       }) {
    CAPTURE(row.path, row.query);
    CHECK(examples.names(row.path, row.query) == row.names);
  }
}

TEST_CASE("pages are cut as Traefik cuts them") {
  struct Row {
    const char* query;
    std::size_t total;
    std::size_t begin;
    std::size_t end;
    std::size_t next;
  };
  for (const Row& row :
       {Row{"", 0, 0, 0, 1}, Row{"", 100, 0, 100, 1}, Row{"", 101, 0, 100, 2}, Row{"page=2", 101, 100, 101, 1},
        Row{"page=2&per_page=2", 5, 2, 4, 3}, Row{"page=3&per_page=2", 5, 4, 5, 1}, Row{"per_page=1000", 5, 0, 5, 1},
        Row{"page=%2B1&per_page=%2B2", 3, 0, 2, 2}, Row{"page=&per_page=", 150, 0, 100, 2},
        Row{"page=1&page=x", 1, 0, 1, 1}, Row{"per_page=9223372036854775807", 5, 0, 5, 1}}) {
    CAPTURE(row.query, row.total);
    const auto page = page_of(parse_list_query(row.query), row.total);
    REQUIRE(page.has_value());
    CHECK(page->begin == row.begin);
    CHECK(page->end == row.end);
    CHECK(page->next == row.next);
  }
}

TEST_CASE("a page that does not exist is refused in Traefik's words") {
  struct Row {
    const char* query;
    std::size_t total;
    const char* message;
  };
  for (const Row& row :
       {Row{"page=99", 5, "invalid request: page: 99, per_page: 100"},
        Row{"page=2", 100, "invalid request: page: 2, per_page: 100"},
        Row{"page=2", 0, "invalid request: page: 2, per_page: 100"},
        Row{"page=9223372036854775807&per_page=9223372036854775807", 5,
            "invalid request: page: 9223372036854775807, per_page: 9223372036854775807"},
        Row{"page=0", 5, "invalid request: page: 0"}, Row{"page=-3", 5, "invalid request: page: -3"},
        Row{"page=x", 5, "invalid request: page: 0"}, Row{"page=+1", 5, "invalid request: page: 0"},
        Row{"page=2x", 5, "invalid request: page: 0"}, Row{"page=1.0", 5, "invalid request: page: 0"},
        Row{"page=%2B-1", 5, "invalid request: page: 0"}, Row{"per_page=0&page=x", 5, "invalid request: per_page: 0"},
        Row{"page=99999999999999999999", 5, "invalid request: page: 9223372036854775807"},
        Row{"page=-99999999999999999999", 5, "invalid request: page: -9223372036854775808"}}) {
    CAPTURE(row.query);
    const auto page = page_of(parse_list_query(row.query), row.total);
    REQUIRE_FALSE(page.has_value());
    CHECK(page.error() == row.message);
  }
}

TEST_CASE("names in paths are percent-decoded once") {
  Examples examples;
  const ApiHandler api(examples.source);
  CHECK(ask(api, "/api/http/routers/app%40file").status == 200);
  CHECK(ask(api, "/api/http/routers/%61pp@file").status == 200);
  CHECK(ask(api, "/api/http/routers/app%2540file").body == "{\"message\":\"router not found: app%40file\"}\n");
  CHECK(ask(api, "/api/http/routers/a%2Fb").body == "{\"message\":\"router not found: a/b\"}\n");
  CHECK(ask(api, "/api/http/routers/a+b").body == "{\"message\":\"router not found: a+b\"}\n");
  CHECK(ask(api, "/api/http/routers/%4").status == 400);
  CHECK(ask(api, "/api/http/routers/%zz").status == 400);
  CHECK(ask(api, "/api/http/routers/%ff%22%3Cb%3E").body ==
        "{\"message\":\"router not found: \uFFFD\\\"\\u003cb\\u003e\"}\n");
}

TEST_CASE("what is no path of Traefik's is 404, and other methods are 405") {
  Examples examples;
  const ApiHandler api(examples.source);
  for (const auto* path :
       {"/api", "/api/", "/api/http", "/api/http/", "/api/http/routers/", "/api/http/routers/a/b", "/api/http/routersx",
        "/api/HTTP/routers", "/api/udp/middlewares", "/api/entrypoints/", "/api/rawdata/", "/api/overview/x",
        "/api/support-dump", "/api//http/routers", "/api/certificates/", "/debug/vars"}) {
    CAPTURE(path);
    const Answer answer = ask(api, path);
    CHECK(answer.status == 404);
    CHECK(answer.body == "404 page not found\n");
    CHECK(answer.content_type == "text/plain; charset=utf-8");
    CHECK(answer.options == "nosniff");
  }
  for (const auto* path : {"/api/http/routers", "/api/overview", "/api/rawdata", "/api/http/routers/app@file"}) {
    CHECK(ask(api, path, {}, http::Method::post).status == 405);
    CHECK(ask(api, path, {}, http::Method::head).status == 200);
  }
}

TEST_CASE("with a base path everything is below it, and nothing elsewhere") {
  Examples examples;
  for (const auto* base : {"/ops", "/ops/", "ops"}) {
    CAPTURE(base);
    const ApiHandler api(examples.source, base);
    CHECK(ask(api, "/ops/api/overview").status == 200);
    CHECK(ask(api, "/ops/api/status").status == 200);
    CHECK(ask(api, "/ops/api/http/routers/app@file").status == 200);
    CHECK(ask(api, "/ops/", {}, http::Method::get, "index@internal").status == 200);
    CHECK(ask(api, "/ops", {}, http::Method::get, "index@internal").status == 200);
    for (const auto* path : {"/api/overview", "/opsapi/overview", "/ops/ops/api/overview", "/ops/api", "/"}) {
      CAPTURE(path);
      CHECK(ask(api, path, {}, http::Method::get, "index@internal").status == 404);
    }
  }
  config::Options options;
  options.api.enabled = options.api.insecure = true;
  options.api.base_path = "/ops/";
  CHECK(internal_routes(options)[0].rule == "PathPrefix(`/ops/api`)");
  CHECK(internal_routes(options)[1].rule == "PathPrefix(`/ops`)");
}

TEST_CASE("the control socket has no base path") {
  Examples examples;
  examples.source.start_options.api.base_path = "/ops";
  test::FakeOrders orders;
  CHECK(ask(*control_handler(examples.source, orders), "/api/overview").status == 200);
  CHECK(ask(*internal_services(examples.source).at("api@internal"), "/ops/api/overview").status == 200);
  CHECK(ask(*internal_services(examples.source).at("api@internal"), "/api/overview").status == 404);
}

TEST_CASE("before the first table lists are empty") {
  FakeStatus source;
  source.table = nullptr;
  const ApiHandler api(source);
  CHECK(ask(api, "/api/http/routers").body == "[]\n");
  CHECK(ask(api, "/api/http/services").body == "[]\n");
  CHECK(ask(api, "/api/http/middlewares").body == "[]\n");
  CHECK(ask(api, "/api/rawdata").body == "{}\n");
  CHECK(ask(api, "/api/http/routers/x").status == 404);
  CHECK(ask(api, "/api/http/services/x").status == 404);
  CHECK(ask(api, "/api/http/middlewares/x").status == 404);
  CHECK(Json::parse(ask(api, "/api/overview").body)["http"]["routers"]["total"] == 0);
}

TEST_CASE("durations are written as Go writes them") {
  using std::chrono::milliseconds;
  for (const auto& [ms, text] : {std::pair{0, "0s"},
                                 {1, "1ms"},
                                 {250, "250ms"},
                                 {1000, "1s"},
                                 {1500, "1.5s"},
                                 {10'000, "10s"},
                                 {60'000, "1m0s"},
                                 {90'050, "1m30.05s"},
                                 {180'000, "3m0s"},
                                 {3'600'000, "1h0m0s"},
                                 {3'661'001, "1h1m1.001s"},
                                 {-1, "-1ms"},
                                 {-60'000, "-1m0s"}}) {
    CHECK(go_duration(milliseconds{ms}) == text);
  }
}

// What a page of a large table is made of is made on another thread: the loop goes on meanwhile.
TEST_CASE("a large table is paged to its end, each router once, off the loop") {
  FakeStatus source;
  test::set_large_table(source, 1234);
  const ApiHandler api(source);
  std::set<std::string> names;
  std::size_t page = 1;
  std::size_t rows = 0;
  for (int asked = 0; asked < 4; ++asked) {
    test::Asking asking(api, "/api/http/routers", "per_page=500&page=" + std::to_string(page));
    CHECK_FALSE(asking.answered());
    while (!asking.answered()) asking.wait();
    for (const Json& each : Json::parse(asking.answer().body)) {
      names.insert(each["name"].get<std::string>());
      ++rows;
    }
    page = std::stoul(asking.answer().next_page);
    if (page == 1) break;
  }
  CHECK(rows == 1234);
  CHECK(names.size() == 1234);
  test::Asking asking(api, "/api/status");
  while (!asking.answered()) asking.wait();
  CHECK(Json::parse(asking.answer().body)["routers"].size() == 1234);
}

// Labels whose values are secrets: nothing of a middleware that is not built here may show them.
TEST_CASE("no document shows a value of a middleware that is not built") {
  const std::string middleware = "traefik.http.middlewares.";
  const auto decoded =
      config::decode_labels({{"traefik.http.routers.web.rule", "Host(`web.test`)"},
                             {"traefik.http.routers.web.middlewares", "a,b,c,d,e,f,g"},
                             {middleware + "a.basicauth.users", "u:$apr1$abc$s3cret"},
                             {middleware + "b.digestauth.users", "u:realm:s3cret"},
                             {middleware + "c.headers.customrequestheaders.Authorization", "Bearer s3cret"},
                             {middleware + "d.forwardauth.tls.key", "s3cret"},
                             {middleware + "e.basicauth.user", "u:s3cret"},
                             {middleware + "f.basicauth.removeheader", "s3cret"},
                             {middleware + "g.plugin.auth.password", "s3cret"},
                             {middleware + "h.nosuchtype.password", "s3cret"}},
                            "shop/web-1");
  auto fragment = std::make_shared<config::Fragment>();
  fragment->middlewares = decoded.middlewares;
  fragment->problems = decoded.problems;
  fragment->routers["web"].rule = "Host(`web.test`)";
  fragment->routers["web"].service = "web";
  fragment->routers["web"].middlewares = decoded.routers.at("web").middlewares;
  fragment->services["web"];
  routing::TableBench bench;
  bench.fragments = {fragment};
  bench.build();
  FakeStatus source;
  source.table = bench.snapshot;
  REQUIRE(source.table->middlewares.size() >= 7);
  const ApiHandler api(source);
  for (const auto* path : {"/api/rawdata", "/api/http/middlewares", "/api/http/routers", "/api/status"}) {
    CAPTURE(path);
    const std::string body = ask(api, path).body;
    CHECK(body.contains("a@docker"));
    CHECK_FALSE(body.contains("s3cret"));
  }
}

}  // namespace
}  // namespace mooring::admin
