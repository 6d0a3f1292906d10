// The body, or the tunnel, of an answer from an upstream, with its hold on the connection.
//
// A body that is read to its end lets the connection go back to the pool; one that is dropped before ends it. One loop,
// one thread.
#pragma once

#include "proxy/http/exchange.h"
#include "proxy/http/stream_body.h"
#include "proxy/loop/frame_pool.h"
#include "proxy/upstream/connection_pool.h"

namespace mooring::upstream {

// Counts a request in flight for as long as it exists.
class InFlight {
 public:
  InFlight(Endpoint& endpoint, std::uint32_t worker);
  InFlight(InFlight&& other) noexcept : counters_(std::exchange(other.counters_, nullptr)) {}
  InFlight& operator=(InFlight&&) = delete;
  ~InFlight();

 private:
  EndpointCounters* counters_;
};

class ResponseBody final : public http::Body {
 public:
  ResponseBody(http::Exchange& exchange, Lease lease, const http::Framing& framing, bool keep_alive,
               InFlight in_flight);
  ~ResponseBody() override;

  // One a request: from the frame pool, as coroutines are.
  static void* operator new(std::size_t bytes) { return loop::take_frame(bytes); }
  static void operator delete(void* body, std::size_t bytes) noexcept { loop::give_frame(body, bytes); }

  bool try_read(http::BodyRead& piece) override { return body_.try_read(piece); }
  loop::Task<http::BodyRead> read() override { return body_.read(); }
  bool can_move_to(const loop::Stream& sink) const override { return body_.can_move_to(sink); }
  loop::Task<std::uint64_t> move_to(loop::Stream& sink) override { return body_.move_to(sink); }
  void interrupt() override { body_.interrupt(); }
  const http::HeaderMap* trailers() const override { return body_.trailers(); }

 private:
  http::Exchange& exchange_;
  Lease lease_;
  InFlight in_flight_;
  http::StreamBody<http::ResponseParser> body_;
  bool keep_alive_;
};

class UpstreamTunnel final : public http::Tunnel {
 public:
  UpstreamTunnel(http::Exchange& exchange, Lease lease, InFlight in_flight);
  ~UpstreamTunnel() override;
  loop::Stream& stream() override { return lease_->stream(); }

 private:
  http::Exchange& exchange_;
  Lease lease_;
  InFlight in_flight_;
  TunnelList::Member listed_;
};

// The connection has done its part: it may take another request if everything is as it should be.
void finish_lease(http::Exchange& exchange, Lease& lease, bool keep_alive);

}  // namespace mooring::upstream
