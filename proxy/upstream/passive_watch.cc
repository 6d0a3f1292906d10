#include "proxy/upstream/passive_watch.h"

#include <utility>

namespace mooring::upstream {
namespace {

constexpr int kFirstFailure = 500;

std::string time_text(std::chrono::milliseconds time) {
  return time.count() % 1'000 == 0 ? std::to_string(time.count() / 1'000) + "s" : std::to_string(time.count()) + "ms";
}

}  // namespace

PassiveWatch::PassiveWatch(config::PassiveHealthCheckConfig config, std::string endpoint_id, Tripped tripped)
    : config_(config), endpoint_id_(std::move(endpoint_id)), tripped_(std::move(tripped)) {}

void PassiveWatch::answered(int status, Clock::time_point now) {
  if (status >= kFirstFailure) return failed("answered " + std::to_string(status), now);
  if (!any_.load(std::memory_order_relaxed)) return;
  const std::lock_guard lock(mutex_);
  failures_.clear();
  any_.store(false, std::memory_order_relaxed);
}

void PassiveWatch::failed(std::string_view what, Clock::time_point now) {
  {
    const std::lock_guard lock(mutex_);
    failures_.push_back(now);
    while (now - failures_.front() > config_.failure_window) failures_.pop_front();
    any_.store(true, std::memory_order_relaxed);
    if (std::cmp_less(failures_.size(), config_.max_failed_attempts)) return;
    failures_.clear();
    any_.store(false, std::memory_order_relaxed);
  }
  const std::string count = std::to_string(config_.max_failed_attempts);
  const std::string times = config_.max_failed_attempts == 1 ? "1 request failed" : count + " requests failed";
  tripped_(endpoint_id_, config_.failure_window,
           times + " within " + time_text(config_.failure_window) + ", the last: " + std::string{what});
}

}  // namespace mooring::upstream
