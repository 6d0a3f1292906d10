#include "proxy/loop/event_loop.h"

#include <uv.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace mooring::loop {

// What other threads reach: a queue and the handle that wakes the loop.
struct EventLoop::Remote {
  uv_async_t wake{};
  std::mutex mutex;
  std::vector<std::move_only_function<void()>> posted;
};

EventLoop::EventLoop() : loop_(std::make_unique<uv_loop_s>()), remote_(std::make_unique<Remote>()) {
  // libuv writes with write(2): to a peer that has gone that is a signal for the whole process, unless it is ignored.
  std::signal(SIGPIPE, SIG_IGN);
  if (uv_loop_init(loop_.get()) != 0) throw std::runtime_error("cannot make an event loop: out of descriptors?");
  loop_->data = this;
  uv_async_init(loop_.get(), &remote_->wake,
                [](uv_async_t* handle) { static_cast<EventLoop*>(handle->loop->data)->run_posted(); });
  // The queue alone is no reason to go on.
  uv_unref(reinterpret_cast<uv_handle_t*>(&remote_->wake));
  deadlines_ = std::make_unique<Deadlines>(*this);
}

EventLoop::~EventLoop() {
  deadlines_.reset();
  uv_close(reinterpret_cast<uv_handle_t*>(&remote_->wake), nullptr);
  run();
  // A handle that is still open here would be used after its owner: that is a bug worth a stop.
  if (uv_loop_close(loop_.get()) != 0) {
    std::fputs("event loop closed with open handles\n", stderr);
    std::abort();
  }
}

void EventLoop::run() {
  {
    Turn turn(*this);
  }
  uv_run(loop_.get(), UV_RUN_DEFAULT);
}

void EventLoop::run_once(bool wait) {
  {
    Turn turn(*this);
  }
  uv_run(loop_.get(), wait ? UV_RUN_ONCE : UV_RUN_NOWAIT);
}

void EventLoop::stop() {
  uv_stop(loop_.get());
}

void EventLoop::post(std::move_only_function<void()> action) {
  {
    const std::lock_guard lock(remote_->mutex);
    remote_->posted.push_back(std::move(action));
  }
  uv_async_send(&remote_->wake);
}

void EventLoop::run_posted() {
  const Turn turn(*this);
  std::vector<std::move_only_function<void()>> actions;
  {
    const std::lock_guard lock(remote_->mutex);
    actions.swap(remote_->posted);
  }
  for (auto& action : actions) action();
}

void EventLoop::drain() {
  while (!ready_.empty()) {
    resuming_.swap(ready_);
    for (const std::coroutine_handle<> task : resuming_) task.resume();
    resuming_.clear();
  }
}

void EventLoop::wake_if_outside() {
  // Outside of a callback nobody would empty the queue: ask for a callback.
  if (depth_ == 0) uv_async_send(&remote_->wake);
}

std::uint64_t EventLoop::now_ms() const {
  return uv_now(loop_.get());
}

}  // namespace mooring::loop
