// FakeStatus: a StatusSource whose every answer is set by the test, and the table of a small shop to show.
//
// Nothing runs: waits end when the test says so, never by time. Single thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "proxy/loop/timer.h"
#include "proxy/server/status_source.h"

namespace mooring::test {

class FakeStatus final : public server::StatusSource {
 public:
  FakeStatus();

  routing::SnapshotPtr snapshot() const override { return table; }
  std::uint64_t generation() const override { return number; }
  std::int64_t generation_since_ms() const override { return 1'795'331'611'250; }
  std::int64_t started_ms() const override { return 1'795'331'606'586; }
  config::EngineStatus engine() const override { return engine_status; }
  bool synced() const override { return is_synced; }
  bool terminating() const override { return is_terminating; }
  std::vector<server::WorkerView> workers() const override { return worker_views; }
  const observe::Sessions& sessions() const override { return session_table; }
  const config::Options& options() const override { return start_options; }
  config::Problems process_problems() const override { return own_problems; }
  loop::Task<void> wait_for_change(loop::EventLoop& loop, std::uint64_t seen, std::uint64_t timeout_ms,
                                   http::Exchange* whose = nullptr) override;

  // Ends the waits: with another generation, or with the same, as when the time is over.
  void change() {
    ++number;
    end_waits();
  }
  void end_waits();

  std::shared_ptr<routing::Snapshot> table;
  std::uint64_t number = 42;
  config::EngineStatus engine_status;
  bool is_synced = true;
  bool is_terminating = false;
  std::vector<server::WorkerView> worker_views;
  observe::Sessions session_table{2};
  config::Options start_options;
  config::Problems own_problems;
  std::vector<std::uint64_t> waits;  // the time-outs that were asked for
  std::vector<loop::Sleep*> waiting;
};

// Two containers of one Compose project behind one sticky service, a router that waits for a middleware that is broken,
// and the API. One endpoint drains.
std::shared_ptr<routing::Snapshot> shop_table();

}  // namespace mooring::test
