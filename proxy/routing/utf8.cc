#include "proxy/routing/utf8.h"

#include <cstdint>

namespace mooring::routing {

CodePoint first_code_point(std::string_view text) {
  if (text.empty()) return {};
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {};
  char32_t value = lead & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = (value << 6) | (byte(i) & 0x3fU);
  }
  const bool over_long = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (over_long || surrogate || value > 0x10ffff) return {};
  return {value, length};
}

std::size_t first_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t bytes = first_code_point(text.substr(at)).bytes;
    if (bytes == 0) return at;
    at += bytes;
  }
  return std::string_view::npos;
}

void append_utf8(std::string& to, char32_t value) {
  const auto tail = [value](unsigned shift) { return static_cast<char>(0x80 | ((value >> shift) & 0x3f)); };
  if (value < 0x80) {
    to += static_cast<char>(value);
  } else if (value < 0x800) {
    to += static_cast<char>(0xc0 | (value >> 6));
    to += tail(0);
  } else if (value < 0x10000) {
    to += static_cast<char>(0xe0 | (value >> 12));
    to += tail(6);
    to += tail(0);
  } else {
    to += static_cast<char>(0xf0 | (value >> 18));
    to += tail(12);
    to += tail(6);
    to += tail(0);
  }
}

}  // namespace mooring::routing
