// Departed: the fragments of containers that ended a moment ago, which stay in the table until their time is over.
//
// Between the end of a container and the start of its successor (a restart, a recreation) nobody defines its routes: to
// take them away at once would turn a second of 503, or of waiting in the queue, into 404. Keeps the time only; what
// staying means is the merge's business. Owned by the control plane, on its loop.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "proxy/loop/deadline.h"
#include "proxy/loop/event_loop.h"

namespace mooring::server {

class Departed {
 public:
  // `over` is called on the loop with the id of each fragment whose time is over.
  Departed(loop::EventLoop& loop, std::chrono::milliseconds time, std::function<void(const std::string&)> over)
      : loop_(loop), time_(time), over_(std::move(over)) {}

  bool keeps() const { return time_.count() > 0; }
  void add(const std::string& id);
  // It is back, or gone for good.
  void forget(const std::string& id) { leaving_.erase(id); }
  void clear() { leaving_.clear(); }

 private:
  struct Leaving {
    Departed& departed;
    std::string id;
    loop::Deadline deadline;
    Leaving(Departed& of, const std::string& fragment);
  };
  static void passed(void* leaving);

  loop::EventLoop& loop_;
  std::chrono::milliseconds time_;
  std::function<void(const std::string&)> over_;
  std::map<std::string, std::unique_ptr<Leaving>> leaving_;
};

}  // namespace mooring::server
