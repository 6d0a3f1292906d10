#include "proxy/loop/pipe_stream.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "proxy/loop/task_scope.h"

namespace mooring::loop {
namespace {

Task<> read_all(Stream& stream, std::string& into, Io& end) {
  while (true) {
    end = co_await stream.readable();
    if (end != Io::ok) co_return;
    into += stream.buffered();
    stream.consume(stream.buffered().size());
  }
}

Task<> write_all(Stream& stream, std::string_view data, Io& result) {
  result = co_await stream.write(data.substr(0, 1), data.substr(1, 1), "", data.substr(2));
  if (result == Io::ok) stream.shutdown_write();
}

Task<> echo_to_end(Stream& stream) {
  while (true) {
    const Io io = co_await stream.readable();
    if (io != Io::ok) break;
    const std::string_view bytes = stream.buffered();
    co_await stream.write(bytes);
    stream.consume(bytes.size());
  }
  stream.shutdown_write();
}

TEST_CASE("a pipe carries both directions, more than any buffer holds") {
  EventLoop loop;
  auto [one, other] = PipeStream::make(loop);
  std::string data;
  for (int i = 0; i < 1'000'000; ++i) data.push_back(static_cast<char>(i * 31 % 251));
  std::string answer;
  Io end = Io::ok;
  Io written = Io::other;
  TaskScope tasks(loop);
  tasks.spawn(echo_to_end(*other));
  tasks.spawn(read_all(*one, answer, end));
  tasks.spawn(write_all(*one, data, written));
  loop.run();
  CHECK(tasks.size() == 0);
  CHECK(answer == data);
  CHECK(end == Io::end);
  CHECK(written == Io::ok);
  CHECK(one->bytes_written() == data.size());
  CHECK(loop.slabs().lent() == 0);
}

TEST_CASE("a reader that does not read stops the writer") {
  EventLoop loop;
  auto [one, other] = PipeStream::make(loop);
  const std::string data(3 * Slabs::kBytes, 'x');
  Io written = Io::other;
  TaskScope tasks(loop);
  tasks.spawn(write_all(*one, data, written));
  loop.run();
  CHECK(tasks.size() == 1);
  CHECK(other->buffered().size() == Slabs::kBytes);
  std::string answer;
  Io end = Io::ok;
  tasks.spawn(read_all(*other, answer, end));
  loop.run();
  CHECK(tasks.size() == 0);
  CHECK(answer == data);
  CHECK(written == Io::ok);
}

TEST_CASE("the end that goes is seen at the other end") {
  struct Row {
    bool hard;
    bool destroy;
    Io seen;
  };
  for (const Row& row : {Row{false, false, Io::end}, Row{true, false, Io::reset}, Row{false, true, Io::end}}) {
    EventLoop loop;
    auto [one, other] = PipeStream::make(loop);
    std::string answer;
    Io end = Io::ok;
    TaskScope tasks(loop);
    tasks.spawn(read_all(*other, answer, end));
    if (row.destroy) {
      one.reset();
    } else {
      one->close(row.hard);
    }
    loop.run();
    CHECK(tasks.size() == 0);
    CHECK(end == row.seen);
    Io written = Io::ok;
    tasks.spawn(write_all(*other, "late", written));
    loop.run();
    CHECK(tasks.size() == 0);
    CHECK(written == Io::reset);
  }
}

TEST_CASE("a writer that waits learns that its reader has gone") {
  for (const bool destroy : {false, true}) {
    EventLoop loop;
    auto [one, other] = PipeStream::make(loop);
    const std::string data(2 * Slabs::kBytes, 'x');
    Io written = Io::ok;
    TaskScope tasks(loop);
    tasks.spawn(write_all(*one, data, written));
    loop.run();
    REQUIRE(tasks.size() == 1);
    if (destroy) {
      other.reset();
    } else {
      other->close();
    }
    loop.run();
    CHECK(tasks.size() == 0);
    CHECK(written == Io::reset);
    CHECK(one->finished());
  }
}

TEST_CASE("closing an end wakes who waits on it") {
  EventLoop loop;
  auto [one, other] = PipeStream::make(loop);
  const std::string data(2 * Slabs::kBytes, 'x');
  Io written = Io::ok;
  Io end = Io::ok;
  std::string answer;
  TaskScope tasks(loop);
  tasks.spawn(write_all(*one, data, written));
  tasks.spawn(read_all(*one, answer, end));
  loop.run();
  REQUIRE(tasks.size() == 2);
  one->close();
  loop.run();
  CHECK(tasks.size() == 0);
  CHECK(written == Io::canceled);
  CHECK(end == Io::canceled);
}

TEST_CASE("a half-closed pipe still carries the other direction") {
  EventLoop loop;
  auto [one, other] = PipeStream::make(loop);
  std::string there;
  std::string back;
  Io there_end = Io::ok;
  Io back_end = Io::ok;
  Io written = Io::other;
  TaskScope tasks(loop);
  one->shutdown_write();
  tasks.spawn(read_all(*other, there, there_end));
  tasks.spawn(read_all(*one, back, back_end));
  loop.run();
  CHECK(there_end == Io::end);
  CHECK(tasks.size() == 1);
  tasks.spawn(write_all(*other, "still here", written));
  loop.run();
  CHECK(back == "still here");
  CHECK(back_end == Io::end);
  CHECK(tasks.size() == 0);
}

}  // namespace
}  // namespace mooring::loop
