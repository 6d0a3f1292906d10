// Probe: the connect gate: tries to open a TCP connection until one is accepted, then says so once.
//
// At once, then after waits of 5 to 100 ms for 5 s, then at intervals that double up to 5 s: what starts in a moment is
// let in in a moment, what never listens costs next to nothing. Runs as a task of the registry's scope, on the
// control loop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "proxy/loop/connect.h"
#include "proxy/loop/task_scope.h"
#include "proxy/loop/timer.h"

namespace mooring::upstream {

class Probe {
 public:
  using Accepted = void (*)(void* context);

  // Starts at once. `accepted` is called on the loop; never after stop(). Destroying it stops it.
  Probe(loop::EventLoop& loop, loop::TaskScope& scope, std::string host, std::uint16_t port, Accepted accepted,
        void* context);
  ~Probe();
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  const std::string& host() const;

 private:
  // Shared with the task, which may end after the probe.
  struct State;
  static loop::Task<void> run(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

}  // namespace mooring::upstream
