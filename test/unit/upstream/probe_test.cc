#include "proxy/upstream/probe.h"

#include <catch2/catch_test_macros.hpp>

#include "proxy/loop/resolve.h"
#include "test/support/loopback.h"
#include "test/support/waiting.h"

namespace mooring::upstream {
namespace {

void count(void* context) {
  ++*static_cast<int*>(context);
}

void ignore(void* /*context*/, bool /*found*/) {}

Probe::Told counted(int& accepted) {
  return {.accepted = count, .looked_up = ignore, .context = &accepted};
}

TEST_CASE("a port that accepts lets in at once, and once") {
  loop::EventLoop loop;
  test::Loopback server(loop);
  loop::Places places(loop, 2);
  loop::TaskScope tasks(loop);
  int accepted = 0;
  const std::uint64_t start = loop.now_ms();
  const Probe probe(loop, tasks, places, "127.0.0.1", server.port(), loop::resolve, counted(accepted));
  CHECK(probe.host() == "127.0.0.1");
  REQUIRE(test::run_until(loop, [&] { return tasks.size() == 0; }));
  CHECK(accepted == 1);
  CHECK(loop.now_ms() - start < 5'000);
}

TEST_CASE("a port that refuses is tried again until somebody listens") {
  loop::EventLoop loop;
  // Bound but not listening: refuses, and nobody else can get the port meanwhile.
  loop::ListenSocket socket = test::bound_socket("127.0.0.1");
  const std::uint16_t port = socket.address().port();
  loop::Places places(loop, 2);
  loop::TaskScope tasks(loop);
  int accepted = 0;
  const Probe probe(loop, tasks, places, "127.0.0.1", port, loop::resolve, counted(accepted));
  const std::uint64_t start = loop.now_ms();
  REQUIRE(test::run_until(loop, [&] { return loop.now_ms() - start > 250; }));
  CHECK(accepted == 0);
  CHECK(tasks.size() == 1);
  const test::Loopback server(loop, std::move(socket));
  REQUIRE(test::run_until(loop, [&] { return accepted == 1; }));
  CHECK(tasks.size() == 0);
}

TEST_CASE("a probe that goes while it waits calls nobody and leaves nothing") {
  loop::EventLoop loop;
  const loop::ListenSocket socket = test::bound_socket("127.0.0.1");
  loop::Places places(loop, 2);
  loop::TaskScope tasks(loop);
  int accepted = 0;
  auto probe = std::make_unique<Probe>(loop, tasks, places, "127.0.0.1", socket.address().port(), loop::resolve,
                                       counted(accepted));
  const std::uint64_t start = loop.now_ms();
  REQUIRE(test::run_until(loop, [&] { return loop.now_ms() - start > 50; }));
  probe.reset();
  REQUIRE(test::run_until(loop, [&] { return tasks.size() == 0; }));
  CHECK(accepted == 0);
}

TEST_CASE("a probe that goes while it connects calls nobody, though the port accepts") {
  loop::EventLoop loop;
  const test::Loopback server(loop);
  loop::Places places(loop, 2);
  loop::TaskScope tasks(loop);
  int accepted = 0;
  auto probe =
      std::make_unique<Probe>(loop, tasks, places, "127.0.0.1", server.port(), loop::resolve, counted(accepted));
  probe.reset();
  REQUIRE(test::run_until(loop, [&] { return tasks.size() == 0; }));
  CHECK(accepted == 0);
}

TEST_CASE("a name is resolved, and one without an address is only not there yet") {
  loop::EventLoop loop;
  const test::Loopback server(loop);
  loop::Places places(loop, 2);
  loop::TaskScope tasks(loop);
  int accepted = 0;
  int never = 0;
  const Probe local(loop, tasks, places, "localhost", server.port(), loop::resolve, counted(accepted));
  auto nowhere =
      std::make_unique<Probe>(loop, tasks, places, "name.invalid", server.port(), loop::resolve, counted(never));
  REQUIRE(test::run_until(loop, [&] { return accepted == 1; }));
  nowhere.reset();
  REQUIRE(test::run_until(loop, [&] { return tasks.size() == 0; }));
  CHECK(never == 0);
}

}  // namespace
}  // namespace mooring::upstream
