// Where entry points send all of their requests (http.redirections): targets found, loops refused.
//
// Part of settling the entry points, after their addresses. A target that stays closed is kept as its port: the client
// is told where to go, and nothing is served here instead. Pure; any thread. Source: compat 5.3.
#pragma once

#include "proxy/config/options_draft.h"

namespace mooring::config {

void settle_redirections(OptionsDraft& draft, Problems& problems);

}  // namespace mooring::config
