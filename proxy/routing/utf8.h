// UTF-8, as far as rules need it: where a sequence ends, and which code point it is.
//
// Rules are shown to people with a caret under a place, and RE2 and Go see broken bytes differently; both need to know
// where characters begin. Pure functions, any thread. No normalization, no column widths. Source: RFC 3629 section 4.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mooring::routing {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 0;  // 0: there is no valid sequence here
};

// The code point at the start of `text`; over-long forms and surrogates are not valid.
CodePoint first_code_point(std::string_view text);

// The offset of the first byte that is not part of a valid sequence; npos when there is none.
std::size_t first_invalid_utf8(std::string_view text);

void append_utf8(std::string& to, char32_t value);

}  // namespace mooring::routing
