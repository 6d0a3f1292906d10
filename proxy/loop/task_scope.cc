#include "proxy/loop/task_scope.h"

#include <cassert>
#include <exception>

namespace mooring::loop {

// The frame that keeps a spawned task: it destroys itself when the task has ended.
struct TaskScope::Detached {
  struct promise_type : detail::PromiseFrame {
    Detached get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};

TaskScope::Detached TaskScope::run(TaskScope& scope, Task<void> task) {
  {
    // The task's frame ends before the scope hears of it, so that what it refers to may go with the scope's owner.
    Task<void> kept = std::move(task);
    co_await std::move(kept);
  }
  scope.ended();
}

TaskScope::~TaskScope() {
  assert(running_ == 0);
}

void TaskScope::spawn(Task<void> task) {
  ++running_;
  run(*this, std::move(task));
}

void TaskScope::ended() {
  --running_;
  if (running_ == 0 && joiner_) loop_.resume_soon(std::exchange(joiner_, nullptr));
}

}  // namespace mooring::loop
