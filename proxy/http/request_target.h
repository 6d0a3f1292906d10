// What a request asks for: target forms, canonical host, normalised path.
//
// Rules must see the path that the upstream gets, or they can be walked around (Traefik CVE-2025-32431): so the path is
// normalised once, before routing, and the result is what is forwarded. Works in the head's arena and leaves views as
// they are when nothing is to be changed, which is the common case. Pure; any thread.
// Sources: RFC 9112 section 3.2, RFC 3986 sections 2.1, 3.2, 5.2.4, 6.2.2; Traefik's sanitizePath and routing path.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/config/options.h"
#include "proxy/http/failure.h"
#include "proxy/http/request_head.h"

namespace mooring::http {

// What an entry point asks of targets beyond the rules of HTTP. Made once; read on every request.
struct TargetPolicy {
  bool sanitize_path = true;             // resolve empty, "." and ".." segments
  bool encode_query_semicolons = false;  // ';' to "%3B", not to '&'
  std::string forbidden_encoded = {};    // bytes that may not stand percent-encoded in a path; nearly always none
};
TargetPolicy target_policy(const config::EntryPointOptions& options);

// After the parser: fills authority, host, path, query, has_query and routing_path from target and Host.
std::optional<Failure> resolve_target(RequestHead& head, const TargetPolicy& policy = {});

// RFC 3986 authority without userinfo, as Host has it. The host is canonical but for case and the copy that needs.
struct Authority {
  std::string_view host;   // no brackets, no trailing dot; case as it was
  std::uint16_t port = 0;  // 0: none given
  bool has_upper = false;  // the host has letters A–Z
};
std::optional<Authority> parse_authority(std::string_view text);

}  // namespace mooring::http
