// A tunnel: bytes both ways between client and upstream after 101, until both directions have ended.
//
// FIN on one side is passed on as FIN to the other and the other direction goes on; an error ends both. No idle limit:
// a WebSocket may be silent for hours. One loop, one thread.
#pragma once

#include "proxy/http/exchange.h"
#include "proxy/loop/stream.h"

namespace mooring::server {

struct Tunneled {
  std::uint64_t to_client = 0;  // bytes
  std::uint64_t to_upstream = 0;
};

loop::Task<Tunneled> run_tunnel(http::Exchange& exchange, loop::Stream& client, loop::Stream& upstream);

}  // namespace mooring::server
