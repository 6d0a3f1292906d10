#include "proxy/cli/whoami_query.h"

#include <algorithm>

#include "proxy/config/go_values.h"
#include "proxy/config/suggest.h"

namespace mooring::cli {
namespace {

constexpr std::chrono::hours kLongestWait{1};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    if (escape) {
      out.push_back(static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (decoded(pair.substr(0, equals)) != name) continue;
    return equals == std::string_view::npos ? std::string{} : decoded(pair.substr(equals + 1));
  }
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> wait_of(std::string_view query) {
  const auto text = query_value(query, "wait");
  if (!text) return std::nullopt;
  const auto wait = config::parse_duration(*text);
  if (!wait || wait->count() < 0) return std::nullopt;
  return std::min<std::chrono::milliseconds>(std::chrono::ceil<std::chrono::milliseconds>(*wait), kLongestWait);
}

std::optional<std::uint64_t> size_of(std::string_view query) {
  const auto text = query_value(query, "size");
  const auto size = text ? config::parse_int(*text) : std::optional<std::int64_t>(1);
  if (!size || *size < 0) return std::nullopt;
  const std::string unit = config::ascii_lower(query_value(query, "unit").value_or(""));
  unsigned shift = 0;
  if (unit == "kb") shift = 10;
  if (unit == "mb") shift = 20;
  if (unit == "gb") shift = 30;
  if (unit == "tb") shift = 40;
  const auto bytes = static_cast<std::uint64_t>(*size);
  if (bytes > (std::uint64_t{1} << 62U) >> shift) return std::nullopt;
  return bytes << shift;
}

}  // namespace mooring::cli
