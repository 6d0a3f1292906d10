// redirectScheme: who is sent where, with which status, and who is not.
#include "middleware/redirect_scheme.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "middleware/noop.h"
#include "test/support/waiting.h"

namespace mooring::middleware {
namespace {

struct Asked {
  http::Method method = http::Method::get;
  std::string authority = "shop.test";
  std::string path = "/";
  std::string query = {};
  std::string proto = {};  // X-Forwarded-Proto
  bool secure = false;
};

struct Answer {
  std::uint16_t status = 0;
  std::string location;
  std::string body;
};

Answer ask(const config::RedirectSchemeConfig& config, const Asked& asked) {
  loop::EventLoop loop;
  http::Exchange exchange(loop);
  http::Peer peer;
  peer.secure = asked.secure;
  exchange.peer = &peer;
  exchange.request.method = asked.method;
  exchange.request.authority = asked.authority;
  exchange.request.path = asked.path;
  exchange.request.query = asked.query;
  exchange.request.has_query = !asked.query.empty();
  if (!asked.proto.empty()) exchange.request.fields.add(http::FieldId::x_forwarded_proto, asked.proto);
  const RedirectScheme redirect(config);
  const Noop last;
  const http::Response response = test::run_task(loop, redirect.handle(exchange, http::Next({}, last)));
  Answer answer{.status = response.head.status, .location = {}, .body = {}};
  if (const http::Field* location = response.head.fields.find("Location")) answer.location = location->value;
  if (response.body != nullptr) {
    http::BodyRead piece;
    REQUIRE(response.body->try_read(piece));
    answer.body = piece.bytes;
  }
  return answer;
}

const config::RedirectSchemeConfig kTemporary{.scheme = "https", .port = "", .permanent = false};
const config::RedirectSchemeConfig kPermanent{.scheme = "https", .port = "443", .permanent = true};

}  // namespace

TEST_CASE("the status goes with the method") {
  struct Row {
    http::Method method;
    std::uint16_t permanent;
    std::uint16_t temporary;
  };
  for (const Row& row : std::vector<Row>{{http::Method::get, 301, 302},
                                         {http::Method::head, 308, 307},
                                         {http::Method::post, 308, 307},
                                         {http::Method::put, 308, 307},
                                         {http::Method::options, 308, 307}}) {
    CHECK(ask(kPermanent, {.method = row.method}).status == row.permanent);
    CHECK(ask(kTemporary, {.method = row.method}).status == row.temporary);
  }
  CHECK(ask(kPermanent, {}).body == "Moved Permanently");
  CHECK(ask(kTemporary, {}).body == "Found");
  CHECK(ask(kPermanent, {.method = http::Method::post}).body == "Permanent Redirect");
}

TEST_CASE("the location keeps host, path and query") {
  CHECK(ask(kPermanent, {.path = "/a/b%20c", .query = "x=1&y"}).location == "https://shop.test/a/b%20c?x=1&y");
  CHECK(ask(kPermanent, {.authority = "Shop.Test:8080"}).location == "https://Shop.Test/");
  CHECK(ask(kPermanent, {.authority = "shop.test:"}).location == "https://shop.test/");
  CHECK(ask(kPermanent, {.authority = "[fd00::5]:8080"}).location == "https://[fd00::5]/");
  CHECK(ask(kPermanent, {.authority = "[fd00::5]"}).location == "https://[fd00::5]/");
  CHECK(ask({.scheme = "https", .port = "8443", .permanent = false}, {}).location == "https://shop.test:8443/");
  CHECK(ask({.scheme = "http", .port = "80", .permanent = false}, {.authority = "shop.test:81"}).location ==
        "http://shop.test/");
  CHECK(ask({.scheme = "http", .port = "443", .permanent = false}, {}).location == "http://shop.test:443/");
  CHECK(ask(kPermanent, {.method = http::Method::options, .path = "*"}).location == "https://shop.test/");
}

TEST_CASE("who is there already is passed on") {
  const Answer passed = ask(kPermanent, {.secure = true});
  CHECK(passed.status == 418);
  CHECK(passed.location.empty());
  CHECK(ask(kPermanent, {.authority = "shop.test:443", .secure = true}).status == 418);
  CHECK(ask(kPermanent, {.authority = "shop.test:8443", .secure = true}).location == "https://shop.test/");
  CHECK(ask({.scheme = "https", .port = "8443", .permanent = false}, {.authority = "shop.test:8443", .secure = true})
            .status == 418);
}

TEST_CASE("a trusted peer's X-Forwarded-Proto counts for the scheme") {
  for (const char* proto : {"https", "HTTPS", "wss"}) {
    INFO(proto);
    CHECK(ask(kPermanent, {.proto = proto}).status == 418);
  }
  for (const char* proto : {"http", "ws", "what"}) {
    INFO(proto);
    CHECK(ask(kPermanent, {.proto = proto}).location == "https://shop.test/");
  }
  CHECK(ask(kPermanent, {.proto = "http", .secure = true}).status == 301);
}

}  // namespace mooring::middleware
