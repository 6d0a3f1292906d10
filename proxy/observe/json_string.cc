#include "proxy/observe/json_string.h"

#include <cstdint>

namespace mooring::observe {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;

// One character of UTF-8 (RFC 3629): shortest form, no surrogates.
struct Character {
  std::uint32_t code;
  std::size_t bytes;
};

Character first_character(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return {kReplacement, 1};
  std::uint32_t code = first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return {kReplacement, 1};
    code = code << 6U | (byte(i) & 0x3fU);
  }
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {kReplacement, 1};
  return {code, size};
}

void append_unit(std::string& out, std::uint32_t unit) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[unit >> static_cast<unsigned>(shift) & 15U];
}

void append_escaped(std::string& out, std::uint32_t code) {
  if (code >= 0x10000) {
    append_unit(out, 0xd800 + ((code - 0x10000) >> 10U));
    append_unit(out, 0xdc00 + ((code - 0x10000) & 0x3ffU));
  } else if (code == '"' || code == '\\') {
    out += '\\';
    out += static_cast<char>(code);
  } else {
    append_unit(out, code);
  }
}

bool is_plain(unsigned char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text, std::size_t limit) {
  out += '"';
  const std::size_t begin = out.size();
  while (!text.empty() && out.size() - begin < limit) {
    const auto c = static_cast<unsigned char>(text.front());
    if (is_plain(c)) {
      out += static_cast<char>(c);
      text.remove_prefix(1);
      continue;
    }
    const Character character = first_character(text);
    append_escaped(out, character.code);
    text.remove_prefix(character.bytes);
  }
  out += '"';
}

}  // namespace mooring::observe
