// PassiveWatch: counts what requests themselves meet at one endpoint of one service, and says once it is too much.
//
// Only for services with passiveHealthCheck.*; the others' requests meet a null pointer. A failure is a request that
// never got an answer from the endpoint, or got 500 or more; a good answer clears what was counted. Shared by all
// workers: a good answer costs one relaxed load, a failure a short lock. What is said goes to the control loop.
// Source: compat page, section 3.5.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "proxy/config/dynamic.h"

namespace mooring::upstream {

class PassiveWatch {
 public:
  using Clock = std::chrono::steady_clock;
  // Called by the worker that saw the last failure: with the endpoint's id, for how long it is out, and why.
  using Tripped = std::function<void(const std::string& id, std::chrono::milliseconds window, std::string why)>;

  PassiveWatch(config::PassiveHealthCheckConfig config, std::string endpoint_id, Tripped tripped);
  PassiveWatch(const PassiveWatch&) = delete;
  PassiveWatch& operator=(const PassiveWatch&) = delete;

  const config::PassiveHealthCheckConfig& config() const { return config_; }

  // Any worker. `status`: of the answer.
  void answered(int status, Clock::time_point now = Clock::now());
  // No answer came: `what` says why.
  void failed(std::string_view what, Clock::time_point now = Clock::now());

 private:
  const config::PassiveHealthCheckConfig config_;
  const std::string endpoint_id_;
  const Tripped tripped_;
  std::atomic<bool> any_{false};  // something is counted
  std::mutex mutex_;
  std::deque<Clock::time_point> failures_;  // within the window, oldest first
};

}  // namespace mooring::upstream
