// How one event of the application log is written: text for people, JSON for collectors. Level names are Traefik's.
//
// Text may come from labels, peers and engines: whatever acts on a terminal or starts a new line is escaped, in both
// formats, so that nobody can fake a line. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/config/options.h"

namespace mooring::observe {

// What is longer is cut.
inline constexpr std::size_t kLogTextLength = 16 * 1024;

// One line with its line feed.
//   2026-11-22T07:13:26.586Z INFO text
//   {"level":"info","time":"2026-11-22T07:13:26.586Z","message":"text"}
// `colored`: the level has a terminal's color; not in JSON.
std::string format_log_line(bool json, config::LogLevel level, std::int64_t wall_ms, std::string_view text,
                            bool colored = false);

}  // namespace mooring::observe
