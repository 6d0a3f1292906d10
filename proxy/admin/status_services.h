// The services of /api/status and their endpoints: who serves, in which state and since when, and where sessions live.
//
// Counters are read as they stand, without stopping the workers: a row is true of a moment ago. Sessions are counted
// from the workers' tables at each call. Pure but for the clock; any thread. Fields: docs/api.md.
#pragma once

#include "proxy/admin/json_text.h"
#include "proxy/observe/sessions.h"
#include "proxy/routing/snapshot.h"

namespace mooring::admin {

Json service_rows(const routing::Snapshot& snapshot, const observe::Sessions& sessions);

}  // namespace mooring::admin
