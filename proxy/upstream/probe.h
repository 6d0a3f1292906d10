// Probe: the connect gate: tries to open a TCP connection until one is accepted, then says so once.
//
// A host name is looked up before each try, and all its addresses are tried. At once, then after waits of 5 to 100 ms
// for 5 s, then at intervals that double up to 5 s: what starts in a moment is let in in a moment, what never listens
// costs next to nothing. Of thousands that are new at once, only so many hold a descriptor at a time. Runs as a task of
// the registry's scope, on the control loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/loop/connect.h"
#include "proxy/loop/places.h"
#include "proxy/loop/socket_address.h"
#include "proxy/loop/task_scope.h"
#include "proxy/loop/timer.h"

namespace mooring::upstream {

// The addresses of a host name: loop::resolve, or a test's own.
using NameLookup =
    std::function<loop::Task<std::vector<loop::SocketAddress>>(loop::EventLoop&, std::string, std::uint16_t)>;

class Probe {
 public:
  struct Told {
    void (*accepted)(void* context);
    void (*looked_up)(void* context, bool found);  // of a host name, each time
    void* context;
  };

  // Starts at once. It tells on the loop; never after it was destroyed, which stops it. `lookup` outlives it, `places`
  // its task.
  Probe(loop::EventLoop& loop, loop::TaskScope& scope, loop::Places& places, std::string host, std::uint16_t port,
        const NameLookup& lookup, Told told);
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
