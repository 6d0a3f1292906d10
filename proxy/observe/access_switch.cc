#include "proxy/observe/access_switch.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace mooring::observe {

AccessSwitch::AccessSwitch(std::unique_ptr<AccessLog> log, std::size_t workers)
    : log_(std::move(log)), current_(log_.get()), wants_fields_(log_->wants_fields()), lanes_(workers) {
  log_->start();
}

void AccessSwitch::record(std::uint32_t worker, const AccessRecord& record) {
  std::atomic<AccessLog*>& mine = lanes_[worker].writing_to;
  AccessLog* log = current_.load();
  // Said first, asked again then: whoever replaces the log between the two is seen here, or sees this.
  for (mine.store(log); current_.load() != log; mine.store(log)) log = current_.load();
  log->record(worker, record);
  mine.store(nullptr, std::memory_order_release);
}

void AccessSwitch::replace(std::unique_ptr<AccessLog> next) {
  wants_fields_.store(next->wants_fields(), std::memory_order_relaxed);
  current_.store(next.get());
  const auto uses_old = [this](const Lane& lane) { return lane.writing_to.load() == log_.get(); };
  while (std::ranges::any_of(lanes_, uses_old)) std::this_thread::yield();  // as long as one line takes
  log_->stop();
  log_ = std::move(next);
  log_->start();
}

}  // namespace mooring::observe
