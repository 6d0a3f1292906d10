#include "proxy/loop/timer.h"

#include <uv.h>

#include <utility>

namespace mooring::loop {

Sleep::Sleep(EventLoop& loop) : loop_(loop), timer_(new uv_timer_t) {
  uv_timer_init(loop.raw(), timer_);
  timer_->data = this;
}

Sleep::~Sleep() {
  uv_close(reinterpret_cast<uv_handle_t*>(timer_),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
}

void Sleep::Awaiter::await_suspend(std::coroutine_handle<> task) const {
  sleep.task_ = task;
  uv_timer_start(
      sleep.timer_,
      [](uv_timer_t* timer) {
        auto* self = static_cast<Sleep*>(timer->data);
        const EventLoop::Turn turn(self->loop_);
        if (self->task_) std::exchange(self->task_, nullptr).resume();
      },
      ms, 0);
}

void Sleep::wake() {
  woken_ = true;
  uv_timer_stop(timer_);
  if (task_) loop_.resume_soon(std::exchange(task_, nullptr));
}

}  // namespace mooring::loop
