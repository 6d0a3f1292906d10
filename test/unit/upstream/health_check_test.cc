#include "proxy/upstream/health_check.h"

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "proxy/loop/resolve.h"
#include "test/unit/upstream/health_server.h"

namespace mooring::upstream {
namespace {

using std::chrono::milliseconds;
using test::HealthServer;
using test::status_line;

struct Verdict {
  bool well;
  std::string why;
  bool operator==(const Verdict&) const = default;
};

// A server whose status the test sets, and a check of it.
struct HealthCheckBench {
  loop::EventLoop loop;
  int status = 200;
  HealthServer server{loop, [this](const std::string&) { return status_line(status); }};
  loop::TaskScope tasks{loop};
  config::ServerConfig config;
  config::HealthCheckConfig settings;
  std::vector<Verdict> told;
  std::unique_ptr<HealthCheck> check;

  HealthCheckBench() {
    config.host = "127.0.0.1";
    config.port = server.port();
    settings.path = "/up";
    settings.interval = settings.unhealthy_interval = milliseconds(10);
  }
  ~HealthCheckBench() {
    check.reset();
    static_cast<void>(test::run_until(loop, [this] { return tasks.size() == 0; }));
  }
  void begin(bool eager) {
    check = std::make_unique<HealthCheck>(
        loop, tasks, config, settings, loop::resolve, eager,
        [](void* context, bool well, const std::string& why) {
          static_cast<HealthCheckBench*>(context)->told.push_back({well, why});
        },
        this);
  }
  bool until_told(std::size_t times) {
    return test::run_until(loop, [&] { return told.size() >= times; });
  }
  bool until_asked(std::size_t more) {
    const std::size_t before = server.requests.size();
    return test::run_until(loop, [&] { return server.requests.size() >= before + more; });
  }
};

TEST_CASE("an eager check asks at once and is well with the first good answer, whatever rise says") {
  HealthCheckBench bench;
  bench.settings.rise = 5;
  bench.settings.interval = std::chrono::hours(1);
  bench.begin(true);
  CHECK_FALSE(bench.check->well());
  CHECK(bench.told.empty());
  const std::uint64_t start = bench.loop.now_ms();
  REQUIRE(bench.until_told(1));
  CHECK(bench.told[0] == Verdict{true, "GET /up: 200"});
  CHECK(bench.loop.now_ms() - start < 3'000);
}

TEST_CASE("an eager check says why it waits, once for each reason, and asks again in a moment") {
  HealthCheckBench bench;
  bench.status = 503;
  bench.settings.interval = std::chrono::hours(1);
  bench.begin(true);
  REQUIRE(bench.until_asked(5));
  REQUIRE(bench.told.size() == 1);
  CHECK(bench.told[0] == Verdict{false, "GET /up: 503, wanted 2xx or 3xx"});
  bench.status = 404;
  REQUIRE(bench.until_told(2));
  bench.status = 200;
  REQUIRE(bench.until_told(3));
  CHECK(bench.told[2].well);
}

TEST_CASE("fall bad answers in a row put it out, rise good ones let it in again") {
  HealthCheckBench bench;
  bench.settings.fall = 3;
  bench.settings.rise = 2;
  bench.begin(false);
  CHECK(bench.check->well());
  REQUIRE(bench.until_asked(3));
  CHECK(bench.told.empty());
  // A good answer between bad ones begins the count anew.
  int turn = 0;
  bench.server.answer_with([&](const std::string&) { return status_line(++turn % 3 == 0 ? 200 : 500); });
  REQUIRE(bench.until_asked(10));
  CHECK(bench.told.empty());
  bench.server.answer_with([](const std::string&) { return status_line(200); });
  REQUIRE(bench.until_asked(2));
  turn = 0;
  bench.server.answer_with([&](const std::string&) {
    ++turn;
    return status_line(500);
  });
  REQUIRE(bench.until_told(1));
  CHECK_FALSE(bench.told[0].well);
  CHECK(turn == 3);
  turn = 0;
  bench.server.answer_with([&](const std::string&) { return status_line(++turn == 1 ? 200 : turn == 2 ? 500 : 200); });
  REQUIRE(bench.until_told(2));
  CHECK(bench.told[1].well);
  CHECK(turn == 4);
}

TEST_CASE("the wait is the interval, more or less, and the other interval while it is sick") {
  HealthCheckBench bench;
  bench.settings.interval = milliseconds(400);
  bench.settings.unhealthy_interval = milliseconds(20);
  bench.begin(false);
  REQUIRE(bench.until_asked(1));
  const std::uint64_t start = bench.loop.now_ms();
  REQUIRE(bench.until_asked(1));
  CHECK(bench.loop.now_ms() - start >= 350);
  bench.status = 500;
  REQUIRE(bench.until_told(1));
  const std::uint64_t sick = bench.loop.now_ms();
  REQUIRE(bench.until_asked(3));
  CHECK(bench.loop.now_ms() - sick < 350);
}

TEST_CASE("begin_again forgets what was known, also in the middle of a long wait") {
  HealthCheckBench bench;
  bench.settings.interval = std::chrono::hours(1);
  bench.begin(true);
  REQUIRE(bench.until_told(1));
  bench.check->begin_again();
  CHECK_FALSE(bench.check->well());
  REQUIRE(bench.until_told(2));
  CHECK(bench.told[1].well);
  CHECK(bench.server.requests.size() == 2);
}

TEST_CASE("a check that goes while it asks or waits tells nobody and leaves nothing") {
  HealthCheckBench bench;
  bench.server.answer_with([](const std::string&) { return std::string{}; });
  bench.begin(true);
  REQUIRE(bench.until_asked(1));
  bench.check.reset();
  REQUIRE(test::run_until(bench.loop, [&] { return bench.tasks.size() == 0; }));
  CHECK(bench.told.empty());
  bench.begin(true);
  bench.check.reset();
  REQUIRE(test::run_until(bench.loop, [&] { return bench.tasks.size() == 0; }));
}

TEST_CASE("checks of many endpoints run side by side: silent ones hold up nobody") {
  HealthCheckBench bench;
  HealthServer silent(bench.loop, [](const std::string&) { return std::string{}; });
  config::ServerConfig other = bench.config;
  other.port = silent.port();
  std::vector<std::unique_ptr<HealthCheck>> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(std::make_unique<HealthCheck>(
        bench.loop, bench.tasks, other, bench.settings, loop::resolve, true, [](void*, bool, const std::string&) {},
        nullptr));
  }
  const std::uint64_t start = bench.loop.now_ms();
  bench.begin(true);
  REQUIRE(bench.until_told(1));
  CHECK(bench.loop.now_ms() - start < 3'000);
  slow.clear();
}

TEST_CASE("equal settings for the same address are the same check") {
  HealthCheckBench bench;
  bench.begin(true);
  CHECK(bench.check->is_for(bench.config, bench.settings));
  config::HealthCheckConfig other = bench.settings;
  other.fall = 2;
  CHECK_FALSE(bench.check->is_for(bench.config, other));
  config::ServerConfig moved = bench.config;
  moved.host = "127.0.0.2";
  CHECK_FALSE(bench.check->is_for(moved, bench.settings));
  moved = bench.config;
  moved.weight = 7;
  CHECK(bench.check->is_for(moved, bench.settings));
}

}  // namespace
}  // namespace mooring::upstream
