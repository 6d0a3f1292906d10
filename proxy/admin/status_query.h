// The parameters of /api/status: wait=<generation>, timeout=<duration>, pretty. Pure; any thread.
//
// A mistake is answered with a text that says what was expected, never passed over: a script that waits for the wrong
// thing would wait for ever.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace mooring::admin {

struct StatusQuery {
  static constexpr std::uint64_t kDefaultTimeoutMs = 30'000;
  static constexpr std::uint64_t kLongestTimeoutMs = 300'000;

  std::optional<std::uint64_t> seen;  // wait until the generation is another one
  std::uint64_t timeout_ms = kDefaultTimeoutMs;
  bool pretty = false;
};

// `query`: what stands behind "?".
std::expected<StatusQuery, std::string> parse_status_query(std::string_view query);

}  // namespace mooring::admin
