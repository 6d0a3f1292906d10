// The answer of all redirecting middlewares: Location, and the status that goes with the method, as Traefik answers.
//
// GET: 301 or 302; every other method, HEAD too: 308 or 307, so that it is kept. Pure; the exchange's thread.
#pragma once

#include <string_view>

#include "proxy/http/exchange.h"
#include "proxy/http/response.h"

namespace mooring::middleware {

// `location` must live as long as the exchange.
http::Response moved(http::Exchange& exchange, std::string_view location, bool permanent);

}  // namespace mooring::middleware
