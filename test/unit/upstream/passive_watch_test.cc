#include "proxy/upstream/passive_watch.h"

#include <catch2/catch_test_macros.hpp>
#include <thread>
#include <vector>

#include "proxy/upstream/check_book.h"

namespace mooring::upstream {
namespace {

using std::chrono::milliseconds;

struct PassiveWatchBench {
  std::vector<std::string> said;
  PassiveWatch watch;
  PassiveWatch::Clock::time_point now{};

  explicit PassiveWatchBench(std::int64_t most, milliseconds window = milliseconds(1'000))
      : watch({.failure_window = window, .max_failed_attempts = most}, "web:80",
              [this](const std::string& id, milliseconds, std::string why) { said.push_back(id + " " + why); }) {}
  void after(int ms) { now += milliseconds(ms); }
};

TEST_CASE("one failure is enough where nothing else is said") {
  PassiveWatchBench bench(1, milliseconds(10'000));
  bench.watch.answered(499, bench.now);
  CHECK(bench.said.empty());
  bench.watch.answered(500, bench.now);
  CHECK(bench.said == std::vector<std::string>{"web:80 1 request failed within 10s, the last: answered 500"});
}

TEST_CASE("so many failures within the window, and a good answer clears them") {
  PassiveWatchBench bench(3);
  bench.watch.failed("connection refused", bench.now);
  bench.watch.answered(502, bench.now);
  bench.watch.answered(200, bench.now);
  bench.watch.answered(503, bench.now);
  bench.watch.answered(503, bench.now);
  CHECK(bench.said.empty());
  bench.watch.failed("connection refused", bench.now);
  CHECK(bench.said == std::vector<std::string>{"web:80 3 requests failed within 1s, the last: connection refused"});
  // And it counts anew.
  bench.watch.answered(503, bench.now);
  bench.watch.answered(503, bench.now);
  CHECK(bench.said.size() == 1);
}

TEST_CASE("failures that are older than the window do not count") {
  PassiveWatchBench bench(3);
  for (int i = 0; i < 10; ++i) {
    bench.watch.answered(500, bench.now);
    bench.after(501);
  }
  CHECK(bench.said.empty());
  bench.watch.answered(500, bench.now);
  bench.after(499);
  bench.watch.answered(500, bench.now);
  CHECK(bench.said.size() == 1);
}

TEST_CASE("many workers at once: each trip is said, and none twice") {
  std::atomic<int> trips{0};
  PassiveWatch watch({.failure_window = std::chrono::hours(1), .max_failed_attempts = 10}, "web:80",
                     [&](const std::string&, milliseconds, const std::string&) { ++trips; });
  std::vector<std::thread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&] {
      for (int n = 0; n < 1'000; ++n) watch.answered(500);
    });
  }
  for (std::thread& worker : workers) worker.join();
  CHECK(trips == 400);
}

config::HealthCheckConfig check(const std::string& path) {
  config::HealthCheckConfig made;
  made.path = path;
  return made;
}

using Names = std::set<std::string>;

TEST_CASE("an endpoint is under the checks of all services that reach it, equal ones once") {
  CheckBook book;
  CHECK(book.update({"a", check("/up"), {"1", "2"}}) == Names{"1", "2"});
  CHECK(book.update({"b", check("/up"), {"2", "3"}}) == Names{"3"});
  CHECK(book.update({"c", check("/deep"), {"3"}}) == Names{"3"});
  CHECK(book.update({"d", std::nullopt, {"1", "2", "3"}}).empty());
  CHECK(book.of("1") == CheckBook::Checks{check("/up")});
  CHECK(book.of("3") == CheckBook::Checks{check("/up"), check("/deep")});
  // What did not change is not spoken of.
  CHECK(book.update({"a", check("/up"), {"1", "2"}}).empty());
  CHECK(book.update({"a", check("/other"), {"1"}}) == Names{"1"});
  CHECK(book.of("2") == CheckBook::Checks{check("/up")});
  CHECK(book.update({"b", std::nullopt, {}}) == Names{"2", "3"});
  CHECK(book.update({"c", std::nullopt, {"3"}}) == Names{"3"});
  CHECK(book.of("2").empty());
  CHECK(book.of("3").empty());
}

TEST_CASE("a watch lives on through changes that are not its own") {
  CheckBook book;
  const PassiveWatch::Tripped nobody = [](const std::string&, milliseconds, const std::string&) {};
  const config::PassiveHealthCheckConfig config;
  const auto first = book.watch("a", "1", config, nobody);
  CHECK(book.watch("a", "1", config, nobody) == first);
  CHECK(book.watch("b", "1", config, nobody) != first);
  config::PassiveHealthCheckConfig other;
  other.max_failed_attempts = 2;
  CHECK(book.watch("a", "1", other, nobody) != first);
  for (int i = 0; i < 100; ++i) CHECK(book.watch("a", "gone" + std::to_string(i), config, nobody) != nullptr);
}

}  // namespace
}  // namespace mooring::upstream
