// WaitingAttempts: the attempts of one worker that wait for an upstream: for a connection, or for the head of an
// answer.
//
// A container that is paused, or whose network was taken away, ends no connection: whoever waits for it would wait for
// ever. When the engine says so, its attempts are given up here, so that requests which may be repeated move on. One a
// worker, on its loop.
#pragma once

#include <cstdint>
#include <string_view>

#include "proxy/http/kept_body.h"
#include "proxy/upstream/balancer.h"

namespace mooring::upstream {

class WaitingAttempts {
 public:
  // One attempt, for as long as it waits.
  class Place {
   public:
    // `repeatable`: as far as its body is at hand, the request may be sent to another endpoint of `balancer` than those
    // in `tried`.
    Place(WaitingAttempts& all, const http::KeptBody& body, const Endpoint& endpoint, const Balancer* balancer,
          std::uint64_t tried, bool repeatable);
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    // What giving up has to do now; cleared with null.
    void on_lost(void (*action)(void* context), void* context);
    bool lost() const { return lost_; }

   private:
    friend class WaitingAttempts;
    bool movable() const;
    WaitingAttempts& all_;
    const http::KeptBody& body_;
    const Endpoint& endpoint_;
    const Balancer* balancer_;
    std::uint64_t tried_;
    bool repeatable_;
    bool lost_ = false;
    void (*action_)(void* context) = nullptr;
    void* context_ = nullptr;
    // Linked through the places themselves: every attempt has one, and none costs an allocation.
    Place* before_;
    Place* after_ = nullptr;
  };

  // The container will not answer. With `movable_only` those stay that could go nowhere else: it may come back.
  void give_up(std::string_view container_id, bool movable_only);

 private:
  Place* last_ = nullptr;
};

}  // namespace mooring::upstream
