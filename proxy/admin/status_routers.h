// The routers of /api/status: one row each, by name, with what they match and how often they did. Pure; any thread.
//
// Counters are read as they stand, without stopping the workers: a row is true of a moment ago. Fields: docs/api.md.
#pragma once

#include <string_view>

#include "proxy/admin/json_text.h"
#include "proxy/routing/snapshot.h"

namespace mooring::admin {

Json router_rows(const routing::Snapshot& snapshot);

// "enabled", "warning" or "disabled".
std::string_view to_string(routing::RouteStatus status);

}  // namespace mooring::admin
