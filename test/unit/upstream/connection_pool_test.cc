#include "proxy/upstream/connection_pool.h"

#include <catch2/catch_test_macros.hpp>

#include "proxy/loop/pipe_stream.h"
#include "test/support/servers.h"
#include "test/support/waiting.h"

namespace mooring::upstream {
namespace {

constexpr std::uint64_t kAnyAge = ~std::uint64_t{0};
constexpr std::uint64_t kLong = 60'000;

struct ConnectionPoolBench {
  loop::EventLoop loop;
  Server server = test::made_server("a");
  std::vector<std::unique_ptr<loop::PipeStream>> far;  // the upstreams' ends
  ConnectionPool pool;

  explicit ConnectionPoolBench(Transport transport = {.idle_ms = kLong}) : pool(loop, 0) {
    server.transport = std::make_shared<const Transport>(std::move(transport));
    server.address = loop::SocketAddress::from_ip("10.0.0.1", 80);
  }
  Lease open(const Server& to) {
    auto [near_end, far_end] = loop::PipeStream::make(loop);
    far.push_back(std::move(far_end));
    return pool.adopt(to, std::move(near_end));
  }
  // Opens, uses and gives back; the address tells connections apart.
  const UpstreamConnection* park(const Server& to) {
    Lease lease = open(to);
    lease->allow_reuse();
    return &*lease;
  }
  std::int64_t connections(const Server& of) const {
    return of.endpoint->counters.sum([](const EndpointCounters& counters) { return counters.connections.get(); });
  }
};

TEST_CASE("a connection is given back when its last lease goes, and counted while it is open") {
  ConnectionPoolBench bench;
  {
    Lease lease = bench.open(bench.server);
    CHECK_FALSE(lease->reused());
    const Lease copy = lease;
    lease->allow_reuse();
    lease = Lease();
    CHECK(bench.pool.idle() == 0);
    CHECK(copy);
  }
  CHECK(bench.pool.idle() == 1);
  CHECK(bench.connections(bench.server) == 1);
  auto again = bench.pool.take_idle(bench.server, kAnyAge);
  REQUIRE(again);
  CHECK((*again)->reused());
  CHECK(bench.pool.idle() == 0);
  again.reset();  // nobody said that another request may follow
  CHECK(bench.pool.idle() == 0);
  CHECK(bench.connections(bench.server) == 0);
}

TEST_CASE("what is never pooled") {
  ConnectionPoolBench bench;
  SECTION("an exchange that did not come to its end") {
    static_cast<void>(bench.open(bench.server));
  }
  SECTION("a connection that a user is tied to, whatever is said later") {
    const Lease lease = bench.open(bench.server);
    lease->forbid_reuse();
    lease->allow_reuse();
  }
  SECTION("an endpoint that is gone") {
    bench.server.endpoint->set_state(EndpointState::gone, "");
    bench.park(bench.server);
  }
  SECTION("a peer that has closed") {
    const Lease lease = bench.open(bench.server);
    lease->allow_reuse();
    bench.far.clear();
    bench.loop.run_once(false);
    REQUIRE(lease->stream().finished());
  }
  CHECK(bench.pool.idle() == 0);
  CHECK(bench.connections(bench.server) == 0);
}

TEST_CASE("nothing is kept when nothing may be idle") {
  ConnectionPoolBench bench({.max_idle_an_endpoint = 0});
  bench.park(bench.server);
  CHECK(bench.pool.idle() == 0);
}

TEST_CASE("the one used last is lent first, and only to its endpoint") {
  ConnectionPoolBench bench;
  Server other = test::made_server("b");
  other.address = bench.server.address;
  std::vector<Lease> leases{bench.open(bench.server), bench.open(bench.server)};
  const UpstreamConnection* first = &*leases[0];
  const UpstreamConnection* second = &*leases[1];
  for (Lease& lease : leases) lease->allow_reuse();
  leases[0] = Lease();
  leases[1] = Lease();
  CHECK_FALSE(bench.pool.take_idle(other, kAnyAge));
  const auto lent = bench.pool.take_idle(bench.server, kAnyAge);
  REQUIRE(lent);
  CHECK(&**lent == second);
  const auto next = bench.pool.take_idle(bench.server, kAnyAge);
  REQUIRE(next);
  CHECK(&**next == first);
  CHECK_FALSE(bench.pool.take_idle(bench.server, kAnyAge));
}

TEST_CASE("a container with a new address inherits none of the old one's connections") {
  ConnectionPoolBench bench;
  bench.park(bench.server);
  for (const auto& [ip, port] : {std::pair{"10.0.0.2", 80}, std::pair{"10.0.0.1", 81}}) {
    bench.park(bench.server);
    Server moved = bench.server;
    moved.address = loop::SocketAddress::from_ip(ip, static_cast<std::uint16_t>(port));
    CHECK_FALSE(bench.pool.take_idle(moved, kAnyAge));
    CHECK(bench.pool.idle() == 0);
  }
}

TEST_CASE("an idle connection that dies is seen at once") {
  ConnectionPoolBench bench;
  bench.park(bench.server);
  REQUIRE(bench.pool.idle() == 1);
  SECTION("softly") {
    bench.far[0]->close();
  }
  SECTION("with a reset") {
    bench.far[0]->close(true);
  }
  SECTION("half") {
    bench.far[0]->shutdown_write();
  }
  bench.loop.run_once(false);
  CHECK(bench.pool.idle() == 0);
  CHECK(bench.connections(bench.server) == 0);
}

loop::Task<> say(loop::Stream& stream, std::string_view text) {
  co_await stream.write(text);
}

TEST_CASE("bytes that nobody asked for end an idle connection, and the next one is lent") {
  ConnectionPoolBench bench;
  std::vector<Lease> leases{bench.open(bench.server), bench.open(bench.server)};
  const UpstreamConnection* clean = &*leases[0];
  for (Lease& lease : leases) lease->allow_reuse();
  leases[0] = Lease();
  leases[1] = Lease();
  loop::TaskScope tasks(bench.loop);
  tasks.spawn(say(*bench.far[1], "HTTP/1.1 200 OK\r\n"));
  REQUIRE(test::run_until(bench.loop, [&] { return tasks.size() == 0; }));
  const auto lent = bench.pool.take_idle(bench.server, kAnyAge);
  REQUIRE(lent);
  CHECK(&**lent == clean);
  CHECK(bench.pool.idle() == 0);
}

TEST_CASE("bytes behind the answer keep a connection out of the pool") {
  ConnectionPoolBench bench;
  {
    const Lease lease = bench.open(bench.server);
    lease->allow_reuse();
    loop::TaskScope tasks(bench.loop);
    tasks.spawn(say(*bench.far[0], "more"));
    REQUIRE(test::run_until(bench.loop, [&] { return tasks.size() == 0; }));
  }
  CHECK(bench.pool.idle() == 0);
}

TEST_CASE("a request that cannot be repeated gets no connection that was idle for long, or none at all") {
  ConnectionPoolBench bench;
  bench.park(bench.server);
  // Not even one that was parked this very millisecond.
  CHECK_FALSE(bench.pool.take_idle(bench.server, 0));
  CHECK(bench.pool.idle() == 1);
  const std::uint64_t parked = bench.loop.now_ms();
  REQUIRE(test::run_until(bench.loop, [&] { return bench.loop.now_ms() > parked + 60; }));
  CHECK_FALSE(bench.pool.take_idle(bench.server, 50));
  CHECK(bench.pool.idle() == 1);
  CHECK(bench.pool.take_idle(bench.server, kAnyAge));
}

TEST_CASE("idle connections end after their time, lent ones do not") {
  ConnectionPoolBench bench({.idle_ms = 60});
  bench.park(bench.server);
  const Lease lent = bench.open(bench.server);
  REQUIRE(test::run_until(bench.loop, [&] { return bench.pool.idle() == 0; }));
  CHECK(bench.connections(bench.server) == 1);
  CHECK_FALSE(lent->stream().finished());
}

TEST_CASE("a connection that was lent again is not ended by the time it was idle for before") {
  ConnectionPoolBench bench({.idle_ms = 60});
  bench.park(bench.server);
  const auto lent = bench.pool.take_idle(bench.server, kAnyAge);
  REQUIRE(lent);
  const std::uint64_t start = bench.loop.now_ms();
  REQUIRE(test::run_until(bench.loop, [&] { return bench.loop.now_ms() > start + 250; }));
  CHECK_FALSE((*lent)->stream().closed());
  CHECK(bench.connections(bench.server) == 1);
}

TEST_CASE("no endpoint has more than its share of idle connections") {
  constexpr std::size_t kMost = 3;
  ConnectionPoolBench bench({.max_idle_an_endpoint = kMost});
  std::vector<Lease> leases;
  for (std::size_t i = 0; i < kMost + 10; ++i) {
    leases.push_back(bench.open(bench.server));
    leases.back()->allow_reuse();
  }
  leases.clear();
  CHECK(bench.pool.idle() == kMost);
  CHECK(bench.connections(bench.server) == static_cast<std::int64_t>(kMost));
}

TEST_CASE("without a limit of time an idle connection stays") {
  ConnectionPoolBench bench({.idle_ms = 0});
  bench.park(bench.server);
  const std::uint64_t start = bench.loop.now_ms();
  REQUIRE(test::run_until(bench.loop, [&] { return bench.loop.now_ms() > start + 150; }));
  CHECK(bench.pool.idle() == 1);
}

TEST_CASE("connections are pooled by endpoint and transport: another transport has none of them") {
  ConnectionPoolBench bench;
  const UpstreamConnection* first = bench.park(bench.server);
  Server other = bench.server;  // of another service: the same endpoint
  other.transport = std::make_shared<const Transport>(Transport{.name = "slow@file"});
  CHECK_FALSE(bench.pool.take_idle(other, kAnyAge));
  bench.park(other);
  CHECK(bench.pool.idle() == 2);
  Server changed = other;
  changed.transport = std::make_shared<const Transport>(Transport{.name = "slow@file", .dial_ms = 1});
  CHECK_FALSE(bench.pool.take_idle(changed, kAnyAge));
  const auto lent = bench.pool.take_idle(bench.server, kAnyAge);
  REQUIRE(lent);
  CHECK(&**lent == first);
}

TEST_CASE("those to endpoints that are gone can be ended, and all of them") {
  ConnectionPoolBench bench;
  const Server other = test::made_server("b");
  bench.park(bench.server);
  bench.park(other);
  bench.server.endpoint->set_state(EndpointState::gone, "");
  bench.pool.drop_gone();
  CHECK(bench.pool.idle() == 1);
  CHECK(bench.connections(bench.server) == 0);
  bench.pool.drop_all();
  CHECK(bench.pool.idle() == 0);
  CHECK(bench.connections(other) == 0);
}

}  // namespace
}  // namespace mooring::upstream
