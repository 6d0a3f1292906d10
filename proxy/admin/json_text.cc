#include "proxy/admin/json_text.h"

#include <array>
#include <string_view>
#include <utility>

#include "proxy/observe/timestamp.h"

namespace mooring::admin {
namespace {

std::string dumped(const Json& document, int indent) {
  return document.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string go_json(const Json& document) {
  // None of these stands outside of strings in JSON, so the text can be edited as a whole.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kEscapes{
      {{"&", "\\u0026"}, {"<", "\\u003c"}, {">", "\\u003e"}, {"\u2028", "\\u2028"}, {"\u2029", "\\u2029"}}};
  const std::string text = dumped(document, -1);
  std::string out;
  out.reserve(text.size() + 64);
  for (std::string_view rest = text; !rest.empty();) {
    std::size_t taken = 1;
    std::string_view shown = rest.substr(0, 1);
    for (const auto& [raw, escaped] : kEscapes) {
      if (!rest.starts_with(raw)) continue;
      taken = raw.size();
      shown = escaped;
    }
    out += shown;
    rest.remove_prefix(taken);
  }
  out += '\n';
  return out;
}

std::string plain_json(const Json& document) {
  return dumped(document, -1) + "\n";
}

std::string pretty_json(const Json& document) {
  return dumped(document, 2) + "\n";
}

Json time_or_null(std::int64_t wall_ms) {
  if (wall_ms == 0) return nullptr;
  return observe::rfc3339(wall_ms);
}

}  // namespace mooring::admin
