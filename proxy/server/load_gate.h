// LoadGate: bounds what a worker's clients make it hold in memory, and says who pays when it is too much.
//
// Two sums have a limit (LoadLimits): heads of which only a part has come, and the bytes that requests in progress hold
// in read buffers, heads and kept bodies. Who is slow pays first: the head that has been incomplete for the longest
// gets 503, then the clients that have kept their exchange waiting for the longest are cut off. A new request is
// refused only when that does not help. In the common case this is one comparison a request. Owned by a worker, used on
// its thread; the counts may be read on any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "proxy/loop/event_loop.h"
#include "proxy/observe/cells.h"
#include "proxy/server/limits.h"

namespace mooring::server {

struct ConnectionGroup;

class LoadGate {
 public:
  LoadGate(loop::EventLoop& loop, LoadLimits limits, std::uint32_t worker)
      : loop_(loop), limits_(limits), worker_(worker) {}
  LoadGate(const LoadGate&) = delete;
  LoadGate& operator=(const LoadGate&) = delete;

  // A head on its way in. Counts from the first wait() on, until it is destroyed or evicted.
  class Head {
   public:
    using Evict = void (*)(void* context);
    Head(LoadGate* gate, Evict evict, void* context) : gate_(gate), evict_(evict), context_(context) {}
    ~Head() { leave(); }
    Head(const Head&) = delete;
    Head& operator=(const Head&) = delete;

    // It is incomplete, and more is waited for. `evict` may be called from within, for this head or for others.
    void wait();

   private:
    friend class LoadGate;
    void leave();

    LoadGate* gate_;  // null: no limit
    Evict evict_;
    void* context_;
    Head* older_ = nullptr;
    Head* newer_ = nullptr;
    bool counted_ = false;
    bool evicted_ = false;
  };

  // Whether a request whose head is complete may go on. Cuts slow clients off where that makes room.
  bool admit() {
    if (held() <= limits_.buffered / 8 * 7) return true;
    return make_room();
  }

  // Bytes that the requests in progress hold now.
  std::size_t held() const;
  // The connections among which the slow ones are looked for. Must outlive the gate's use.
  void watch(ConnectionGroup& group) { groups_.push_back(&group); }

  observe::Count refused{};  // requests and unfinished heads that got 503, since the start
  observe::Count cut{};      // clients that were cut off in an exchange, since the start

 private:
  bool make_room();
  void cut_slow();
  void evict_oldest();
  void say();

  loop::EventLoop& loop_;
  const LoadLimits limits_;
  const std::uint32_t worker_;
  std::vector<ConnectionGroup*> groups_;
  Head* oldest_ = nullptr;
  Head* newest_ = nullptr;
  std::size_t heads_ = 0;
  std::uint64_t looked_ms_ = 0;
  std::uint64_t said_ms_ = 0;
};

}  // namespace mooring::server
