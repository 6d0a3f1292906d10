// Wall-clock times as people and scripts read them. All of UTC: a log of a server in another zone stays comparable.
//
// Pure functions, any thread. Sources: RFC 3339; Apache's common log format.
#pragma once

#include <cstdint>
#include <string>

namespace mooring::observe {

// "2026-11-22T07:13:26.586Z".
std::string rfc3339(std::int64_t ms_since_epoch);
// "22/Nov/2026:07:13:26 +0000".
std::string common_log_time(std::int64_t seconds_since_epoch);

std::int64_t wall_ms();

}  // namespace mooring::observe
