// ControlPlane: turns what providers say into routing tables and endpoint states, and hands them to the workers.
//
// It owns the control loop and its thread. As a config::Sink it is called from providers' threads and only posts; all
// else happens on the control loop. As a StatusSource it answers from any thread. Removals and drains are in force
// before the call that brought them has returned to the loop; nothing here waits for a worker.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "proxy/config/merger.h"
#include "proxy/config/options.h"
#include "proxy/config/updates.h"
#include "proxy/routing/snapshot_builder.h"
#include "proxy/server/departed.h"
#include "proxy/server/drain_book.h"
#include "proxy/server/status_source.h"
#include "proxy/server/worker.h"
#include "proxy/upstream/endpoint_registry.h"

namespace mooring::server {

class ControlPlane final : public config::Sink, public StatusSource, public DrainOrders {
 public:
  explicit ControlPlane(const config::Options& options);
  ~ControlPlane() override;

  // Before start(): what else there is to route to, who gets the tables, and what is wrong with the process.
  void add_internal(std::vector<routing::InternalRoute> routes,
                    std::map<std::string, std::shared_ptr<const http::Handler>> services);
  void add_worker(Worker& worker) { workers_.push_back(&worker); }
  // Owned; null: orders end with the process.
  void use_journal(std::unique_ptr<DrainJournal> journal);
  void add_problem(config::Problem problem) { process_problems_.push_back(std::move(problem)); }
  loop::EventLoop& loop() { return loop_; }
  observe::Sessions& session_table() { return sessions_; }

  // Makes the thread. `providers` are those whose first full listing is waited for before any table is published;
  // without any, that of the internal routes is published at once.
  void start(std::set<std::string> providers);
  // From here on /ping says that the process is ending.
  void set_terminating();
  // Ends the loop and the thread; providers and workers must have ended.
  void stop();
  // A snapshot that a worker is done with. Any thread.
  void retire(routing::SnapshotPtr snapshot);

  // config::Sink
  void publish(config::Update update) override;
  void observe(config::ContainerEvent event) override;
  void report(config::EngineStatus status) override;

  // StatusSource
  routing::SnapshotPtr snapshot() const override;
  std::uint64_t generation() const override { return generation_.load(); }
  std::int64_t generation_since_ms() const override { return generation_since_ms_.load(); }
  std::int64_t started_ms() const override { return started_ms_; }
  config::EngineStatus engine() const override;
  bool synced() const override { return synced_.load(); }
  bool terminating() const override { return terminating_.load(); }
  std::vector<WorkerView> workers() const override;
  const observe::Sessions& sessions() const override { return sessions_; }
  const config::Options& options() const override { return options_; }
  std::vector<DrainView> drains() const override { return drains_.views(); }
  config::Problems process_problems() const override { return process_problems_; }
  loop::Task<void> wait_for_change(loop::EventLoop& loop, std::uint64_t seen, std::uint64_t timeout_ms,
                                   http::Exchange* whose = nullptr) override;

  // DrainOrders
  DrainView drain(const DrainTarget& target, std::chrono::milliseconds deadline) override {
    return drains_.order(target, deadline);
  }
  bool undrain(const std::string& id) override { return drains_.undo(id); }

 private:
  struct Waiter;
  void run();
  void apply(config::Update update);
  void rebuild();
  void endpoint_changed(const std::string& container_id);
  void happened(const config::ContainerEvent& event);
  void departed(const std::string& fragment_id);
  void readiness_changed(const std::string& container_id);
  void engine_unreachable();
  void bump();

  const config::Options& options_;
  const std::int64_t started_ms_;
  loop::EventLoop loop_;
  upstream::EndpointRegistry registry_;
  observe::Sessions sessions_;
  std::unique_ptr<DrainJournal> journal_;
  DrainBook drains_;
  std::vector<routing::InternalRoute> internal_routes_;
  std::map<std::string, std::shared_ptr<const http::Handler>> internal_services_;
  std::vector<Worker*> workers_;
  config::Problems process_problems_;
  config::Merger merger_;
  Departed departed_;
  std::unique_ptr<routing::SnapshotBuilder> builder_;
  bool rebuild_wanted_ = false;
  std::set<std::string> awaited_;  // providers that have not said yet that their listing is complete
  std::size_t listed_ = 0;         // how many have
  // The engine cannot be reached, and is the only one that is waited for: the others' table is published without it.
  bool without_engine_ = false;

  std::atomic<std::uint64_t> generation_{0};
  std::atomic<std::int64_t> generation_since_ms_{0};
  std::atomic<bool> synced_{false};
  std::atomic<bool> terminating_{false};
  mutable std::mutex mutex_;  // for what follows; never on a request's path
  routing::SnapshotPtr snapshot_;
  config::EngineStatus engine_;
  std::set<Waiter*> waiters_;  // each stands on the stack of its coroutine
  std::thread thread_;
};

}  // namespace mooring::server
