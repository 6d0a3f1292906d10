#include "proxy/server/drain_book.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <vector>

#include "proxy/observe/timestamp.h"
#include "test/support/waiting.h"
#include "test/unit/providers_file/folder.h"

namespace mooring::server {
namespace {

using Kind = config::ContainerEvent::Kind;
using Phase = DrainView::Phase;
using State = upstream::EndpointState;
using std::chrono::milliseconds;

struct DrainBookBench {
  loop::EventLoop loop;
  upstream::EndpointRegistry registry{loop, [](const std::string&) {}};
  observe::Sessions sessions{observe::cell_count()};
  std::vector<std::string> closed;
  DrainBook book{loop, registry, sessions,
                 [this](const upstream::EndpointPtr& endpoint) { closed.push_back(endpoint->id()); }};

  ~DrainBookBench() {
    registry.stop();
    static_cast<void>(test::run_until(loop, [this] { return !registry.probing() && !book.busy(); }));
  }
  upstream::EndpointPtr ready(const std::string& container) {
    registry.apply({Kind::changed, container, {config::Phase::running, config::Health::healthy, ""}});
    config::Fragment fragment;
    fragment.id = fragment.origin.container_id = container;
    config::ServerConfig config;
    config.id = container + ":80";
    config.host = "127.0.0.1";
    const config::MergedServer server{config, std::make_shared<const config::Fragment>(fragment)};
    upstream::EndpointPtr endpoint = registry.endpoint(server);
    registry.reached({server}, {});
    return endpoint;
  }
  bool becomes(Phase phase) {
    return test::run_until(loop, [&] { return book.views().size() == 1 && book.views()[0].phase == phase; });
  }
  // The book has looked at least twice since.
  void looks() {
    const std::uint64_t begun = loop.now_ms();
    REQUIRE(test::run_until(loop, [&] { return loop.now_ms() - begun > 400; }));
  }
};

const DrainTarget kWeb{.id = "web", .name = "shop-web-1"};

TEST_CASE("an order is over when nothing is left: no request, no tunnel, no session") {
  DrainBookBench bench;
  const upstream::EndpointPtr endpoint = bench.ready("web");
  upstream::EndpointCounters& counters = endpoint->counters.of(0);
  counters.in_flight.add(2);
  counters.tunnels.add(1);
  bench.sessions.seen(0, 77, endpoint->cookie_part(), std::chrono::system_clock::now());
  const DrainView given = bench.book.order(kWeb, milliseconds(60'000));
  CHECK(given.target == kWeb);
  CHECK(given.states == "draining");
  CHECK(given.in_flight == 1);
  CHECK(given.tunnels == 1);
  CHECK(given.sessions == 1);
  CHECK(given.deadline_ms - given.since_ms == 60'000);
  counters.in_flight.add(-1);
  bench.looks();
  CHECK(bench.book.views()[0].in_flight == 0);
  counters.in_flight.add(-1);
  counters.tunnels.add(-1);
  bench.looks();
  CHECK(bench.book.views()[0].phase == Phase::draining);
  // The session came back to another one.
  bench.sessions.seen(0, 77, endpoint->cookie_part() + 1, std::chrono::system_clock::now());
  REQUIRE(bench.becomes(Phase::drained));
  CHECK(endpoint->state() == State::maintenance);
  CHECK(bench.closed.empty());
}

TEST_CASE("at the deadline it is over, whatever is left, and tunnels are closed") {
  DrainBookBench bench;
  const upstream::EndpointPtr endpoint = bench.ready("web");
  endpoint->counters.of(0).in_flight.add(3);
  endpoint->counters.of(0).tunnels.add(2);
  bench.book.order(kWeb, milliseconds(60'000));
  bench.looks();
  CHECK(bench.book.views()[0].phase == Phase::draining);
  // Ordered once more, the new deadline counts; the beginning stays.
  const std::int64_t since = bench.book.views()[0].since_ms;
  CHECK(bench.book.order(kWeb, milliseconds(0)).since_ms == since);
  REQUIRE(bench.becomes(Phase::deadline_passed));
  CHECK(endpoint->state() == State::maintenance);
  CHECK(bench.closed == std::vector<std::string>{"web:80"});
  CHECK(bench.book.views()[0].tunnels == 2);
  endpoint->counters.of(0).tunnels.add(-2);
  REQUIRE(test::run_until(bench.loop, [&] { return bench.book.views()[0].tunnels == 0; }));
  CHECK(bench.closed.size() == 1);
  // One that a worker opened in the moment before the deadline outlives it no longer than the next look.
  endpoint->counters.of(0).tunnels.add(2);
  REQUIRE(test::run_until(bench.loop, [&] { return bench.closed.size() == 2; }));
  // Ordered once more after that: it is waited for again, and may come to its end.
  CHECK(bench.book.order(kWeb, milliseconds(60'000)).phase == Phase::draining);
  bench.looks();
  CHECK(bench.book.views()[0].phase == Phase::draining);
  endpoint->counters.of(0).in_flight.add(-3);
  endpoint->counters.of(0).tunnels.add(-2);
  REQUIRE(bench.becomes(Phase::drained));
  CHECK(endpoint->state() == State::maintenance);
}

TEST_CASE("an order goes when it is undone, or with its container") {
  DrainBookBench bench;
  const upstream::EndpointPtr endpoint = bench.ready("web");
  CHECK_FALSE(bench.book.undo("web"));
  bench.book.order(kWeb, milliseconds(60'000));
  CHECK(bench.book.undo("web"));
  CHECK(endpoint->state() == State::ready);
  CHECK(bench.book.views().empty());
  bench.book.order(kWeb, milliseconds(60'000));
  bench.registry.apply({Kind::gone, "web", {}});
  bench.looks();
  CHECK(bench.book.views().size() == 1);
  bench.registry.apply({Kind::removed, "web", {}});
  // So do those of its endpoints, and of nobody else's.
  bench.book.order({.id = "web:80", .name = "web/80"}, milliseconds(60'000));
  bench.book.order({.id = "web2:80", .name = "web2/80"}, milliseconds(60'000));
  bench.book.removed("web");
  REQUIRE(bench.book.views().size() == 1);
  CHECK(bench.book.views()[0].target.id == "web2:80");
}

TEST_CASE("a target without endpoints is not running, and has nothing left") {
  DrainBookBench bench;
  CHECK(bench.book.order({.id = "nobody", .name = "z"}, milliseconds(60'000)).states == "not running");
  REQUIRE(bench.becomes(Phase::drained));
  bench.book.order({.id = "another", .name = "a"}, milliseconds(60'000));
  REQUIRE(bench.book.views().size() == 2);
  CHECK(bench.book.views()[0].target.name == "a");
}

// The orders of the last process, as it left them.
struct Left {
  file::Folder folder;
  std::string path = folder.at("control.drains").string();
  explicit Left(const std::string& lines) { folder.write("control.drains", lines); }
};

std::string line(const std::string& state, std::int64_t left_ms) {
  const std::int64_t now = observe::wall_ms();
  return state + "\tweb\t" + std::to_string(now - 5'000) + "\t" + std::to_string(now + left_ms) + "\tshop-web-1\n";
}

TEST_CASE("an order of the last process goes on: it drains from the moment it is ready, until its deadline") {
  const Left left(line("draining", 60'000));
  DrainJournal journal(left.path);
  DrainBookBench bench;
  bench.book.resume(journal);
  REQUIRE(bench.book.views().size() == 1);
  CHECK(bench.book.views()[0].target == kWeb);
  const upstream::EndpointPtr endpoint = bench.ready("web");
  // Its sessions find it, new ones do not.
  CHECK(endpoint->state() == State::draining);
  // That nothing is seen of it says nothing: this process has not seen a request yet.
  bench.looks();
  CHECK(bench.book.views()[0].phase == Phase::draining);
  bench.book.order(kWeb, milliseconds(0));
  REQUIRE(bench.becomes(Phase::deadline_passed));
  CHECK(endpoint->state() == State::maintenance);
  CHECK(DrainJournal(left.path).orders()[0].phase == Phase::deadline_passed);
  CHECK(bench.book.undo("web"));
  CHECK(DrainJournal(left.path).orders().empty());
}

TEST_CASE("what was over stays out, and so does what its deadline has met in between") {
  const bool over = GENERATE(true, false);
  const Left left(over ? line("drained", 60'000) : line("draining", -1'000));
  DrainJournal journal(left.path);
  DrainBookBench bench;
  bench.book.resume(journal);
  REQUIRE(bench.becomes(over ? Phase::drained : Phase::deadline_passed));
  CHECK(bench.ready("web")->state() == State::maintenance);
}

TEST_CASE("an order of the last process whose container the engine has no more is void") {
  const Left left(line("draining", 60'000) + "draining\tapi:80\t1\t9999999999999\tapi/80\n" +
                  "drained\thttp://10.0.0.1\t1\t2\tfiled/10.0.0.1:80\n");
  DrainJournal journal(left.path);
  DrainBookBench bench;
  bench.book.resume(journal);
  bench.book.listed({"api", "another"});
  REQUIRE(bench.book.views().size() == 2);
  CHECK(bench.book.views()[0].target.id == "api:80");
  CHECK(bench.book.views()[1].target.id == "http://10.0.0.1");  // no engine knows of it
  CHECK(bench.ready("web")->state() == State::ready);
  CHECK(DrainJournal(left.path).orders().size() == 2);
}

}  // namespace
}  // namespace mooring::server
