// JSON as the internal services write it: documents that keep the order in which they were made, as one text.
//
// nlohmann's library is known here and in the files that build documents, nowhere else in the data plane. Bytes that
// are no UTF-8 (labels may hold any) are replaced, never refused. Pure functions, any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace mooring::admin {

using Json = nlohmann::ordered_json;

// One line and its line feed, with `&`, `<`, `>`, U+2028 and U+2029 escaped: byte for byte what Go's encoder writes.
std::string go_json(const Json& document);
// The same without the line feed, behind what is there.
void append_go_json(std::string& to, const Json& document);
// The same without that escaping: rules are full of `&&`, and this one is read by people.
std::string plain_json(const Json& document);
// With line breaks and two blanks a level.
std::string pretty_json(const Json& document);

// RFC 3339 in UTC with milliseconds; null for 0, which stands for "never".
Json time_or_null(std::int64_t wall_ms);

// As Go writes a duration: "1m0s", "100ms", "1.5s".
std::string go_duration(std::chrono::milliseconds duration);

}  // namespace mooring::admin
