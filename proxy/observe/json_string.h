// Text from outside as a JSON string, for the access log.
//
// Pure ASCII comes out, whatever goes in: what is not printable ASCII is escaped, so no byte of a peer ends a line,
// acts on a terminal or is read as two things by two readers; what is no UTF-8 becomes U+FFFD, as Traefik's lines have
// it. Pure; any thread. Source: RFC 8259 section 7.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mooring::observe {

// Appends `text` in quotes; stops, between two characters, once it has given `limit` bytes.
void append_json_string(std::string& out, std::string_view text, std::size_t limit);

}  // namespace mooring::observe
