// StatusSource: what is going on, for whoever shows it: the JSON API, the control socket, tests with a fake.
//
// Implemented by the control plane. Everything here may be called from any loop's thread; nothing blocks for longer
// than a copy, and nothing is on a request's path.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "proxy/config/options.h"
#include "proxy/config/updates.h"
#include "proxy/http/exchange.h"
#include "proxy/loop/task.h"
#include "proxy/observe/sessions.h"
#include "proxy/routing/snapshot.h"
#include "proxy/server/drain_orders.h"

namespace mooring::server {

struct WorkerView {
  std::uint64_t connections = 0;        // open client connections
  std::uint64_t busy = 0;               // of these, with a request in progress
  std::uint64_t requests = 0;           // since the start
  std::uint64_t accept_withheld = 0;    // 1: near the descriptor limit, new connections wait in the kernel's queue
  std::uint64_t bad_proxy_headers = 0;  // connections that were closed for a malformed PROXY header, since the start
  std::uint64_t refused_for_load = 0;   // requests and unfinished heads that got 503 for overload, since the start
  std::uint64_t cut_for_load = 0;       // slow clients that were cut off for the same reason, since the start
  std::uint64_t generation = 0;         // of the table it routes by; 0 before the first
};

class StatusSource {
 public:
  virtual ~StatusSource() = default;

  virtual routing::SnapshotPtr snapshot() const = 0;
  // Counts every change that somebody may want to see: a new table, and each change of an endpoint's state.
  virtual std::uint64_t generation() const = 0;
  // Wall clock, milliseconds since the epoch, of the present generation, and of the start of the process.
  virtual std::int64_t generation_since_ms() const = 0;
  virtual std::int64_t started_ms() const = 0;
  virtual config::EngineStatus engine() const = 0;
  // True once the first full listing is in the table.
  virtual bool synced() const = 0;
  virtual bool terminating() const = 0;
  virtual std::vector<WorkerView> workers() const = 0;
  virtual const observe::Sessions& sessions() const = 0;
  virtual const config::Options& options() const = 0;
  // The orders of people that are in force, by name.
  virtual std::vector<DrainView> drains() const = 0;
  // Of the process: started as another user, options that are not done …
  virtual config::Problems process_problems() const = 0;

  // Returns when generation() is not `seen` any more, after `timeout_ms`, or when `whose` (may be null) is canceled.
  // Resumes on `loop`, which is the caller's.
  virtual loop::Task<void> wait_for_change(loop::EventLoop& loop, std::uint64_t seen, std::uint64_t timeout_ms,
                                           http::Exchange* whose = nullptr) = 0;
};

}  // namespace mooring::server
