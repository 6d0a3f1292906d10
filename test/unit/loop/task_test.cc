#include "proxy/loop/task.h"

#include <catch2/catch_test_macros.hpp>
#include <stdexcept>
#include <string>

#include "proxy/loop/task_scope.h"
#include "proxy/loop/timer.h"

namespace mooring::loop {
namespace {

Task<int> ready_value(int value) {
  co_return value;
}

Task<> sum_ready(int times, long& sum) {
  for (int i = 0; i < times; ++i) {
    const int value = co_await ready_value(1);
    sum += value;
  }
}

TEST_CASE("a million ready awaits cost no stack") {
  EventLoop loop;
  TaskScope scope(loop);
  long sum = 0;
  scope.spawn(sum_ready(1'000'000, sum));
  CHECK(sum == 1'000'000);
  CHECK(scope.size() == 0);
}

Task<int> slow_value(EventLoop& loop, int value) {
  Sleep sleep(loop);
  co_await sleep.wait(1);
  co_return value;
}

Task<> sum_slow(EventLoop& loop, long& sum) {
  for (int i = 0; i < 10; ++i) {
    const int value = co_await slow_value(loop, i);
    sum += value;
  }
}

Task<> join_and_mark(TaskScope& scope, bool& joined) {
  co_await scope.join();
  joined = true;
}

TEST_CASE("a scope joins the tasks it started") {
  EventLoop loop;
  TaskScope children(loop);
  TaskScope parent(loop);
  long sum = 0;
  bool joined = false;
  children.spawn(sum_slow(loop, sum));
  children.spawn(sum_slow(loop, sum));
  parent.spawn(join_and_mark(children, joined));
  CHECK_FALSE(joined);
  loop.run();
  CHECK(joined);
  CHECK(sum == 90);
}

Task<> throws() {
  throw std::runtime_error("a bug");
  co_return;
}

Task<> catches(std::string& what) {
  try {
    co_await throws();
  } catch (const std::exception& error) {
    what = error.what();
  }
}

TEST_CASE("an exception travels to the parent") {
  EventLoop loop;
  TaskScope scope(loop);
  std::string what;
  scope.spawn(catches(what));
  CHECK(what == "a bug");
}

TEST_CASE("a sleep can be woken early, and stays awake") {
  EventLoop loop;
  TaskScope scope(loop);
  Sleep sleep(loop);
  int woken = 0;
  struct Waiter {
    static Task<> run(Sleep& sleep, int& woken) {
      const bool first = co_await sleep.wait(3'600'000);
      const bool second = co_await sleep.wait(3'600'000);
      if (!first && !second) ++woken;
    }
  };
  scope.spawn(Waiter::run(sleep, woken));
  loop.post([&] { sleep.wake(); });
  loop.run();
  CHECK(woken == 1);
}

}  // namespace
}  // namespace mooring::loop
