// FakeStatus: a StatusSource whose every answer is set by the test, and the table of a small shop to show.
//
// Nothing runs: waits end when the test says so, never by time. Single thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
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
  std::vector<server::DrainView> drains() const override { return drain_views; }
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
  std::vector<server::DrainView> drain_views;
  std::vector<std::uint64_t> waits;  // the time-outs that were asked for
  std::vector<loop::Sleep*> waiting;
};

// Keeps what it is asked to do, and says what the test told it to.
class FakeOrders final : public server::DrainOrders {
 public:
  server::DrainView drain(const server::DrainTarget& target, std::chrono::milliseconds deadline) override {
    drained.push_back(target);
    deadlines.push_back(deadline);
    server::DrainView view;
    view.target = target;
    view.states = "draining";
    view.since_ms = 1'795'331'611'250;
    view.deadline_ms = view.since_ms + deadline.count();
    view.sessions = 3;
    return view;
  }
  bool undrain(const std::string& id) override {
    undone.push_back(id);
    return something_to_undo;
  }

  std::vector<server::DrainTarget> drained;
  std::vector<std::chrono::milliseconds> deadlines;
  std::vector<std::string> undone;
  bool something_to_undo = true;
};

// Two containers of one Compose project behind one sticky service, a router that waits for a middleware that is broken,
// and the API. One endpoint drains.
std::shared_ptr<routing::Snapshot> shop_table();

}  // namespace mooring::test
