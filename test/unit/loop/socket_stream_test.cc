#include "proxy/loop/socket_stream.h"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/loop/connect.h"
#include "proxy/loop/listener.h"
#include "proxy/loop/task_scope.h"

namespace mooring::loop {
namespace {

ListenSocket any_port() {
  auto socket = ListenSocket::bind_tcp(*SocketAddress::from_ip("127.0.0.1", 0));
  REQUIRE(socket.has_value());
  return std::move(*socket);
}

// A listener that serves each connection with a named coroutine, and closes after the first.
struct Server {
  using Serve = Task<> (*)(Stream& stream);
  TaskScope scope;
  Serve serve;
  Listener listener;

  Server(EventLoop& loop, Serve how)
      : scope(loop), serve(how), listener(loop, any_port(), [this](std::unique_ptr<SocketStream> stream) {
          scope.spawn(run(serve, std::move(stream)));
          listener.close();
        }) {}
  static Task<> run(Serve serve, std::unique_ptr<SocketStream> stream) { co_await serve(*stream); }
};

Task<> echo(Stream& stream) {
  while (true) {
    const Io io = co_await stream.readable();
    if (io != Io::ok) co_return;
    const std::string_view bytes = stream.buffered();
    const Io written = co_await stream.write(bytes);
    if (written != Io::ok) co_return;
    stream.consume(bytes.size());
  }
}

Task<> send_all(Stream& stream, const std::string& data) {
  co_await stream.write(data.substr(0, 3), std::string_view(data).substr(3));
  stream.shutdown_write();
}

Task<> talk(EventLoop& loop, SocketAddress address, std::string data, std::string& answer) {
  Connected connected = co_await connect(loop, address, 5000, nullptr);
  REQUIRE(connected.has_value());
  Stream& stream = **connected;
  TaskScope sender(loop);
  sender.spawn(send_all(stream, data));
  while (true) {
    const Io io = co_await stream.readable();
    if (io != Io::ok) break;
    answer += stream.buffered();
    stream.consume(stream.buffered().size());
  }
  co_await sender.join();
  CHECK(stream.read_end() == Io::end);
}

TEST_CASE("bytes go there and back, more than any buffer holds") {
  EventLoop loop;
  Server server(loop, echo);
  TaskScope client(loop);
  std::string data;
  for (int i = 0; i < 3'000'000; ++i) data.push_back(static_cast<char>(i * 31 % 251));
  std::string answer;
  client.spawn(talk(loop, server.listener.address(), data, answer));
  loop.run();
  CHECK(answer == data);
  CHECK(loop.slabs().lent() == 0);
}

Task<> connect_to(EventLoop& loop, SocketAddress address, std::optional<Io>& result) {
  Connected connected = co_await connect(loop, address, 5000, nullptr);
  result = connected.has_value() ? Io::ok : connected.error();
}

TEST_CASE("a refused connection is told at once") {
  EventLoop loop;
  std::optional<Io> result;
  SocketAddress address;
  {
    ListenSocket socket = any_port();
    address = socket.address();
  }
  TaskScope scope(loop);
  scope.spawn(connect_to(loop, address, result));
  loop.run();
  CHECK(result == Io::refused);
}

TEST_CASE("a connect that is given up ends with canceled") {
  EventLoop loop;
  std::optional<Io> result;
  struct Attempt {
    static Task<> run(EventLoop& loop, SocketAddress address, ConnectAttempt& attempt, std::optional<Io>& result) {
      Connected connected = co_await connect(loop, address, 60'000, &attempt);
      result = connected.has_value() ? Io::ok : connected.error();
    }
  };
  ListenSocket bound = any_port();
  ConnectAttempt attempt;
  TaskScope scope(loop);
  scope.spawn(Attempt::run(loop, bound.address(), attempt, result));
  REQUIRE_FALSE(result.has_value());
  // The loop has not run yet, so that whatever the kernel has to say has not been heard.
  attempt.cancel();
  loop.run();
  CHECK(result == Io::canceled);
}

Task<> reset_at_once(Stream& stream) {
  co_await stream.readable();
  stream.close(true);
}

Task<> expect_reset(EventLoop& loop, SocketAddress address, Io& seen) {
  Connected connected = co_await connect(loop, address, 5000, nullptr);
  REQUIRE(connected.has_value());
  Stream& stream = **connected;
  co_await stream.write("x");
  seen = co_await stream.readable();
}

TEST_CASE("a reset is told apart from an end") {
  EventLoop loop;
  Server server(loop, reset_at_once);
  TaskScope client(loop);
  Io seen = Io::ok;
  client.spawn(expect_reset(loop, server.listener.address(), seen));
  loop.run();
  CHECK(seen == Io::reset);
}

Task<> stalled_write(EventLoop& loop, SocketAddress address, std::vector<Io>& seen, std::unique_ptr<Stream>& open) {
  Connected connected = co_await connect(loop, address, 5000, nullptr);
  REQUIRE(connected.has_value());
  open = std::move(*connected);
  const std::string much(64 << 20, 'x');
  const Io result = co_await open->write(much);
  seen.push_back(result);
  open.reset();
}

Task<> never_reads(Stream& stream) {
  // The bounded buffer fills up, and nothing is consumed until the peer has gone.
  while (!stream.finished()) {
    const Io io = co_await stream.readable();
    if (io != Io::ok) co_return;
    stream.consume(1);
    if (stream.buffered().empty()) continue;
    stream.close();
  }
}

TEST_CASE("close ends a write that waits") {
  EventLoop loop;
  Server server(loop, never_reads);
  TaskScope client(loop);
  std::vector<Io> seen;
  std::unique_ptr<Stream> open;
  client.spawn(stalled_write(loop, server.listener.address(), seen, open));
  while (open == nullptr) loop.run_once(true);
  open->close();
  loop.run();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0] != Io::ok);
  CHECK(loop.slabs().lent() == 0);
}

}  // namespace
}  // namespace mooring::loop
