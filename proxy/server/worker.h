// Worker: one thread of the data plane: its loop, its listeners, its connections and its upstream pool.
//
// Shares nothing with the other workers but immutable snapshots, endpoints and counters' cells. Built on the main
// thread with sockets that are bound already; start() makes the thread. What other threads may do is post: adopt(),
// close_tunnels(), drain(), abort().
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "proxy/config/options.h"
#include "proxy/loop/listener.h"
#include "proxy/loop/task_scope.h"
#include "proxy/loop/timer.h"
#include "proxy/server/connection.h"
#include "proxy/server/entry_point_handler.h"
#include "proxy/server/load_gate.h"
#include "proxy/server/snapshot_slot.h"
#include "proxy/server/status_source.h"
#include "proxy/upstream/connection_pool.h"
#include "proxy/upstream/hold_queue.h"

namespace mooring::server {

// One entry point's socket for one worker.
struct BoundEntryPoint {
  std::size_t index;  // in Options::entry_points and Snapshot::tables
  const config::EntryPointOptions* options;
  loop::ListenSocket socket;
};

struct WorkerSetup {
  std::uint32_t index;
  const config::Options& options;
  std::vector<BoundEntryPoint> entry_points;
  std::size_t max_connections;  // above it accepting is withheld
  std::string hostname;
  observe::AccessSink* access;  // may be null
  // Gets each snapshot back when no exchange of this worker uses it any more.
  std::function<void(routing::SnapshotPtr)> retire;
  TimeLimits times{};
  LoadLimits load{};
};

class Worker {
 public:
  explicit Worker(WorkerSetup setup);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start();
  void adopt(routing::SnapshotPtr snapshot);
  // Some endpoint may take requests that could not before: those that wait look again.
  void endpoint_changed();
  // The container will not answer (it ended, or is paused: `paused`): requests that wait for it move on where they may.
  void container_left(std::string container_id, bool paused);
  // Ends the tunnels to an endpoint: its drain's deadline has passed.
  void close_tunnels(upstream::EndpointPtr endpoint);
  // Stops accepting after each entry point's grace, finishes what runs up to its grace time, then ends the thread.
  void drain();
  // Ends everything now.
  void abort();
  // The thread has nothing left to do.
  bool ended() const { return ended_.load(); }
  void join();

  WorkerView view() const;
  // The port that entry point got, for tests that asked for port 0.
  std::uint16_t port(std::size_t entry_point) const;

 private:
  struct EntryPoint;

  void listen();
  void accept(EntryPoint& entry_point, std::unique_ptr<loop::SocketStream> stream);
  void connection_closed();
  void publish_view();
  loop::Task<void> drain_entry_point(EntryPoint& entry_point);
  loop::Task<void> drain_all();
  loop::Task<void> give_up_soon(std::string container_id);
  static void give_up(void* entry_point);

  const std::uint32_t index_;
  const std::size_t max_connections_;
  loop::EventLoop loop_;
  upstream::ConnectionPool pool_;
  upstream::HoldQueue holds_;
  ExchangeCache exchanges_;
  LoadGate gate_;
  SnapshotSlot slot_;
  std::vector<std::unique_ptr<EntryPoint>> entry_points_;
  loop::TaskScope tasks_;
  std::size_t connections_ = 0;
  bool withheld_ = false;
  bool draining_ = false;
  bool aborted_ = false;
  std::atomic<std::uint64_t> connections_view_{0};
  std::atomic<std::uint64_t> withheld_view_{0};
  std::atomic<std::uint64_t> generation_view_{0};
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

}  // namespace mooring::server
