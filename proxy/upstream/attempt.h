// Attempt: sends one request to one server and brings back the head of its answer. Tries nothing twice.
//
// The answer's body goes on reading from the connection, which it holds a lease of; when it ends well, the connection
// goes back to the pool. One loop, one thread; the exchange outlives it.
#pragma once

#include <cstdint>

#include "proxy/config/options.h"
#include "proxy/http/exchange.h"
#include "proxy/http/response.h"
#include "proxy/upstream/balancer.h"
#include "proxy/upstream/connection_pool.h"

namespace mooring::upstream {

struct AttemptPlan {
  const Server* server = nullptr;
  // Where the request could go instead, should the endpoint go away while it is waited for.
  const Balancer* balancer = nullptr;
  std::uint64_t tried = 0;
  bool repeatable = false;
  std::string_view host;          // what goes out as Host
  std::uint64_t max_idle_ms = 0;  // a pooled connection that was idle for longer is not used; 0: none is
  std::uint64_t dial_ms = 0;
  std::uint64_t response_header_ms = 0;  // 0: no limit
};

struct Attempted {
  http::Response response;
  bool connected = false;  // a connection was there: a failure then is a loss, not a failed connect
  bool dialed = false;     // and it was made for this attempt
  bool given_up = false;   // its endpoint went away meanwhile: nothing more is to be had there
};

loop::Task<Attempted> attempt(http::Exchange& exchange, AttemptPlan plan);

}  // namespace mooring::upstream
