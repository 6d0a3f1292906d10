// HoldQueue: the requests of one worker that wait for an endpoint to become ready, in the order in which they came.
//
// A request waits here when its service has a queue.timeout, nobody may take it and somebody is on his way. It is let
// go by whatever may have changed that: an endpoint's new state, a new table, its own time, the end of its client. Each
// then looks again, by the balancer that its service has now. wake() is for the worker's loop; anybody() is for the
// control loop, which need not post to a worker on which nobody waits. One a worker.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>

#include "proxy/http/exchange.h"
#include "proxy/loop/task.h"
#include "proxy/loop/timer.h"

namespace mooring::upstream {

class HoldQueue {
 public:
  // Stands in the queue for as long as it lives: behind those whose turn is earlier.
  class Place {
   public:
    Place(HoldQueue& queue, http::Exchange& exchange, std::uint64_t turn);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // Until wake(), the exchange's cancellation, or `ms`, whichever comes first.
    loop::Task<void> wait(std::uint64_t ms);

   private:
    friend class HoldQueue;
    HoldQueue& queue_;
    http::Exchange& exchange_;
    loop::Sleep sleep_;
    const std::uint64_t turn_;
    std::list<Place*>::iterator position_;
  };

  // For whoever comes now. A request keeps its turn for as long as it is not answered.
  std::uint64_t next_turn() { return ++last_turn_; }
  // All look again, the first that came first.
  void wake();
  // Any thread. A state that was stored before is seen by whoever comes in after this said no.
  bool anybody();

 private:
  std::list<Place*> places_;  // by turn
  std::uint64_t last_turn_ = 0;
  std::atomic<std::uint64_t> waiting_{0};
};

}  // namespace mooring::upstream
