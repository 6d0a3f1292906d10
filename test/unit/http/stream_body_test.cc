#include "proxy/http/stream_body.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>

#include "proxy/http/request_parser.h"
#include "proxy/http/response_parser.h"
#include "proxy/loop/pipe_stream.h"
#include "test/support/waiting.h"

namespace mooring::http {
namespace {

loop::Task<> send(loop::Stream& stream, std::string_view bytes, std::size_t cut, bool finish, bool hard) {
  for (std::size_t at = 0; at < bytes.size(); at += cut) co_await stream.write(bytes.substr(at, cut));
  if (hard) stream.close(true);
  if (finish) stream.shutdown_write();
}

struct Got {
  std::string body;
  bool last = false;
  FailureKind failure = FailureKind::none;
  Side side = Side::proxy;
  std::string trailers;
  std::string behind;  // what is left on the stream, for the next message
  bool complete = false;

  bool operator==(const Got&) const = default;
};

loop::Task<> read_all(Body& body, Got& got) {
  while (!got.last && got.failure == FailureKind::none) {
    const BodyRead piece = co_await body.read();
    got.body += piece.bytes;
    got.last = piece.last;
    got.failure = piece.failure.kind;
    got.side = piece.failure.side;
  }
}

enum class End { open, fin, reset };

// A response head with this framing was read; now `bytes` come, `cut` at a time.
Got receive(const Framing& framing, std::string_view bytes, std::size_t cut, End end) {
  loop::EventLoop loop;
  auto [near_end, far_end] = loop::PipeStream::make(loop);
  Arena arena;
  const HeadLimits limits;
  ResponseParser parser(limits);
  ResponseHead head(arena);
  if (framing.kind == BodyKind::chunked) {
    parser.start(head, Method::get);
    REQUIRE(parser.feed_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").state == ParseState::done);
  }
  Got got;
  {
    StreamBody<ResponseParser> body(*near_end, parser, framing, arena, Side::upstream, {});
    loop::TaskScope tasks(loop);
    tasks.spawn(send(*far_end, bytes, cut, end == End::fin, end == End::reset));
    tasks.spawn(read_all(body, got));
    const bool done = test::run_until(loop, [&] { return tasks.size() == 0; });
    if (!done) {
      far_end->close();
      static_cast<void>(test::run_until(loop, [&] { return tasks.size() == 0; }));
    }
    REQUIRE(done);
    got.complete = body.complete();
    if (const HeaderMap* trailers = body.trailers()) {
      for (const Field& field : *trailers) got.trailers.append(field.name).append("=").append(field.value) += ";";
    }
  }
  // What was sent behind the body is the next message's: all of it must still come.
  if (end == End::open) loop.run_once(false);
  got.behind = near_end->buffered();
  return got;
}

struct Row {
  const char* what;
  Framing framing;
  std::string bytes;
  End end;
  Got expected;
};

std::vector<Row> rows() {
  const Framing length{.kind = BodyKind::length, .length = 10};
  const Framing chunked{.kind = BodyKind::chunked, .length = 0};
  const Framing close{.kind = BodyKind::until_close, .length = 0};
  const auto whole = [](std::string body, std::string trailers = "", std::string behind = "") {
    return Got{.body = std::move(body),
               .last = true,
               .failure = FailureKind::none,
               .side = Side::proxy,
               .trailers = std::move(trailers),
               .behind = std::move(behind),
               .complete = true};
  };
  const auto cut = [](std::string body, FailureKind why = FailureKind::http_response_incomplete) {
    return Got{.body = std::move(body),
               .last = false,
               .failure = why,
               .side = Side::upstream,
               .trailers = {},
               .behind = {},
               .complete = false};
  };
  return {
      {"a length", length, "0123456789", End::open, whole("0123456789")},
      {"a length and the end", length, "0123456789", End::fin, whole("0123456789")},
      {"a length, the next message behind", length, "0123456789HTTP", End::open, whole("0123456789", "", "HTTP")},
      {"a length cut", length, "012345678", End::fin, cut("012345678")},
      {"a length reset", length, "0123", End::reset, cut("0123")},
      {"a length, nothing came", length, "", End::fin, cut("")},
      {"chunks", chunked, "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n", End::open, whole("hello world")},
      {"no chunk", chunked, "0\r\n\r\n", End::open, whole("")},
      {"chunks, the next message behind", chunked, "1\r\nx\r\n0\r\n\r\nHTTP", End::open, whole("x", "", "HTTP")},
      {"trailers", chunked, "1\r\nx\r\n0\r\nA: 1\r\nB: 2\r\n\r\nHTTP", End::open, whole("x", "A=1;B=2;", "HTTP")},
      {"chunks cut in data", chunked, "5\r\nhel", End::fin, cut("hel")},
      {"chunks cut behind data", chunked, "5\r\nhello\r\n", End::fin, cut("hello")},
      {"chunks cut in the last chunk", chunked, "1\r\nx\r\n0\r\n", End::fin, cut("x")},
      {"chunks cut in trailers", chunked, "1\r\nx\r\n0\r\nA: 1\r\n", End::fin, cut("x")},
      {"until the end", close, "all of it", End::fin, whole("all of it")},
      {"until the end, nothing", close, "", End::fin, whole("")},
      {"until the end, reset", close, "some of it", End::reset, cut("some of it")},
  };
}

TEST_CASE("a body by its framing: whole, in two, byte by byte") {
  for (const Row& row : rows()) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{1000}}) {
      CAPTURE(row.what, size);
      Got got = receive(row.framing, row.bytes, size, row.end);
      // With small pieces what is behind may still be on its way.
      CHECK(row.expected.behind.starts_with(got.behind));
      if (size == 1000) CHECK(got.behind == row.expected.behind);
      got.behind = row.expected.behind;
      // Of a reset it is not promised how much of what came before is still read.
      if (row.end == End::reset) {
        CHECK(row.expected.body.starts_with(got.body));
        got.body = row.expected.body;
      }
      CHECK(got.body == row.expected.body);
      CHECK(got.last == row.expected.last);
      CHECK(got.failure == row.expected.failure);
      if (got.failure != FailureKind::none) CHECK(got.side == row.expected.side);
      CHECK(got.trailers == row.expected.trailers);
      CHECK(got.complete == row.expected.complete);
    }
  }
}

