// Places: so many tasks may do something at a time, the others wait in line, first come, first served.
//
// For what costs a descriptor each and may be wanted by thousands at once. A task that waits cannot be called away: it
// gets its turn, sees that it is not wanted any more, and leaves at once. One loop, one thread; outlives its tasks.
#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>

#include "proxy/loop/event_loop.h"

namespace mooring::loop {

class Places {
 public:
  Places(EventLoop& loop, std::size_t count) : loop_(loop), free_(count) {}
  Places(const Places&) = delete;
  Places& operator=(const Places&) = delete;

  struct Entry {
    Places& places;
    bool await_ready() const noexcept {
      if (places.free_ == 0) return false;
      --places.free_;
      return true;
    }
    void await_suspend(std::coroutine_handle<> task) const { places.line_.push_back(task); }
    void await_resume() const noexcept {}
  };
  // Waits for a place; each is given back by leave().
  Entry enter() { return Entry{*this}; }
  void leave() {
    if (line_.empty()) {
      ++free_;
      return;
    }
    loop_.resume_soon(line_.front());
    line_.pop_front();
  }

 private:
  EventLoop& loop_;
  std::size_t free_;
  std::deque<std::coroutine_handle<>> line_;
};

}  // namespace mooring::loop
