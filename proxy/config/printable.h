// Text from outside made safe to print: label keys and values, names of containers, lines of files.
//
// Labels are written by whoever runs a container, so a value may hold terminal escapes, line breaks that fake a log
// line, bidirectional overrides or bytes that are no UTF-8. Every Problem passes such text through here. Pure
// functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mooring::config {

// Long enough to recognise a rule or a key by, short enough for one line of a log.
inline constexpr std::size_t kPrintableLength = 200;

// `text` with control characters, bidirectional controls and invalid UTF-8 as \xNN, cut with "…" after `limit` bytes.
std::string printable(std::string_view text, std::size_t limit = kPrintableLength);

// The same in double quotes.
std::string quoted(std::string_view text, std::size_t limit = kPrintableLength);

}  // namespace mooring::config
