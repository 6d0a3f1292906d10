// The WebSocket of `mooring whoami`: the handshake's answer, and behind it a tunnel into an EchoSession.
//
// The connection copies bytes to and from one end of a PipeStream; a task of the exchange reads the other. It ends when
// the client closes, breaks the rules, or goes. One loop, one thread. Source: RFC 6455 section 4.2.
#pragma once

#include "proxy/http/exchange.h"
#include "proxy/http/response.h"

namespace mooring::cli {

// 101 for a good handshake; 426 or 400 that says what is missing for any other request.
http::Response echo_response(http::Exchange& exchange);

}  // namespace mooring::cli
