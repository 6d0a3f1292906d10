#include "proxy/loop/signals.h"

#include <uv.h>

#include <utility>

namespace mooring::loop {

Signals::Signals(EventLoop& loop, std::initializer_list<int> signals, Caught caught)
    : loop_(loop), caught_(std::move(caught)) {
  for (const int signal : signals) {
    auto* handle = new uv_signal_t{};
    uv_signal_init(loop.raw(), handle);
    handle->data = this;
    uv_unref(reinterpret_cast<uv_handle_t*>(handle));
    handles_.push_back(handle);
    uv_signal_start(
        handle,
        [](uv_signal_t* caught_by, int number) {
          auto* self = static_cast<Signals*>(caught_by->data);
          const EventLoop::Turn turn(self->loop_);
          self->caught_(number);
        },
        signal);
  }
}

Signals::~Signals() {
  for (uv_signal_t* handle : handles_) {
    uv_close(reinterpret_cast<uv_handle_t*>(handle),
             [](uv_handle_t* closed) { delete reinterpret_cast<uv_signal_t*>(closed); });
  }
}

}  // namespace mooring::loop
