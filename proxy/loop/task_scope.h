// TaskScope: the parent of tasks that run side by side. Who owns the scope joins it before it goes.
//
// Worker > Connection > Exchange: each level has one, and leaves no task behind. A task that throws ends the program in
// std::terminate, since nobody could be told: callers catch what they expect. One loop, one thread.
#pragma once

#include <coroutine>
#include <cstddef>

#include "proxy/loop/event_loop.h"
#include "proxy/loop/task.h"

namespace mooring::loop {

class TaskScope {
 public:
  explicit TaskScope(EventLoop& loop) : loop_(loop) {}
  ~TaskScope();
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;

  // Starts `task` now, on this stack, and keeps it until it ends.
  void spawn(Task<void> task);
  std::size_t size() const { return running_; }

  struct Join {
    TaskScope& scope;
    bool await_ready() const noexcept { return scope.running_ == 0; }
    void await_suspend(std::coroutine_handle<> parent) const noexcept { scope.joiner_ = parent; }
    void await_resume() const noexcept {}
  };
  // Waits until no task runs. One joiner at a time.
  Join join() { return Join{*this}; }

 private:
  struct Detached;
  static Detached run(TaskScope& scope, Task<void> task);
  void ended();

  EventLoop& loop_;
  std::size_t running_ = 0;
  std::coroutine_handle<> joiner_;
};

}  // namespace mooring::loop
