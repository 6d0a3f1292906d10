// ServiceState: what a service remembers from snapshot to snapshot: its place in the schedule, its sticky counters.
//
// Kept by the service's name for as long as some snapshot has that service. Workers add to their own cells; anybody
// reads.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "proxy/observe/cells.h"

namespace mooring::upstream {

// Why a session that had an endpoint got another one.
enum class Moved : std::uint8_t { gone, draining, unhealthy, unknown };

struct AffinityCounters {
  observe::Count requests;  // that came with or without a cookie
  observe::Count kept;      // the cookie's endpoint answered
  observe::Count fresh;     // no cookie of ours: a new session
  observe::Count moved_gone;
  observe::Count moved_draining;
  observe::Count moved_unhealthy;
  observe::Count moved_unknown;
};

class Balancer;

struct ServiceState {
  std::atomic<std::uint32_t> position{0};
  observe::Cells<AffinityCounters> affinity;
  std::atomic<std::int64_t> held{0};  // requests that wait for an endpoint, on all workers

  // The balancer that the service has now: for requests that were routed by an older one and had to wait. Any thread,
  // never on the path of a request that does not wait. Null: the service has gone.
  std::shared_ptr<const Balancer> current() const {
    const std::lock_guard lock(mutex_);
    return current_.lock();
  }
  void set_current(const std::shared_ptr<const Balancer>& balancer) {
    const std::lock_guard lock(mutex_);
    current_ = balancer;
  }

 private:
  mutable std::mutex mutex_;
  std::weak_ptr<const Balancer> current_;
};

}  // namespace mooring::upstream
