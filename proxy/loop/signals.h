// Signals: hears signals of the process on a loop: SIGTERM, SIGINT and the like.
//
// The callback runs on the loop, like any other event, so it may do what it wants. While a Signals lives, its signals
// do not end the process. It does not keep the loop alive. One loop, one thread.
#pragma once

#include <functional>
#include <initializer_list>
#include <vector>

#include "proxy/loop/event_loop.h"

struct uv_signal_s;

namespace mooring::loop {

class Signals {
 public:
  using Caught = std::function<void(int signal)>;

  Signals(EventLoop& loop, std::initializer_list<int> signals, Caught caught);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  EventLoop& loop_;
  Caught caught_;
  std::vector<uv_signal_s*> handles_;
};

}  // namespace mooring::loop
