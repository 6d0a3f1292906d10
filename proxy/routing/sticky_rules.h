// What people get wrong about sticky cookies and one route shows: the cookie against the rule, the entry point and the
// servers. S08, S09, S10, S11, S13; S03 and S05 are sticky_table.h's, S25 is sticky_check.h's.
//
// A pure function of a draft whose references are resolved; a route without a cookie costs one look. Nothing here
// changes what is served. Control loop, or `mooring check`. Source: field notes 2.2.
#pragma once

#include "proxy/config/options.h"
#include "proxy/routing/route_draft.h"

namespace mooring::routing {

config::Problems check_sticky_route(const RouteDraft& draft, const config::Merged& merged,
                                    const config::Options& options);

}  // namespace mooring::routing
