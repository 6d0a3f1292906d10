// Writes a response to the client as its body comes: head, pieces, trailers, each framed as the client can read it.
//
// Backpressure is the awaited write: while the client does not read, nothing is pulled from the upstream. One loop, one
// thread.
#pragma once

#include "proxy/http/exchange.h"
#include "proxy/http/response.h"
#include "proxy/http/stream_body.h"

namespace mooring::server {

struct Written {
  std::uint64_t body_bytes = 0;
  http::Failure failure;      // what ended it early
  bool nothing_sent = false;  // the client has seen nothing of it: another answer may take its place
  bool keep_alive = false;    // the response is complete and the client may send another request
  bool reset = false;         // the cut can be seen only if the connection is reset
};

// `keep_alive`: the connection may go on as far as the request is concerned. `stall`: how long the client may take
// nothing. Changes response.head.framing to what the client gets.
loop::Task<Written> write_response(http::Exchange& exchange, loop::Stream& client, http::Response& response,
                                   bool keep_alive, http::StallLimit stall);

}  // namespace mooring::server
