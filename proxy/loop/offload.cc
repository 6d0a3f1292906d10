#include "proxy/loop/offload.h"

#include <uv.h>

namespace mooring::loop {
namespace {

struct OffloadAwaiter {
  EventLoop& loop;
  std::move_only_function<void()>& work;
  uv_work_t request{};
  std::coroutine_handle<> task;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> caller) {
    task = caller;
    request.data = this;
    uv_queue_work(
        loop.raw(), &request, [](uv_work_t* queued) { static_cast<OffloadAwaiter*>(queued->data)->work(); },
        [](uv_work_t* done, int /*status*/) {
          auto* self = static_cast<OffloadAwaiter*>(done->data);
          const EventLoop::Turn turn(self->loop);
          self->task.resume();
        });
  }
  void await_resume() const noexcept {}
};

}  // namespace

Task<void> offload(EventLoop& loop, std::move_only_function<void()> work) {
  OffloadAwaiter waiter{.loop = loop, .work = work, .request = {}, .task = {}};
  co_await waiter;
}

}  // namespace mooring::loop