TEST_CASE("bytes that are no chunks are a protocol error, and stay one") {
  for (const char* bytes :
       {"x\r\n", "5\r\nhelloX", "5\nhello\r\n", "-1\r\n", "FFFFFFFFFFFFFFFFF\r\n", "1\r\nx\r\n0\r\n\n"}) {
    loop::EventLoop loop;
    auto [near_end, far_end] = loop::PipeStream::make(loop);
    Arena arena;
    const HeadLimits limits;
    ResponseParser parser(limits);
    ResponseHead head(arena);
    parser.start(head, Method::get);
    REQUIRE(parser.feed_head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").state == ParseState::done);
    StreamBody<ResponseParser> body(*near_end, parser, head.framing, arena, Side::upstream, {});
    loop::TaskScope tasks(loop);
    Got got;
    Got again;
    tasks.spawn(send(*far_end, bytes, 1000, false, false));
    tasks.spawn(read_all(body, got));
    CAPTURE(bytes);
    REQUIRE(test::run_until(loop, [&] { return tasks.size() == 0; }));
    CHECK(got.failure == FailureKind::http_protocol_error);
    CHECK_FALSE(body.complete());
    tasks.spawn(read_all(body, again));
    REQUIRE(tasks.size() == 0);
    CHECK(again.failure == FailureKind::http_protocol_error);
    CHECK(again.body.empty());
  }
}

TEST_CASE("a client that cuts its request is named as the one") {
  loop::EventLoop loop;
  auto [near_end, far_end] = loop::PipeStream::make(loop);
  Arena arena;
  const HeadLimits limits;
  RequestParser parser(limits);
  StreamBody<RequestParser> body(*near_end, parser, {.kind = BodyKind::length, .length = 5}, arena, Side::client, {});
  CHECK(body.known_left() == 5);
  loop::TaskScope tasks(loop);
  Got got;
  tasks.spawn(send(*far_end, "abc", 1000, true, false));
  tasks.spawn(read_all(body, got));
  REQUIRE(test::run_until(loop, [&] { return tasks.size() == 0; }));
  CHECK(got.body == "abc");
  CHECK(got.failure == FailureKind::http_response_incomplete);
  CHECK(got.side == Side::client);
  CHECK(body.known_left() == 2);
}

TEST_CASE("a read that is interrupted loses nothing and goes on") {
  loop::EventLoop loop;
  auto [near_end, far_end] = loop::PipeStream::make(loop);
  Arena arena;
  const HeadLimits limits;
  RequestParser parser(limits);
  StreamBody<RequestParser> body(*near_end, parser, {.kind = BodyKind::length, .length = 4}, arena, Side::client, {});
  loop::TaskScope tasks(loop);
  Got first;
  tasks.spawn(send(*far_end, "ab", 1000, false, false));
  tasks.spawn(read_all(body, first));
  REQUIRE(test::run_until(loop, [&] { return first.body == "ab"; }));
  body.interrupt();
  REQUIRE(test::run_until(loop, [&] { return tasks.size() == 0; }));
  CHECK(first.failure == FailureKind::canceled);
  Got second;
  tasks.spawn(send(*far_end, "cd", 1000, false, false));
  tasks.spawn(read_all(body, second));
  REQUIRE(test::run_until(loop, [&] { return tasks.size() == 0; }));
  CHECK(second.body == "cd");
  CHECK(second.last);
}

struct Stall {
  loop::Stream& stream;
  int times = 0;
  static void over(void* context) {
    auto* self = static_cast<Stall*>(context);
    ++self->times;
    self->stream.close();
  }
};

TEST_CASE("a peer that sends nothing runs into the limit; one that is done or slow does not") {
  loop::EventLoop loop;
  auto [near_end, far_end] = loop::PipeStream::make(loop);
  Arena arena;
  const HeadLimits limits;
  RequestParser parser(limits);
  Stall stall{*near_end};
  loop::Deadline deadline(loop.deadlines(), Stall::over, &stall);
  StreamBody<RequestParser> body(*near_end, parser, {.kind = BodyKind::length, .length = 4}, arena, Side::client,
                                 {.deadline = &deadline, .ms = 100});
  loop::TaskScope tasks(loop);
  Got got;
  SECTION("nothing more") {
    tasks.spawn(send(*far_end, "ab", 1000, false, false));
    tasks.spawn(read_all(body, got));
    REQUIRE(test::run_until(loop, [&] { return tasks.size() == 0; }));
    CHECK(stall.times == 1);
    CHECK(got.failure == FailureKind::canceled);
  }
  SECTION("all of it") {
    tasks.spawn(send(*far_end, "abcd", 1000, false, false));
    tasks.spawn(read_all(body, got));
    REQUIRE(test::run_until(loop, [&] { return tasks.size() == 0; }));
    CHECK(got.last);
    CHECK_FALSE(deadline.is_set());
  }
}

TEST_CASE("no body is over at once, and more than any buffer holds comes through") {
  const Got none = receive({}, "", 1, End::open);
  CHECK(none.complete);
  CHECK(none.last);
  const std::string data(3 * loop::Slabs::kBytes + 17, 'x');
  const Got much = receive({.kind = BodyKind::length, .length = data.size()}, data, 10'000, End::open);
  CHECK(much.body == data);
  CHECK(much.complete);
}

TEST_CASE("a body that goes while its last piece is held leaves the stream at the next message") {
  loop::EventLoop loop;
  auto [near_end, far_end] = loop::PipeStream::make(loop);
  Arena arena;
  const HeadLimits limits;
  RequestParser parser(limits);
  loop::TaskScope tasks(loop);
  tasks.spawn(send(*far_end, "bodyGET /", 1000, false, false));
  REQUIRE(test::run_until(loop, [&] { return tasks.size() == 0; }));
  {
    StreamBody<RequestParser> body(*near_end, parser, {.kind = BodyKind::length, .length = 4}, arena, Side::client, {});
    BodyRead piece;
    REQUIRE(body.try_read(piece));
    CHECK(piece.bytes == "body");
    CHECK(piece.last);
    CHECK(near_end->buffered() == "bodyGET /");
  }
  CHECK(near_end->buffered() == "GET /");
}

}  // namespace
}  // namespace mooring::http
