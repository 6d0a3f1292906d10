#include "proxy/loop/deadline.h"

#include <uv.h>

#include <algorithm>

#include "proxy/loop/event_loop.h"

namespace mooring::loop {

void Deadline::set(std::uint64_t ms) {
  expiry_ = wheel_.loop_.now_ms() + ms;
  if (link_ != nullptr && slot_tick_ * Deadlines::kTickMs <= expiry_ + Deadlines::kTickMs) return;
  unlink();
  wheel_.place(*this);
}

void Deadline::unlink() {
  if (link_ == nullptr) return;
  *link_ = next_;
  if (next_ != nullptr) next_->link_ = link_;
  link_ = nullptr;
  next_ = nullptr;
  --wheel_.linked_;
}

Deadlines::Deadlines(EventLoop& loop) : loop_(loop), timer_(new uv_timer_t) {
  uv_timer_init(loop.raw(), timer_);
  timer_->data = this;
  // A deadline guards something else that keeps the loop alive; by itself it does not.
  uv_unref(reinterpret_cast<uv_handle_t*>(timer_));
}

Deadlines::~Deadlines() {
  uv_close(reinterpret_cast<uv_handle_t*>(timer_),
           [](uv_handle_t* handle) { delete reinterpret_cast<uv_timer_t*>(handle); });
}

void Deadlines::place(Deadline& deadline) {
  if (!running_) start_timer();
  const std::uint64_t due = deadline.expiry_ / kTickMs + 1;
  const std::uint64_t tick = std::clamp(due, tick_ + 1, tick_ + kSlots - 1);
  deadline.slot_tick_ = tick;
  Deadline** slot = &slots_[tick % kSlots];
  deadline.next_ = *slot;
  if (deadline.next_ != nullptr) deadline.next_->link_ = &deadline.next_;
  deadline.link_ = slot;
  *slot = &deadline;
  ++linked_;
}

void Deadlines::start_timer() {
  running_ = true;
  tick_ = loop_.now_ms() / kTickMs;
  uv_timer_start(timer_, [](uv_timer_t* timer) { static_cast<Deadlines*>(timer->data)->turn(); }, kTickMs, kTickMs);
}

void Deadlines::turn() {
  const EventLoop::Turn turn(loop_);
  const std::uint64_t now_tick = loop_.now_ms() / kTickMs;
  // After a long pause every slot is visited once, not every tick.
  if (now_tick > tick_ + kSlots) tick_ = now_tick - kSlots;
  while (tick_ < now_tick) visit(++tick_);
  if (linked_ == 0) {
    uv_timer_stop(timer_);
    running_ = false;
  }
}

void Deadlines::visit(std::uint64_t tick) {
  Deadline*& slot = slots_[tick % kSlots];
  Deadline* batch = slot;
  slot = nullptr;
  if (batch != nullptr) batch->link_ = &batch;
  // A callback may end any other deadline of the batch: each is taken off the front as its turn comes.
  while (batch != nullptr) {
    Deadline& deadline = *batch;
    deadline.unlink();
    if (deadline.expiry_ == Deadline::kNever) continue;
    if (deadline.expiry_ > loop_.now_ms()) {
      place(deadline);
      continue;
    }
    deadline.expiry_ = Deadline::kNever;
    deadline.callback_(deadline.context_);
  }
}

}  // namespace mooring::loop
