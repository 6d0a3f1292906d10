// Exchange: one request and its response, from the first byte of the head to the last byte of the answer.
//
// Made and recycled by a worker, lent to one connection at a time; handlers and middlewares get a reference for as long
// as they run. Everything that belongs to the exchange alone is here: its bytes (arena), its tasks, its record for the
// log, its one reason for being cancelled. One loop, one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "proxy/http/arena.h"
#include "proxy/http/body.h"
#include "proxy/http/forwarded.h"
#include "proxy/http/kept_body.h"
#include "proxy/http/request_head.h"
#include "proxy/loop/task_scope.h"

namespace mooring::upstream {
class ConnectionPool;
class HoldQueue;
}  // namespace mooring::upstream

namespace mooring::http {

// Passes interim answers (1xx but 101) on to the client while the final one is still to come.
class InterimSink {
 public:
  virtual ~InterimSink() = default;
  virtual loop::Task<void> interim(const ResponseHead& head) = 0;
};

// A wish, or a fact, about which endpoint of a balancer serves the exchange. Opaque here: http knows no endpoints.
struct EndpointChoice {
  const void* balancer = nullptr;
  std::uint32_t index = 0;

  bool operator==(const EndpointChoice&) const = default;
};

class Exchange {
 public:
  explicit Exchange(loop::EventLoop& on) : loop(on), tasks(on) {}

  loop::EventLoop& loop;
  std::uint32_t worker = 0;  // whose counters it counts in
  Arena arena;
  RequestHead request{arena};
  KeptBody body;                             // the request's body; its source is the connection's
  bool request_sent = false;                 // the upstream has all of the request
  upstream::ConnectionPool* pool = nullptr;  // the worker's; opaque here
  upstream::HoldQueue* holds = nullptr;      // the worker's; opaque here
  const Peer* peer = nullptr;                // owned by the connection
  InterimSink* interim = nullptr;
  std::uint64_t stall_ms = 0;  // so long may an upstream take nothing of the request; 0: no limit
  loop::TaskScope tasks;

  EndpointChoice preferred;  // set by affinity before the service runs
  EndpointChoice answered;   // set by the service: which endpoint the answer is from
  // Set by a service that held the exchange until it had another balancer than when it was routed: `answered.index` is
  // of this one. Kept for as long as anything of the exchange may refer to it.
  std::shared_ptr<const void> successor;
  // The balancer whose affinity counts this exchange already: one that is sticky twice counts once.
  const void* affinity_of = nullptr;

  // For the access log and the status page. Views into the snapshot, which the exchange pins.
  std::string_view router;
  std::string_view service;
  std::string_view server_url;
  std::string_view user;  // who an authenticating middleware says asks
  std::uint32_t retries = 0;
  std::uint64_t started_ms = 0;  // the loop's clock
  std::chrono::system_clock::time_point started_at;
  // What only some access logs want to know, and is looked at for those alone.
  struct Origin {
    bool timed = false;        // somebody logs how long it took
    bool keep_fields = false;  // somebody logs fields as the upstream sent them
    std::chrono::steady_clock::time_point exchange_began;
    std::chrono::steady_clock::time_point began;  // the service was asked
    std::uint16_t status = 0;                     // 0: no upstream answered
    std::uint64_t bytes = 0;                      // of its answer's body
    const HeaderMap* fields = nullptr;
  } origin;

  // Ends the exchange early: whoever waits in it is woken by closing what it waits for. The first reason stays.
  void cancel(FailureKind why, Side side) {
    Failure failure;
    failure.kind = why;
    failure.side = side;
    cancel(failure);
  }
  void cancel(const Failure& why) {
    if (canceled_) return;
    canceled_ = why;
    if (on_cancel_ != nullptr) on_cancel_(cancel_context_);
  }
  const Failure& canceled() const { return canceled_; }

  // What cancel() has to do now: one slot, for the innermost wait. Cleared with null.
  using OnCancel = void (*)(void* context);
  void on_cancel(OnCancel action, void* context) {
    on_cancel_ = action;
    cancel_context_ = context;
  }

  // Called when the exchange is over and nothing of it refers to anything any more: one slot.
  void at_end(void (*action)(void* context), void* context) {
    at_end_ = action;
    end_context_ = context;
  }

  // Ready for the next request; memory goes back to the thread.
  void reset();

 private:
  Failure canceled_;
  OnCancel on_cancel_ = nullptr;
  void* cancel_context_ = nullptr;
  void (*at_end_)(void* context) = nullptr;
  void* end_context_ = nullptr;
};

}  // namespace mooring::http
