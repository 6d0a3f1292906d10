// The document of /api/status (docs/api.md) as text for people: a head, problems, routers, services, endpoints.
//
// Fields that are missing are left blank: the table must not fail because a proxy of another version answers. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <string>

#include "proxy/cli/json_fields.h"
#include "proxy/cli/text_table.h"

namespace mooring::cli {

// `now_ms`: wall clock, milliseconds since the epoch; times are shown as ages.
std::string status_table(const Json& status, std::int64_t now_ms, const TextStyle& style);

// "3s", "4m", "2h", "5d": one unit is enough to see what is new.
std::string age(std::int64_t ms);

}  // namespace mooring::cli
