// A Failure: why an exchange, or a step of one, did not come to its natural end. A value; nothing here throws.
//
// Kinds are named after RFC 9209 (Proxy-Status error types) where that has one. `side` says whose doing it was.
#pragma once

#include <cstdint>
#include <string_view>

namespace mooring::http {

enum class FailureKind : std::uint8_t {
  none,
  canceled,                  // we ended it ourselves: client gone, shutdown, a deadline elsewhere
  connection_refused,        // connect failed at once
  connection_timeout,        // connect took longer than the dial timeout
  connection_terminated,     // closed or reset before the message was complete
  connection_read_timeout,   // nothing came for too long
  connection_write_timeout,  // nothing could be sent for too long
  connection_limit_reached,  // our own limit
  dns_error,                 // the server's name has no address
  destination_unavailable,   // no endpoint may take the request
  http_request_error,        // the client's bytes are no request we accept; `status` says which answer
  http_response_incomplete,  // the upstream's message was cut
  http_protocol_error,       // the upstream's bytes are no response
  http_response_timeout,     // no response head in time
  http_upgrade_failed,
  proxy_internal_error,
};

std::string_view to_string(FailureKind kind);

enum class Side : std::uint8_t { client, upstream, proxy };

struct Failure {
  FailureKind kind = FailureKind::none;
  Side side = Side::proxy;
  // No byte of the request was written to the upstream when it happened, so any method may be sent again.
  bool nothing_sent = false;
  std::uint8_t retry_after = 0;  // seconds; for destination_unavailable: when to ask again
  std::uint16_t status = 0;      // for http_request_error: the status the client gets (400, 408, 414, 431, 501, 505)
  std::string_view detail = {};  // static text for the log; never the peer's bytes

  explicit operator bool() const { return kind != FailureKind::none; }
};

}  // namespace mooring::http
