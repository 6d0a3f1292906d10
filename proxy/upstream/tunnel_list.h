// TunnelList: the tunnels (WebSockets and the like) that are open through one worker, to be closed by their endpoint.
//
// A tunnel ends by itself, with either side, except when the drain of its endpoint has a deadline that passes. Part of
// the worker's ConnectionPool; members stand in the tunnels and leave with them. One loop, one thread.
#pragma once

#include "proxy/loop/stream.h"
#include "proxy/upstream/endpoint.h"

namespace mooring::upstream {

class TunnelList {
 public:
  class Member {
   public:
    Member(TunnelList& list, Endpoint& endpoint, std::uint32_t worker, loop::Stream& stream)
        : counters_(endpoint.counters.of(worker)), endpoint_(endpoint), stream_(stream), next_(list.first_) {
      link_ = &list.first_;
      if (next_ != nullptr) next_->link_ = &next_;
      list.first_ = this;
      counters_.tunnels.add(1);
    }
    ~Member() {
      counters_.tunnels.add(-1);
      *link_ = next_;
      if (next_ != nullptr) next_->link_ = link_;
    }
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;

   private:
    friend class TunnelList;
    EndpointCounters& counters_;
    const Endpoint& endpoint_;
    loop::Stream& stream_;
    Member* next_;
    Member** link_;
  };

  // Ends those to `endpoint`: both sides see FIN. They leave the list later, from the loop.
  void close(const Endpoint& endpoint) {
    for (Member* member = first_; member != nullptr; member = member->next_) {
      if (&member->endpoint_ == &endpoint) member->stream_.close();
    }
  }

 private:
  Member* first_ = nullptr;
};

}  // namespace mooring::upstream
