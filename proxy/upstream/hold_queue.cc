#include "proxy/upstream/hold_queue.h"

namespace mooring::upstream {

HoldQueue::Place::Place(HoldQueue& queue, http::Exchange& exchange)
    : queue_(queue), exchange_(exchange), sleep_(exchange.loop) {
  position_ = queue_.places_.insert(queue_.places_.end(), this);
  queue_.waiting_.fetch_add(1, std::memory_order_relaxed);
  // Either the control loop sees that somebody waits, or we see the state that it has stored: see anybody().
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

HoldQueue::Place::~Place() {
  queue_.places_.erase(position_);
  queue_.waiting_.fetch_sub(1, std::memory_order_relaxed);
}

loop::Task<void> HoldQueue::Place::wait(std::uint64_t ms) {
  if (exchange_.canceled()) co_return;
  exchange_.on_cancel([](void* context) { static_cast<Place*>(context)->sleep_.wake(); }, this);
  co_await sleep_.wait(ms);
  sleep_.reset();
  exchange_.on_cancel(nullptr, nullptr);
}

void HoldQueue::wake() {
  // A place may leave the list before this has returned; what is resumed is resumed by the loop, in this order.
  for (Place* place : places_) place->sleep_.wake();
}

bool HoldQueue::anybody() const {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  return waiting_.load(std::memory_order_relaxed) != 0;
}

}  // namespace mooring::upstream
