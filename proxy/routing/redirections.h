// The routers that `http.redirections.entryPoint` makes: all requests of one entry point are sent to another one.
//
// Named "<entry point>-to-<target>@internal", as in Traefik; a request without a host stays where it is. Pure.
// Source: traefik-compat 5.3.
#pragma once

#include <vector>

#include "proxy/config/options.h"
#include "proxy/routing/route_draft.h"

namespace mooring::routing {

std::vector<InternalRoute> redirection_routes(const config::Options& options);

}  // namespace mooring::routing
