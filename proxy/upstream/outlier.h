// Outlier: for how long an endpoint that refused a connection is left out: a moment that grows while it goes on so.
//
// 200 ms the first time; twice as long each time that it refuses again soon after it was let in, up to 10 s; from the
// start when it was well for longer. Owned by the endpoint's entry in the registry, on the control loop. Pure: the
// caller has the clock.
#pragma once

#include <algorithm>
#include <cstdint>

namespace mooring::upstream {

class Outlier {
 public:
  static constexpr std::uint64_t kFirstMs = 200;
  static constexpr std::uint64_t kLongestMs = 10'000;
  // Well for this long: what was before is forgotten.
  static constexpr std::uint64_t kSettledMs = 10'000;

  void let_in(std::uint64_t now_ms) { let_in_ms_ = now_ms; }
  // It refused a connection: for so long it is left out.
  std::uint64_t refused(std::uint64_t now_ms) {
    const bool again = wait_ms_ != 0 && now_ms - let_in_ms_ < kSettledMs;
    wait_ms_ = again ? std::min(wait_ms_ * 2, kLongestMs) : kFirstMs;
    return wait_ms_;
  }

 private:
  std::uint64_t let_in_ms_ = 0;
  std::uint64_t wait_ms_ = 0;  // 0: it never refused
};

}  // namespace mooring::upstream
