// A parser serves all messages of a connection: what one leaves behind must not be seen by the next.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "proxy/http/request_parser.h"
#include "proxy/http/response_parser.h"
#include "test/unit/http/feeding.h"

namespace mooring::http {
namespace {

constexpr HeadLimits kLimits;
constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

}  // namespace

TEST_CASE("a request parser starts anew after each message and each refusal") {
  RequestParser parser(kLimits);
  const std::string chunked =
      "POST /b HTTP/1.1\r\nHost: b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n";
  for (int round = 0; round < 3; ++round) {
    Arena arena;
    RequestHead first(arena);
    parser.start(first);
    CHECK(parser.feed_head(kGet).state == ParseState::done);
    CHECK(first.target == "/a");
    CHECK_FALSE(first.keep_alive);

    RequestHead second(arena);
    HeaderMap trailers(arena);
    parser.start(second);
    const Parsed head = parser.feed_head(chunked);
    REQUIRE(head.state == ParseState::done);
    CHECK(second.keep_alive);
    parser.start_trailers(trailers);
    const BodyPart data = parser.feed_body(std::string_view(chunked).substr(head.consumed));
    CHECK(data.data == "abc");
    CHECK(data.state == ParseState::more);
    const BodyPart end = parser.feed_body(std::string_view(chunked).substr(head.consumed + data.consumed));
    CHECK(end.state == ParseState::done);
    CHECK(head.consumed + data.consumed + end.consumed == chunked.size());
    CHECK(test::describe(trailers) == "X=[y]\n");
    CHECK(parser.feed_body("more").consumed == 0);  // done stays done

    RequestHead third(arena);
    parser.start(third);
    CHECK(parser.feed_head("G@T / HTTP/1.1\r\n").state == ParseState::failed);
    CHECK(parser.failure().kind == FailureKind::http_request_error);
    CHECK(parser.failure().side == Side::client);
    CHECK(parser.failure().status == 400);
    CHECK(parser.feed_head(kGet).state == ParseState::failed);  // failed stays failed
    CHECK(parser.feed_body("0\r\n\r\n").state == ParseState::failed);
  }
}

TEST_CASE("trailers nobody asked for are dropped and never become fields") {
  Arena arena;
  RequestParser parser(kLimits);
  RequestHead head(arena);
  parser.start(head);
  const std::string_view bytes =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: x\r\n\r\n";
  const Parsed parsed = parser.feed_head(bytes);
  CHECK(parser.feed_body(bytes.substr(parsed.consumed)).state == ParseState::done);
  CHECK(head.fields.size() == 2);
}

TEST_CASE("only a head that has begun and not ended is mid-head") {
  Arena arena;
  RequestHead head(arena);
  RequestParser parser(kLimits);
  parser.start(head);
  CHECK_FALSE(parser.mid_head());
  CHECK(parser.feed_head("").state == ParseState::more);
  CHECK_FALSE(parser.mid_head());
  parser.feed_head("\r\n");  // what old clients send behind a body is no beginning
  CHECK_FALSE(parser.mid_head());
  parser.feed_head("G");
  CHECK(parser.mid_head());
  parser.feed_head("ET / HTTP/1.1\r\nHost: a\r\n");
  CHECK(parser.mid_head());
  CHECK(parser.feed_head("\r\n").state == ParseState::done);
  CHECK_FALSE(parser.mid_head());
}

TEST_CASE("a refusal does not wait for the end of a line that may never come") {
  Arena arena;
  RequestHead head(arena);
  RequestParser parser(kLimits);
  parser.start(head);
  CHECK(parser.feed_head("\x16").state == ParseState::failed);
  ResponseHead answer(arena);
  ResponseParser upstream(kLimits);
  upstream.start(answer, Method::get);
  CHECK(upstream.feed_head("S").state == ParseState::failed);
  CHECK(upstream.failure().kind == FailureKind::http_protocol_error);
  CHECK(upstream.failure().side == Side::upstream);
}

TEST_CASE("interim answers and the final one are heads of their own") {
  const std::string_view bytes =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
  Arena arena;
  ResponseParser parser(kLimits);
  std::size_t at = 0;
  for (const int status : {100, 103, 200}) {
    ResponseHead head(arena);
    parser.start(head, Method::get);
    const Parsed parsed = parser.feed_head(bytes.substr(at));
    REQUIRE(parsed.state == ParseState::done);
    CHECK(head.status == status);
    CHECK(head.framing.kind == (status == 200 ? BodyKind::chunked : BodyKind::none));
    at += parsed.consumed;
  }
  const BodyPart data = parser.feed_body(bytes.substr(at));
  CHECK(data.data == "x");
  CHECK(parser.feed_body(bytes.substr(at + data.consumed)).state == ParseState::done);
}

TEST_CASE("data is handed on without waiting for its chunk's end") {
  Arena arena;
  ResponseHead head(arena);
  ResponseParser parser(kLimits);
  parser.start(head, Method::get);
  REQUIRE(parser.feed_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").state == ParseState::done);
  CHECK(parser.feed_body("100").data.empty());
  CHECK(parser.feed_body("000\r\nab").data == "ab");
  CHECK(parser.feed_body("c").data == "c");
  CHECK(parser.feed_body("").state == ParseState::more);
  const std::string big(0x100000, 'x');
  CHECK(parser.feed_body(big).data.size() == 0x100000 - 3);
}

TEST_CASE("a connection's parser is small, and a head costs what it weighs") {
  CHECK(sizeof(RequestParser) <= 320);
  CHECK(sizeof(ResponseParser) <= 320);
  Arena arena;
  RequestHead head(arena);
  RequestParser parser(kLimits);
  parser.start(head);
  CHECK(arena.bytes() == 0);  // nothing is taken before a byte has come
  REQUIRE(parser.feed_head(kGet).state == ParseState::done);
  CHECK(arena.bytes() == Arena::kBlockBytes);
}

TEST_CASE("a head of a mebibyte that arrives byte by byte takes memory in proportion") {
  Arena arena;
  RequestHead head(arena);
  RequestParser parser(kLimits);
  parser.start(head);
  parser.feed_head("GET / HTTP/1.1\r\nHost: a\r\nX: ");
  ParseState state = ParseState::more;
  while (state == ParseState::more) state = parser.feed_head("x").state;
  CHECK(parser.failure().status == 431);
  CHECK(arena.bytes() <= 8 * kLimits.head_bytes);
}

}  // namespace mooring::http
