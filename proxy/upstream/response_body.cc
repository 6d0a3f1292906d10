#include "proxy/upstream/response_body.h"

#include <chrono>

namespace mooring::upstream {

InFlight::InFlight(Endpoint& endpoint, std::uint32_t worker) : counters_(&endpoint.counters.of(worker)) {
  counters_->in_flight.add(1);
  counters_->requests.add(1);
}

InFlight::~InFlight() {
  if (counters_ != nullptr) counters_->in_flight.add(-1);
}

void finish_lease(http::Exchange& exchange, Lease& lease, bool keep_alive) {
  exchange.on_cancel(nullptr, nullptr);
  if (keep_alive && exchange.request_sent) {
    lease->allow_reuse();
    return;
  }
  // The answer is there and the request is not all gone: nobody wants the rest (RFC 9112 section 9.3 lets us close).
  exchange.body.interrupt();
  lease->stream().close();
}

ResponseBody::ResponseBody(http::Exchange& exchange, Lease lease, const http::Framing& framing, bool keep_alive,
                           InFlight in_flight)
    : exchange_(exchange),
      lease_(std::move(lease)),
      in_flight_(std::move(in_flight)),
      body_(lease_->stream(), lease_->parser(), framing, exchange.arena, http::Side::upstream, {}),
      keep_alive_(keep_alive) {}

ResponseBody::~ResponseBody() {
  exchange_.origin.bytes = body_.delivered();
  body_.release();
  finish_lease(exchange_, lease_, keep_alive_ && body_.complete());
}

UpstreamTunnel::UpstreamTunnel(http::Exchange& exchange, Lease lease, InFlight in_flight)
    : exchange_(exchange),
      lease_(std::move(lease)),
      in_flight_(std::move(in_flight)),
      listed_(exchange.pool->tunnels(), lease_->endpoint(), exchange.worker, lease_->stream()) {}

UpstreamTunnel::~UpstreamTunnel() {
  finish_lease(exchange_, lease_, false);
}

}  // namespace mooring::upstream
