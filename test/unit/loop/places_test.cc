#include "proxy/loop/places.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <vector>

#include "proxy/loop/task_scope.h"
#include "proxy/loop/timer.h"
#include "test/support/waiting.h"

namespace mooring::loop {
namespace {

struct Crowd {
  EventLoop loop;
  Places places{loop, 2};
  TaskScope tasks{loop};
  std::vector<int> order;
  int inside = 0;
  int most = 0;
};

Task<void> visit(Crowd& crowd, int number, std::uint64_t ms) {
  co_await crowd.places.enter();
  crowd.order.push_back(number);
  ++crowd.inside;
  crowd.most = std::max(crowd.most, crowd.inside);
  Sleep stay(crowd.loop);
  co_await stay.wait(ms);
  --crowd.inside;
  crowd.places.leave();
}

TEST_CASE("no more than there are places, in the order in which they came, and all in the end") {
  Crowd crowd;
  for (int i = 0; i < 7; ++i) crowd.tasks.spawn(visit(crowd, i, i % 3));
  CHECK(crowd.inside == 2);
  REQUIRE(test::run_until(crowd.loop, [&] { return crowd.tasks.size() == 0; }));
  CHECK(crowd.order == std::vector<int>{0, 1, 2, 3, 4, 5, 6});
  CHECK(crowd.most == 2);
  // All places are free again.
  for (int i = 7; i < 9; ++i) crowd.tasks.spawn(visit(crowd, i, 0));
  CHECK(crowd.inside == 2);
  REQUIRE(test::run_until(crowd.loop, [&] { return crowd.tasks.size() == 0; }));
}

Task<void> enter_and_leave(Crowd& crowd) {
  co_await crowd.places.enter();
  crowd.places.leave();
}

TEST_CASE("a long line of those who leave at once is no deep stack") {
  Crowd crowd;
  crowd.tasks.spawn(visit(crowd, 0, 1));
  crowd.tasks.spawn(visit(crowd, 1, 1));
  for (int i = 0; i < 100'000; ++i) crowd.tasks.spawn(enter_and_leave(crowd));
  CHECK(crowd.tasks.size() == 100'002);
  REQUIRE(test::run_until(crowd.loop, [&] { return crowd.tasks.size() == 0; }));
}

}  // namespace
}  // namespace mooring::loop
