// Runs a loop until a condition holds: how tests wait for real sockets and timers without sleeping.
//
// Turns the loop on the calling thread, with a timer of its own so that a loop with nothing to do cannot hang the test.
// Gives up after ten seconds, far beyond what anything here takes on a busy machine. For tests only.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include "proxy/loop/event_loop.h"
#include "proxy/loop/task_scope.h"
#include "proxy/loop/timer.h"

namespace mooring::test {

namespace detail {

inline loop::Task<> tick(loop::Sleep& sleep) {
  while (true) {
    const bool passed = co_await sleep.wait(20);
    if (!passed) co_return;
  }
}

}  // namespace detail

// Whether it holds in the end.
template <typename Condition>
[[nodiscard]] bool run_until(loop::EventLoop& loop, Condition holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  loop::Sleep sleep(loop);
  loop::TaskScope ticking(loop);
  ticking.spawn(detail::tick(sleep));
  while (!holds() && std::chrono::steady_clock::now() < end) loop.run_once(true);
  sleep.wake();
  while (ticking.size() != 0) loop.run_once(false);
  return holds();
}

// Awaits a task on its loop and gives its value.
template <typename T>
loop::Task<> keep_result(loop::Task<T> task, std::optional<T>& into) {
  T value = co_await std::move(task);
  into.emplace(std::move(value));
}

template <typename T>
T run_task(loop::EventLoop& loop, loop::Task<T> task) {
  std::optional<T> value;
  loop::TaskScope scope(loop);
  scope.spawn(keep_result(std::move(task), value));
  if (!run_until(loop, [&] { return scope.size() == 0; })) std::terminate();
  return std::move(*value);
}

}  // namespace mooring::test
