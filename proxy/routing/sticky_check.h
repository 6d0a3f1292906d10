// Finds the pitfall of sticky sessions: routers that lead to the same endpoints of which only some are sticky. Pure.
#pragma once

#include <vector>

#include "proxy/routing/route_draft.h"

namespace mooring::routing {

config::Problems check_stickiness(const std::vector<RouteDraft>& drafts, const config::Merged& merged);

}  // namespace mooring::routing
