// What people get wrong about sticky cookies and only the table shows: the cookie against the rule, the entry point,
// the servers, and the other cookies of the host. S03, S05, S08, S09, S10, S11, S13; S25 is sticky_check.h's.
//
// Pure functions of drafts whose references are resolved and pooled; a route without a cookie costs one look. Nothing
// here changes what is served. Control loop, or `mooring check`. Source: field notes 2.2.
#pragma once

#include <vector>

#include "proxy/config/options.h"
#include "proxy/routing/route_draft.h"

namespace mooring::routing {

// What the route alone shows: S08, S09, S10, S11, S13.
config::Problems check_sticky_route(const RouteDraft& draft, const config::Merged& merged,
                                    const config::Options& options);

// What takes a look at all routes and services: S03, S05.
config::Problems check_sticky_table(const std::vector<RouteDraft>& drafts, const config::Merged& merged);

// Both, in one order, each Problem once.
config::Problems check_sticky_rules(const std::vector<RouteDraft>& drafts, const config::Merged& merged,
                                    const config::Options& options);

}  // namespace mooring::routing
