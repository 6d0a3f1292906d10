// What the parsers give back for the bytes they were fed. Values only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mooring::http {

enum class ParseState : std::uint8_t {
  more,    // everything right so far; feed what comes next (a BodyPart may say `more` with bytes left: call again)
  done,    // the head, or the body with its trailers, is complete; `consumed` ends right behind it
  failed,  // refused: see failure(). The parser takes nothing more until start()
};

struct Parsed {
  std::size_t consumed = 0;
  ParseState state = ParseState::more;
};

// One step of a chunked body: at most one span of data, a view into the bytes that were fed.
struct BodyPart {
  std::size_t consumed = 0;
  std::string_view data = {};
  ParseState state = ParseState::more;
};

}  // namespace mooring::http
