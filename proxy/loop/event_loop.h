// EventLoop: one libuv loop and what belongs to it: tasks that are ready to go on, deadlines, read buffers.
//
// Each thread that does network input and output owns one. Coroutines are resumed from here only: by a libuv callback
// or from the ready queue, which is emptied at the end of each callback. Everything but post() and stop_soon() is for
// the loop's own thread.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "proxy/loop/deadline.h"
#include "proxy/loop/slab.h"
#include "proxy/loop/splice.h"

struct uv_loop_s;

namespace mooring::loop {

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Runs until nothing is left to wait for, or until stop().
  void run();
  // One round, waiting for at most one event (or none when `wait` is false): for tests.
  void run_once(bool wait);
  void stop();

  // Runs `action` on the loop's thread, in the order posted. Any thread. Keeps the loop alive until it has run only
  // when the loop is kept alive otherwise. Actions posted after the loop has ended are dropped with it.
  void post(std::move_only_function<void()> action);
  void stop_soon() {
    post([this] { stop(); });
  }

  // Resumes `task` at the end of the present callback (or of the next round): never on this stack.
  void resume_soon(std::coroutine_handle<> task) {
    ready_.push_back(task);
    wake_if_outside();
  }

  // Milliseconds of a clock that never jumps; cached once a round.
  std::uint64_t now_ms() const;

  Deadlines& deadlines() { return *deadlines_; }
  Slabs& slabs() { return slabs_; }
  Splice& splice() { return splice_; }
  uv_loop_s* raw() const { return loop_.get(); }

  // Every libuv callback opens one: the last to close runs what has become ready.
  class Turn {
   public:
    explicit Turn(EventLoop& loop) : loop_(loop) { ++loop_.depth_; }
    ~Turn() {
      if (loop_.depth_ == 1) loop_.drain();
      --loop_.depth_;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    EventLoop& loop_;
  };

 private:
  struct Remote;
  void drain();
  void wake_if_outside();
  void run_posted();

  std::unique_ptr<uv_loop_s> loop_;
  std::unique_ptr<Remote> remote_;
  Slabs slabs_;
  Splice splice_;
  std::unique_ptr<Deadlines> deadlines_;
  std::vector<std::coroutine_handle<>> ready_;
  std::vector<std::coroutine_handle<>> resuming_;
  int depth_ = 0;
};

}  // namespace mooring::loop
