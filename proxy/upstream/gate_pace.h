// GatePace: how long to wait between two tries of what starts: after 5 to 100 ms for 5 s, then at intervals that double
// up to 5 s. What starts in a moment is let in in a moment, what never listens costs next to nothing. A value.
#pragma once

#include <algorithm>
#include <cstdint>

namespace mooring::upstream {

class GatePace {
 public:
  explicit GatePace(std::uint64_t now_ms) : since_ms_(now_ms) {}

  // The wait after a try that ended now.
  std::uint64_t wait_ms(std::uint64_t now_ms) {
    const std::uint64_t waited = now_ms - since_ms_;
    if (waited >= kEagerMs) longest_ms_ = std::min(longest_ms_ * 2, kLongestMs);
    // Most servers listen some milliseconds after their start: to ask again after 100 would more than double that.
    return std::clamp(waited / 4, kShortestMs, longest_ms_);
  }

 private:
  static constexpr std::uint64_t kShortestMs = 5;
  static constexpr std::uint64_t kFirstMs = 100;
  static constexpr std::uint64_t kEagerMs = 5'000;
  static constexpr std::uint64_t kLongestMs = 5'000;

  std::uint64_t since_ms_;
  std::uint64_t longest_ms_ = kFirstMs;
};

}  // namespace mooring::upstream
