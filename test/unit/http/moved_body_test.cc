// StreamBody between two sockets: what goes past us, and what is left for read().
#include <sys/socket.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "proxy/http/request_parser.h"
#include "proxy/http/stream_body.h"
#include "proxy/loop/pipe_stream.h"
#include "proxy/loop/socket_stream.h"
#include "test/support/waiting.h"

namespace mooring::http {
namespace {

constexpr std::size_t kLength = 1'000'000;

using Ends = std::pair<std::unique_ptr<loop::SocketStream>, std::unique_ptr<loop::SocketStream>>;

Ends connected(loop::EventLoop& loop) {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
  Ends made{loop::SocketStream::adopt(loop, true, ends[0]), loop::SocketStream::adopt(loop, true, ends[1])};
  REQUIRE(made.first != nullptr);
  REQUIRE(made.second != nullptr);
  return made;
}

// A peer sends to `near`; `sink` leads to `far`, who reads all that comes.
struct Between {
  loop::EventLoop loop;
  Ends source = connected(loop);
  Ends other = connected(loop);
  loop::SocketStream& peer = *source.first;
  loop::SocketStream& near_end = *source.second;
  loop::SocketStream& sink = *other.first;
  loop::SocketStream& far_end = *other.second;
  Arena arena;
  HeadLimits limits;
  RequestParser parser{limits};
  StallLimit stall;
  std::string got;
  std::optional<std::uint64_t> moved;
  loop::TaskScope tasks{loop};

  ~Between() {
    for (loop::SocketStream* end : {&peer, &near_end, &sink, &far_end}) end->close();
    while (tasks.size() != 0) loop.run_once(true);
  }
  static loop::Task<> write(loop::Stream& stream, std::string bytes) { co_await stream.write(bytes); }
  static loop::Task<> move(Body& body, loop::Stream& sink, std::optional<std::uint64_t>& moved) {
    moved = co_await body.move_to(sink);
  }
  void sends(std::size_t bytes, const std::string& behind = {}) {
    tasks.spawn(write(peer, std::string(bytes, 'x') + behind));
  }
  bool waits(const std::function<bool()>& holds) {
    return test::run_until(loop, [&] {
      got += far_end.buffered();
      far_end.consume(far_end.buffered().size());
      return holds();
    });
  }
};

using RequestBody = StreamBody<RequestParser>;

TEST_CASE("a long body goes past us to its end, and not a byte further") {
  Between between;
  RequestBody body(between.near_end, between.parser, {.kind = BodyKind::length, .length = kLength}, between.arena,
                   Side::client, {});
  REQUIRE(body.can_move_to(between.sink));
  between.tasks.spawn(Between::move(body, between.sink, between.moved));
  between.sends(kLength, "GET /next");
  std::string copied;
  REQUIRE(between.waits([&] {
    // What the sink did not take at once is for read(), and goes before the rest.
    BodyRead piece;
    if (between.moved && !body.complete() && body.try_read(piece)) {
      copied += piece.bytes;
      body.release();
      if (body.can_move_to(between.sink)) {
        between.moved.reset();
        between.tasks.spawn(Between::move(body, between.sink, between.moved));
      }
    }
    return between.got.size() + copied.size() == kLength && body.complete();
  }));
  CHECK(body.delivered() == kLength);
  CHECK(body.known_left() == 0);
  BodyRead last;
  REQUIRE(body.try_read(last));
  CHECK(last.last);
  CHECK(last.bytes.empty());
  REQUIRE(between.waits([&] { return between.near_end.buffered() == "GET /next"; }));
}

TEST_CASE("what is short, at hand, of no known length, or for no socket is not moved") {
  Between between;
  const auto movable = [&](const Framing& framing, loop::Stream& sink) {
    return RequestBody(between.near_end, between.parser, framing, between.arena, Side::client, {}).can_move_to(sink);
  };
  const Framing long_one{.kind = BodyKind::length, .length = kLength};
  CHECK(movable(long_one, between.sink));
  CHECK_FALSE(movable({.kind = BodyKind::length, .length = 65'535}, between.sink));
  CHECK_FALSE(movable({.kind = BodyKind::until_close, .length = 0}, between.sink));
  auto [one, other] = loop::PipeStream::make(between.loop);
  CHECK_FALSE(movable(long_one, *one));
  between.sends(1);
  REQUIRE(between.waits([&] { return !between.near_end.buffered().empty(); }));
  CHECK_FALSE(movable(long_one, between.sink));
}

TEST_CASE("a move that is interrupted is an interrupted read, and what comes later is there") {
  Between between;
  RequestBody body(between.near_end, between.parser, {.kind = BodyKind::length, .length = kLength}, between.arena,
                   Side::client, {});
  between.tasks.spawn(Between::move(body, between.sink, between.moved));
  body.interrupt();
  REQUIRE(between.waits([&] { return between.moved.has_value(); }));
  CHECK(between.moved == 0);
  const BodyRead interrupted = test::run_task(between.loop, body.read());
  CHECK(interrupted.failure.kind == FailureKind::canceled);
  between.sends(5);
  const BodyRead next = test::run_task(between.loop, body.read());
  CHECK_FALSE(next.failure);
  CHECK(next.bytes == "xxxxx");
}

TEST_CASE("a body that is cut, or stands still, while it is moved fails as one that is read") {
  Between between;
  loop::Deadline deadline(
      between.loop.deadlines(), [](void* stream) { static_cast<loop::Stream*>(stream)->close(); }, &between.near_end);
  RequestBody body(between.near_end, between.parser, {.kind = BodyKind::length, .length = kLength}, between.arena,
                   Side::client, {.deadline = &deadline, .ms = 100});
  between.tasks.spawn(Between::move(body, between.sink, between.moved));
  between.sends(1'000);
  SECTION("cut") {
    REQUIRE(between.waits([&] { return between.got.size() == 1'000; }));
    between.peer.shutdown_write();
    REQUIRE(between.waits([&] { return between.moved.has_value(); }));
    CHECK(test::run_task(between.loop, body.read()).failure.kind == FailureKind::http_response_incomplete);
  }
  SECTION("stands still") {
    REQUIRE(between.waits([&] { return between.moved.has_value(); }));
    CHECK(test::run_task(between.loop, body.read()).failure.kind == FailureKind::canceled);
  }
  CHECK(between.moved == 1'000);
  CHECK(body.delivered() == 1'000);
}

}  // namespace
}  // namespace mooring::http
