// NameWatch: looks a host name up again and again while its endpoint is in use, and says once when it is gone.
//
// One failed look-up may be the resolver's bad moment: only several in a row count. Connections look the name up
// themselves each time, so that a new address needs nobody's help. Runs as a task of the registry's scope, on the
// control loop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "proxy/loop/task_scope.h"
#include "proxy/loop/timer.h"
#include "proxy/upstream/probe.h"

namespace mooring::upstream {

struct NamePace {
  std::uint64_t interval_ms = 10'000;
  std::uint64_t again_ms = 1'000;  // after a look-up that failed
  int failures = 3;                // in a row: the name is lost
};

class NameWatch {
 public:
  using Lost = void (*)(void* context);

  // `lost` is called on the loop, once at most; never after it was destroyed, which stops it.
  NameWatch(loop::EventLoop& loop, loop::TaskScope& scope, std::string host, const NameLookup& lookup, NamePace pace,
            Lost lost, void* context);
  ~NameWatch();
  NameWatch(const NameWatch&) = delete;
  NameWatch& operator=(const NameWatch&) = delete;

  const std::string& host() const;

 private:
  // Shared with the task, which may end after the watch.
  struct State;
  static loop::Task<void> run(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

}  // namespace mooring::upstream
