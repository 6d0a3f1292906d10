// A URI path in its one form: what rules see is what the upstream gets.
//
// Unreserved characters are decoded, other %XX get upper-case digits, what RFC 3986 forbids in a path is encoded, and
// empty, "." and ".." segments are resolved as Go's path.Clean does (the trailing slash stays). A path that is in this
// form already, nearly every one, is returned as it is. Pure functions over an arena; any thread.
// Sources: RFC 3986 sections 2.1, 2.3, 3.3, 6.2.2; Traefik's sanitizePath and withRoutingPath
// (traefik-compat 2.2, 5.2).
#pragma once

#include <optional>
#include <string_view>

#include "proxy/http/arena.h"

namespace mooring::http {

// `path` begins with '/'. Nothing when a '%' is not followed by two hex digits. Not `sanitized`: segments stay as they
// are, only the encoding gets its one form.
std::optional<std::string_view> normalize_path(std::string_view path, Arena& arena, bool sanitized = true);

// Whether one of `bytes` stands percent-encoded in `path`.
bool has_encoded(std::string_view path, std::string_view bytes);

// A normalised path with all that is not reserved decoded; reserved characters stay as %XX.
std::string_view decode_for_rules(std::string_view path, Arena& arena);

}  // namespace mooring::http
