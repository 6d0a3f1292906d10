#include "proxy/server/failure_response.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace mooring::server {
namespace {

using http::FailureKind;
using http::Side;

std::string body_of(http::Response& response) {
  if (response.body == nullptr) return {};
  http::BodyRead piece;
  REQUIRE(response.body->try_read(piece));
  CHECK(piece.last);
  CHECK(response.head.framing.kind == http::BodyKind::length);
  CHECK(response.head.framing.length == piece.bytes.size());
  return std::string(piece.bytes);
}

http::Failure failed(FailureKind kind, Side side = Side::upstream) {
  http::Failure failure;
  failure.kind = kind;
  failure.side = side;
  return failure;
}

TEST_CASE("the status of every failure") {
  struct Row {
    FailureKind kind;
    Side side;
    std::uint16_t status;
  };
  static constexpr Row kRows[] = {
      {FailureKind::none, Side::proxy, 200},
      {FailureKind::canceled, Side::client, 499},
      {FailureKind::canceled, Side::proxy, 502},
      {FailureKind::connection_refused, Side::upstream, 502},
      {FailureKind::connection_timeout, Side::upstream, 504},
      {FailureKind::connection_terminated, Side::upstream, 502},
      {FailureKind::connection_terminated, Side::client, 499},
      {FailureKind::connection_read_timeout, Side::upstream, 504},
      {FailureKind::connection_read_timeout, Side::client, 408},
      {FailureKind::connection_write_timeout, Side::upstream, 504},
      {FailureKind::connection_limit_reached, Side::proxy, 503},
      {FailureKind::dns_error, Side::upstream, 502},
      {FailureKind::destination_unavailable, Side::proxy, 503},
      {FailureKind::http_response_incomplete, Side::upstream, 502},
      {FailureKind::http_response_incomplete, Side::client, 499},
      {FailureKind::http_protocol_error, Side::upstream, 502},
      {FailureKind::http_response_timeout, Side::upstream, 504},
      {FailureKind::http_upgrade_failed, Side::upstream, 502},
      {FailureKind::proxy_internal_error, Side::proxy, 500},
  };
  for (const Row& row : kRows) {
    CAPTURE(http::to_string(row.kind), static_cast<int>(row.side));
    CHECK(status_of(failed(row.kind, row.side)) == row.status);
  }
  http::Failure bad = failed(FailureKind::http_request_error, Side::client);
  bad.status = 431;
  CHECK(status_of(bad) == 431);
}

TEST_CASE("the answers are Traefik's, byte by byte") {
  struct Row {
    http::Failure failure;
    std::string body;
    std::string type;
    bool nosniff;
  };
  http::Failure soon = failed(FailureKind::destination_unavailable, Side::proxy);
  soon.retry_after = 1;
  const std::string plain = "text/plain; charset=utf-8";
  const Row rows[] = {
      {failed(FailureKind::destination_unavailable), "no available server\n", plain, true},
      {soon, "no available server\n", plain, true},
      {failed(FailureKind::connection_refused), "Bad Gateway", "", false},
      {failed(FailureKind::connection_timeout), "Gateway Timeout", "", false},
      {failed(FailureKind::http_response_timeout), "Gateway Timeout", "", false},
      {failed(FailureKind::proxy_internal_error), "Internal Server Error", "", false},
  };
  loop::EventLoop loop;
  for (const Row& row : rows) {
    http::Exchange exchange(loop);
    http::Response response = failure_response(exchange, row.failure);
    CAPTURE(http::to_string(row.failure.kind));
    CHECK(response.head.status == status_of(row.failure));
    CHECK(body_of(response) == row.body);
    CHECK(response.head.fields.value(http::FieldId::content_type) == row.type);
    CHECK((response.head.fields.find("X-Content-Type-Options") != nullptr) == row.nosniff);
    CHECK(response.head.fields.value(http::FieldId::retry_after) == (row.failure.retry_after == 0 ? "" : "1"));
    CHECK_FALSE(response.failure);
  }
}

TEST_CASE("a refused request is told why, and nothing of the inside") {
  loop::EventLoop loop;
  for (const auto& [status, text] :
       {std::pair{400, "400 Bad Request: why"}, std::pair{408, "408 Request Timeout: why"},
        std::pair{414, "414 URI Too Long: why"}, std::pair{431, "431 Request Header Fields Too Large: why"},
        std::pair{501, "501 Not Implemented: why"}, std::pair{505, "505 HTTP Version Not Supported: why"}}) {
    http::Exchange exchange(loop);
    http::Failure failure = failed(FailureKind::http_request_error, Side::client);
    failure.status = static_cast<std::uint16_t>(status);
    failure.detail = "why";
    http::Response response = failure_response(exchange, failure);
    CHECK(response.head.status == status);
    CHECK(body_of(response) == text);
    CHECK(response.head.fields.value(http::FieldId::content_type) == "text/plain; charset=utf-8");
  }
  http::Exchange exchange(loop);
  http::Failure inside = failed(FailureKind::connection_refused);
  inside.detail = "10.0.0.7 refused";
  http::Response response = failure_response(exchange, inside);
  CHECK(body_of(response) == "Bad Gateway");
}

TEST_CASE("no router") {
  loop::EventLoop loop;
  http::Exchange exchange(loop);
  http::Response response = not_found(exchange);
  CHECK(response.head.status == 404);
  CHECK(body_of(response) == "404 page not found\n");
  CHECK(response.head.fields.value(http::FieldId::content_type) == "text/plain; charset=utf-8");
  REQUIRE(response.head.fields.find("X-Content-Type-Options") != nullptr);
  CHECK(response.head.fields.find("X-Content-Type-Options")->value == "nosniff");
}

TEST_CASE("a text of our own, and an empty one") {
  loop::EventLoop loop;
  http::Exchange exchange(loop);
  http::Response response = text_response(exchange, 200, "OK", "text/html");
  CHECK(body_of(response) == "OK");
  CHECK(response.head.fields.value(http::FieldId::content_type) == "text/html");
  const http::Response empty = text_response(exchange, 200, "");
  CHECK(empty.body == nullptr);
  CHECK(empty.head.framing.kind == http::BodyKind::none);
}

}  // namespace
}  // namespace mooring::server
