// Backoff: how long to wait before the engine is asked again: 250 ms, doubling up to 5 s, with a fifth of it at random,
// so that several proxies do not come back in step. A plain value; one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace mooring::docker {

inline constexpr std::chrono::milliseconds kFirstBackoff{250};
inline constexpr std::chrono::milliseconds kLastBackoff{5'000};

class Backoff {
 public:
  explicit Backoff(std::uint32_t seed) : random_(seed) {}

  std::chrono::milliseconds next() {
    const std::chrono::milliseconds base = base_;
    base_ = std::min(kLastBackoff, base_ * 2);
    const auto spread = static_cast<std::uint64_t>(base.count()) / 5;
    return base - std::chrono::milliseconds(spread / 2) + std::chrono::milliseconds(random_() % (spread + 1));
  }
  // It has answered.
  void reset() { base_ = kFirstBackoff; }

 private:
  std::chrono::milliseconds base_ = kFirstBackoff;
  std::minstd_rand random_;
};

}  // namespace mooring::docker
