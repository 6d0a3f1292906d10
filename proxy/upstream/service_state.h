// ServiceState: what a service remembers from snapshot to snapshot: its place in the schedule, its sticky counters.
//
// Kept by the service's name for as long as some snapshot has that service. Workers add to their own cells; anybody
// reads.
#pragma once

#include <atomic>
#include <cstdint>

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

struct ServiceState {
  std::atomic<std::uint32_t> position{0};
  observe::Cells<AffinityCounters> affinity;
};

}  // namespace mooring::upstream
