#include "proxy/cli/json_fields.h"

#include <chrono>
#include <cmath>
#include <sstream>

namespace mooring::cli {

const Json& field(const Json& object, std::string_view name) {
  static const Json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

std::string text_of(const Json& object, std::string_view name) {
  const Json& value = field(object, name);
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() || value.is_boolean() ? value.dump() : std::string{};
}

std::int64_t number_of(const Json& object, std::string_view name) {
  const Json& value = field(object, name);
  if (value.is_number_integer()) return value.get<std::int64_t>();
  // Beyond these a conversion would be undefined.
  if (!value.is_number_float() || !(std::abs(value.get<double>()) < 9e18)) return 0;
  return static_cast<std::int64_t>(value.get<double>());
}

bool is_true(const Json& object, std::string_view name) {
  const Json& value = field(object, name);
  return value.is_boolean() && value.get<bool>();
}

const Json& array_of(const Json& object, std::string_view name) {
  static const Json kEmpty = Json::array();
  const Json& value = field(object, name);
  return value.is_array() ? value : kEmpty;
}

std::optional<std::int64_t> time_of(const Json& object, std::string_view name) {
  const std::string text = text_of(object, name);
  if (text.size() < 20 || text.size() > 40 || !text.ends_with('Z')) return std::nullopt;
  std::istringstream in(text);
  std::chrono::sys_time<std::chrono::milliseconds> time;
  in >> std::chrono::parse("%FT%TZ", time);
  if (in.fail()) return std::nullopt;
  return time.time_since_epoch().count();
}

}  // namespace mooring::cli
