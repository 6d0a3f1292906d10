#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "proxy/loop/connect.h"
#include "proxy/loop/pipe_stream.h"
#include "proxy/loop/socket_stream.h"
#include "proxy/loop/task_scope.h"
#include "test/support/loopback.h"
#include "test/support/waiting.h"

namespace mooring::loop {
namespace {

// Two connections, of which we have both ends: what is written to `in` goes through `from` and `to` to `out`.
struct Through {
  EventLoop loop;
  test::Loopback first{loop};
  test::Loopback second{loop};
  std::unique_ptr<SocketStream> in = reached(first);
  std::unique_ptr<SocketStream> out = reached(second);
  SocketStream& from = *first.accepted.at(0);
  SocketStream& to = *second.accepted.at(0);
  std::size_t moved = 0;
  std::size_t copied = 0;
  std::optional<Io> ended;
  TaskScope tasks{loop};

  std::unique_ptr<SocketStream> reached(test::Loopback& there) {
    auto address = SocketAddress::from_ip("127.0.0.1", there.port());
    Connected connected = test::run_task(loop, connect(loop, *address, 5'000, nullptr));
    REQUIRE(connected.has_value());
    REQUIRE(test::run_until(loop, [&] { return there.accepted.size() == 1; }));
    return std::move(*connected);
  }
  ~Through() {
    from.close();
    to.close();
    in->close();
    out->close();
    while (tasks.size() != 0) loop.run_once(true);
  }

  // Everything that comes, until it ends: moved where that can be, else copied.
  Task<> pass_on() {
    while (true) {
      Io io = from.can_move_to(to) ? co_await from.arrival() : co_await from.readable();
      if (from.buffered().empty() && io == Io::ok && from.can_move_to(to)) {
        const std::size_t went = from.move_to(to, SIZE_MAX);
        moved += went;
        if (went != 0 || !from.buffered().empty()) continue;
        io = co_await from.readable();  // the end, which only a read tells
      }
      const std::string_view bytes = from.buffered();
      if (bytes.empty()) {
        ended = io;
        co_return;
      }
      copied += bytes.size();
      const Io written = co_await to.write(bytes);
      if (written != Io::ok) {
        ended = written;
        co_return;
      }
      from.consume(bytes.size());
    }
  }
  Task<> send(std::string data) {
    co_await in->write(data);
    in->shutdown_write();
  }
  bool passes() {
    tasks.spawn(pass_on());
    return true;
  }
};

std::string pattern(std::size_t size) {
  std::string data;
  data.reserve(size);
  for (std::size_t i = 0; i < size; ++i) data.push_back(static_cast<char>(i * 31 % 251));
  return data;
}

TEST_CASE("bytes go from one socket to another past us, all of them in their order") {
  Through through;
  const std::string data = pattern(20'000'000);
  through.passes();
  through.tasks.spawn(through.send(data));
  // Nobody reads at first: both sockets fill up, and then one buffer.
  REQUIRE(test::run_until(through.loop, [&] { return through.to.unsent() != 0; }));
  CHECK(through.loop.slabs().lent() <= 3);
  CHECK(through.from.buffered().size() <= Slabs::kBytes);
  std::string got;
  REQUIRE(test::run_until(through.loop, [&] {
    got += through.out->buffered();
    through.out->consume(through.out->buffered().size());
    return got.size() == data.size() && through.ended;
  }));
  CHECK(got == data);
  CHECK(through.ended == Io::end);
  CHECK(through.moved > data.size() / 2);
  CHECK(through.moved + through.copied == data.size());
  CHECK(through.from.bytes_read() == data.size());
  CHECK(through.to.bytes_written() == data.size());
}

TEST_CASE("whoever waits for an arrival hears of the end, of a reset, and of its own interruption") {
  Through through;
  SECTION("the end") {
    through.passes();
    through.in->shutdown_write();
    REQUIRE(test::run_until(through.loop, [&] { return through.ended.has_value(); }));
    CHECK(through.ended == Io::end);
  }
  SECTION("a reset") {
    through.passes();
    through.in->close(true);
    REQUIRE(test::run_until(through.loop, [&] { return through.ended.has_value(); }));
    CHECK(through.ended == Io::reset);
  }
  SECTION("closed here") {
    through.passes();
    through.from.close();
    REQUIRE(test::run_until(through.loop, [&] { return through.ended.has_value(); }));
    CHECK(through.ended == Io::canceled);
  }
  SECTION("interrupted, and nothing is lost") {
    std::optional<Io> said;
    struct Waits {
      static Task<> run(SocketStream& stream, std::optional<Io>& said) { said = co_await stream.arrival(); }
    };
    through.tasks.spawn(Waits::run(through.from, said));
    through.from.interrupt_read();
    REQUIRE(test::run_until(through.loop, [&] { return said.has_value(); }));
    CHECK(said == Io::canceled);
    CHECK_FALSE(through.from.finished());
    through.passes();
    through.tasks.spawn(through.send("after"));
    REQUIRE(test::run_until(through.loop, [&] { return through.out->buffered() == "after"; }));
  }
}

TEST_CASE("a sink that breaks is found by the next write, and the pipe is free for others") {
  Through through;
  through.passes();
  through.out->close(true);
  through.tasks.spawn(through.send(pattern(1'000'000)));
  REQUIRE(test::run_until(through.loop, [&] { return through.ended.has_value(); }));
  CHECK(through.ended != Io::ok);
  CHECK(through.ended != Io::end);
  CHECK(through.loop.splice().ready());
}

TEST_CASE("what is no socket, has bytes at hand or is being written to is not moved") {
  Through through;
  CHECK(through.from.can_move_to(through.to));
  auto [one, other] = PipeStream::make(through.loop);
  CHECK_FALSE(through.from.can_move_to(*one));
  CHECK_FALSE(one->can_move_to(through.to));
  through.tasks.spawn(through.send("here"));
  REQUIRE(test::run_until(through.loop, [&] { return !through.from.buffered().empty(); }));
  CHECK_FALSE(through.from.can_move_to(through.to));
  through.from.consume(4);
  CHECK(through.from.can_move_to(through.to));
  through.to.close();
  CHECK_FALSE(through.from.can_move_to(through.to));
}

}  // namespace
}  // namespace mooring::loop
