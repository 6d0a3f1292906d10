// Reads fields of a JSON document that came from outside: what is missing or of another type is the default, never an
// exception. Pure; any thread.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace mooring::cli {

using Json = nlohmann::ordered_json;

// The member, or null.
const Json& field(const Json& object, std::string_view name);
std::string text_of(const Json& object, std::string_view name);     // numbers and booleans as text too
std::int64_t number_of(const Json& object, std::string_view name);  // 0 when there is none
bool is_true(const Json& object, std::string_view name);
// The elements of an array member; an empty array when it is none.
const Json& array_of(const Json& object, std::string_view name);
// An RFC 3339 time in UTC, as milliseconds since the epoch.
std::optional<std::int64_t> time_of(const Json& object, std::string_view name);

}  // namespace mooring::cli
