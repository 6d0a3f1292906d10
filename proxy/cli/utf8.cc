#include "proxy/cli/utf8.h"

#include <cstddef>
#include <cstdint>

namespace mooring::cli {
namespace {

// Bytes behind the first one, or -1.
int continuation_bytes(unsigned char first) {
  if (first < 0x80) return 0;
  if (first >= 0xC2 && first <= 0xDF) return 1;
  if (first >= 0xE0 && first <= 0xEF) return 2;
  if (first >= 0xF0 && first <= 0xF4) return 3;
  return -1;
}

// What the first byte leaves open is decided by the second.
bool second_fits(unsigned char first, unsigned char second) {
  if (first == 0xE0) return second >= 0xA0;
  if (first == 0xED) return second <= 0x9F;
  if (first == 0xF0) return second >= 0x90;
  if (first == 0xF4) return second <= 0x8F;
  return true;
}

}  // namespace

bool is_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto first = static_cast<unsigned char>(text[at]);
    const int more = continuation_bytes(first);
    if (more < 0 || text.size() - at <= static_cast<std::size_t>(more)) return false;
    if (more > 0 && !second_fits(first, static_cast<unsigned char>(text[at + 1]))) return false;
    for (int i = 1; i <= more; ++i) {
      if ((static_cast<unsigned char>(text[at + static_cast<std::size_t>(i)]) & 0xC0U) != 0x80) return false;
    }
    at += static_cast<std::size_t>(more) + 1;
  }
  return true;
}

}  // namespace mooring::cli
