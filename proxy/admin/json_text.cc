#include "proxy/admin/json_text.h"

#include <algorithm>
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

void append_go_json(std::string& to, const Json& document) {
  // None of these stands outside of strings in JSON, so the text can be edited as a whole.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kEscapes{
      {{"&", "\\u0026"}, {"<", "\\u003c"}, {">", "\\u003e"}, {"\u2028", "\\u2028"}, {"\u2029", "\\u2029"}}};
  const std::string text = dumped(document, -1);
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t plain = std::min(rest.find_first_of("&<>\xe2"), rest.size());
    to += rest.substr(0, plain);
    rest.remove_prefix(plain);
    if (rest.empty()) break;
    std::size_t taken = 1;
    std::string_view shown = rest.substr(0, 1);
    for (const auto& [raw, escaped] : kEscapes) {
      if (!rest.starts_with(raw)) continue;
      taken = raw.size();
      shown = escaped;
    }
    to += shown;
    rest.remove_prefix(taken);
  }
}

std::string go_json(const Json& document) {
  std::string text;
  append_go_json(text, document);
  text += '\n';
  return text;
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

std::string go_duration(std::chrono::milliseconds duration) {
  std::int64_t ms = duration.count();
  if (ms == 0) return "0s";
  std::string text = ms < 0 ? "-" : "";
  if (ms < 0) ms = -ms;
  if (ms < 1000) return text + std::to_string(ms) + "ms";
  const std::int64_t minutes = ms / 60'000;
  if (minutes >= 60) text += std::to_string(minutes / 60) + "h";
  if (minutes > 0) text += std::to_string(minutes % 60) + "m";
  text += std::to_string(ms % 60'000 / 1000);
  if (ms % 1000 != 0) {
    std::string digits = std::to_string(1000 + ms % 1000).substr(1);
    while (digits.ends_with('0')) digits.pop_back();
    text += "." + digits;
  }
  return text + "s";
}

}  // namespace mooring::admin
