// Sleep: waits for a time, exactly, and can be woken early. For what happens seldom (backoff, probes, grace periods);
// deadlines that move with every byte are Deadline's. One loop, one thread.
#pragma once

#include <coroutine>
#include <cstdint>

#include "proxy/loop/event_loop.h"

struct uv_timer_s;

namespace mooring::loop {

class Sleep {
 public:
  explicit Sleep(EventLoop& loop);
  ~Sleep();
  Sleep(const Sleep&) = delete;
  Sleep& operator=(const Sleep&) = delete;

  struct Awaiter {
    Sleep& sleep;
    std::uint64_t ms;
    bool await_ready() const noexcept { return sleep.woken_; }
    void await_suspend(std::coroutine_handle<> task) const;
    bool await_resume() const noexcept { return !sleep.woken_; }
  };
  // True when the time has passed, false when wake() came first (then and at once for every later call).
  Awaiter wait(std::uint64_t ms) { return Awaiter{*this, ms}; }
  void wake();
  bool woken() const { return woken_; }
  // Forgets an earlier wake().
  void reset() { woken_ = false; }

 private:
  EventLoop& loop_;
  uv_timer_s* timer_;
  std::coroutine_handle<> task_;
  bool woken_ = false;
};

}  // namespace mooring::loop
