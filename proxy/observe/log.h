// The application log: one line an event, text or JSON, written by a thread of its own.
//
// Set up once by the command that runs the proxy; before that, and in tests, lines go nowhere. Any thread. Not for what
// happens on every request: that is the access log's.
#pragma once

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "proxy/config/options.h"
#include "proxy/config/problem.h"

namespace mooring::observe {

// `descriptor` must stay open until stop_log(). Starts a thread: after privileges are dropped. Lines that the reader of
// the descriptor is too slow for are lost, oldest first, and counted: nobody ever waits for the log. On a terminal the
// levels have colors, unless log.noColor.
void start_log(const config::LogOptions& options, int descriptor = 1);
// Writes what is left, for a second at most. No line after it.
void stop_log();

bool log_enabled(config::LogLevel level);
void log_line(config::LogLevel level, std::string_view text);
// On one line, at the level of its severity.
void log_problem(const config::Problem& problem);

template <typename... Args>
void log(config::LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(level)) log_line(level, fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
  log(config::LogLevel::debug, format, std::forward<Args>(args)...);
}
template <typename... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log(config::LogLevel::info, format, std::forward<Args>(args)...);
}
template <typename... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log(config::LogLevel::warn, format, std::forward<Args>(args)...);
}
template <typename... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  log(config::LogLevel::error, format, std::forward<Args>(args)...);
}

}  // namespace mooring::observe
