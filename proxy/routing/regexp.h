// Regular expressions in rules: RE2, which has the syntax of Go's regexp and takes linear time, with bounded memory.
//
// Rules come from labels, so a pattern is compiled with a memory limit and never logs by itself. Matching is
// unanchored, as Traefik's. Immutable after compilation; any thread. Not for replacing text: no groups are captured.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace re2 {
class RE2;
}

namespace mooring::routing {

// Bytes one compiled pattern and its cached states may take. Patterns of people need a hundredth of it.
inline constexpr std::int64_t kRegexpBytes = 1 << 20;

// Never null; ask the result's ok() and error().
std::unique_ptr<const re2::RE2> compile_regexp(std::string_view pattern);

// Whether `pattern` (ok) is found anywhere in `text`. Bytes that are no UTF-8 count as one U+FFFD each, as in Go: else
// `^/admin/.*` would not match a path with such a byte, and a rule could be walked around.
bool is_found(const re2::RE2& pattern, std::string_view text);

}  // namespace mooring::routing
