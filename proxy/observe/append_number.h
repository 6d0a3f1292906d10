// Writes a number into a line of the access log without a temporary string: this runs once or more a request.
// Any thread.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string>

namespace mooring::observe {

inline void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), end.ptr);
}

}  // namespace mooring::observe
