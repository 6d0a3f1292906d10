// The request's way to the upstream: its head, and its body as it comes, by a child task of the exchange.
//
// One loop, one thread; the tasks hold a lease of their own, so that the connection stays until they have ended.
#pragma once

#include "proxy/http/exchange.h"
#include "proxy/upstream/connection_pool.h"

namespace mooring::upstream {

// Sends `head` and, in the same write, the body if all of it is at hand. `more`: the body goes on and needs pump().
struct Sent {
  loop::Io io = loop::Io::ok;
  bool more = false;
};
loop::Task<Sent> send_request(http::Exchange& exchange, loop::Stream& stream, std::string_view head);

// Sends the rest of the body. Ends quietly when the upstream takes no more (whoever reads the answer sees why), and
// cancels the exchange when it is the client who failed.
loop::Task<void> pump(http::Exchange& exchange, Lease lease);

}  // namespace mooring::upstream
