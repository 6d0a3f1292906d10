// The query parameters that `mooring whoami` understands, and the sizes and times in them. Pure functions; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mooring::cli {

// The first value of that name, percent-decoded, "+" as a blank. Nothing when it is not there.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

// "?wait=2s": how long to wait before answering; nothing when it is not there, not a duration, or negative. At most an
// hour.
std::optional<std::chrono::milliseconds> wait_of(std::string_view query);

// "?size=10&unit=KB": how many bytes; one when no size is said. Nothing when it is no number, or too large to count.
std::optional<std::uint64_t> size_of(std::string_view query);

}  // namespace mooring::cli
