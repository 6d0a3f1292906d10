// LatencyWindow: the mean time to the first byte of an endpoint's last hundred answers.
//
// Only for services that balance by it. Written by all workers, read by all: relaxed atomics, so that a reader may see
// a mean that is off by an answer or two, never one that is torn. Source: compat page, section 3.2 (leasttime).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace mooring::upstream {

class LatencyWindow {
 public:
  static constexpr std::size_t kAnswers = 100;

  void add(std::uint32_t microseconds) {
    const std::uint64_t turn = answers_.fetch_add(1, std::memory_order_relaxed);
    const std::uint32_t before = slots_[turn % kAnswers].exchange(microseconds, std::memory_order_relaxed);
    sum_.fetch_add(static_cast<std::int64_t>(microseconds) - before, std::memory_order_relaxed);
  }
  // Microseconds; 0: there was no answer yet.
  double mean() const {
    const std::uint64_t answers = answers_.load(std::memory_order_relaxed);
    if (answers == 0) return 0;
    const auto counted = static_cast<double>(answers < kAnswers ? answers : kAnswers);
    const auto sum = static_cast<double>(sum_.load(std::memory_order_relaxed));
    return sum > 0 ? sum / counted : 0;
  }

 private:
  std::array<std::atomic<std::uint32_t>, kAnswers> slots_{};
  std::atomic<std::uint64_t> answers_{0};
  std::atomic<std::int64_t> sum_{0};
};

}  // namespace mooring::upstream
