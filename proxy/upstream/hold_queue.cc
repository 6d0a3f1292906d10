#include "proxy/upstream/hold_queue.h"

#include <iterator>

namespace mooring::upstream {

HoldQueue::Place::Place(HoldQueue& queue, http::Exchange& exchange, std::uint64_t turn)
    : queue_(queue), exchange_(exchange), sleep_(exchange.loop), turn_(turn) {
  auto behind = queue_.places_.end();
  while (behind != queue_.places_.begin() && (*std::prev(behind))->turn_ > turn) --behind;
  position_ = queue_.places_.insert(behind, this);
  // Either the control loop sees that somebody waits, or, when it looked before, what it had stored until then is seen
  // from here on: both change the same number, and the later one reads what the earlier one wrote.
  queue_.waiting_.fetch_add(1, std::memory_order_acq_rel);
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

bool HoldQueue::anybody() {
  return waiting_.fetch_add(0, std::memory_order_acq_rel) != 0;
}

}  // namespace mooring::upstream
