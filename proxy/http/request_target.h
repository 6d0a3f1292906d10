// What a request asks for: target forms, canonical host, normalised path.
//
// Rules must see the path that the upstream gets, or they can be walked around (Traefik CVE-2025-32431): so the path is
// normalised once, before routing, and the result is what is forwarded. Works in the head's arena and leaves views as
// they are when nothing is to be changed, which is the common case. Pure; any thread.
// Sources: RFC 9112 section 3.2, RFC 3986 sections 2.1, 3.2, 5.2.4, 6.2.2; Traefik's sanitizePath and routing path.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "proxy/http/failure.h"
#include "proxy/http/request_head.h"

namespace mooring::http {

// After the parser: fills authority, host, path, query, has_query and routing_path from target and Host.
std::optional<Failure> resolve_target(RequestHead& head);

// RFC 3986 authority without userinfo, as Host has it. The host is canonical but for case and the copy that needs.
struct Authority {
  std::string_view host;   // no brackets, no trailing dot; case as it was
  std::uint16_t port = 0;  // 0: none given
  bool has_upper = false;  // the host has letters A–Z
};
std::optional<Authority> parse_authority(std::string_view text);

}  // namespace mooring::http
