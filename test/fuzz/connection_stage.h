// One client's connection and the upstream behind it, on streams in memory: what the connection fuzz target drives.
//
// The real Connection, routing, balancer, attempt and pool between two scripts: one says what the client's bytes are,
// one what each upstream connection answers. play() returns when both sides have ended and nothing is left; one that
// does not come to its end is a bug, and ends the process. One loop, one thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/loop/event_loop.h"
#include "proxy/loop/pipe_stream.h"
#include "proxy/loop/task_scope.h"
#include "proxy/routing/snapshot.h"
#include "proxy/server/connection.h"
#include "proxy/server/entry_point_handler.h"
#include "proxy/server/snapshot_slot.h"
#include "proxy/upstream/connection_pool.h"
#include "proxy/upstream/hold_queue.h"

namespace mooring::test {

struct Play {
  std::string_view client;    // everything the client sends
  std::string_view upstream;  // what each upstream connection says
  bool byte_by_byte = false;
  bool upstream_first = false;   // it speaks before it was asked
  bool upstream_closes = false;  // at the end of its bytes; else it waits
  bool client_resets = false;    // RST instead of FIN at the end
};

struct Outcome {
  std::string to_client;
  std::vector<std::string> to_upstream;  // of each connection
};

class ConnectionStage {
 public:
  ConnectionStage();
  ~ConnectionStage();
  ConnectionStage(const ConnectionStage&) = delete;
  ConnectionStage& operator=(const ConnectionStage&) = delete;

  Outcome play(const Play& play);

 private:
  struct End;  // a script's end of a pair of streams
  static loop::Task<void> speak(End& end, std::string_view bytes, const Play& play, bool is_client);
  static loop::Task<void> hear(End& end);
  upstream::Opened open();
  void settle();
  void run_until_still();
  std::size_t progress() const;

  loop::EventLoop loop_;
  upstream::ConnectionPool pool_;
  upstream::HoldQueue holds_;
  server::ExchangeCache exchanges_;
  config::Options options_;
  http::HeadLimits limits_;
  server::SnapshotSlot slot_;
  server::EntryPointHandler handler_;
  server::LoadGate gate_;
  server::ConnectionGroup group_;
  loop::TaskScope tasks_;
  std::unique_ptr<End> client_;
  std::vector<std::unique_ptr<End>> upstreams_;
  const Play* play_ = nullptr;
};

}  // namespace mooring::test
