// Scalars as Go writes them, because that is how Traefik reads labels and files: bool, integer, list, duration.
//
// Strict: what Go's strconv refuses is refused here. Pure functions, any thread. Source: compat page, section 0.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mooring::config {

// strconv.ParseBool: 1 t T TRUE true True 0 f F FALSE false False.
std::optional<bool> parse_bool(std::string_view text);

// strconv.ParseInt, base 10: an optional sign and digits, nothing else, within 64 bits.
std::optional<std::int64_t> parse_int(std::string_view text);

// A TCP port: 1 to 65535, digits only.
std::optional<std::uint16_t> parse_port(std::string_view text);

// An integer counts as seconds, else a Go duration: "1m30s", "100ms", "1.5h".
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

// "1m30s", "500ms", "0s".
std::string duration_text(std::chrono::milliseconds duration);

// Split on commas, each item trimmed. An empty text is no item; "a,,b" has an empty one.
std::vector<std::string> split_list(std::string_view text);

std::string_view trimmed(std::string_view text);

}  // namespace mooring::config
