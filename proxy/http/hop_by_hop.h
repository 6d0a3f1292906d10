// Removes what concerns one connection only and must not be passed on.
//
// Connection and the fields it names, Keep-Alive, Proxy-*, TE (but trailers), Trailer, Upgrade (but a token that may
// pass). A sender cannot name away the fields a proxy relies on: Host, framing, X-Forwarded-*. Pure functions over a
// head; any thread. Sources: RFC 9110 sections 7.6.1, 7.8, 6.5.1; Traefik (traefik-compat 5.2).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "proxy/http/request_head.h"

namespace mooring::http {

// Right after resolve_target(), before apply_forwarded() and every middleware: then no client can name away what the
// proxy adds. The Upgrade and Connection fields go; head.upgrade stays, and the serializer writes both from it.
// Content-Length and Transfer-Encoding stay in the map, for the serializer to skip.
// `kept`: fields that Connection may name and that middlewares see all the same (forwardedHeaders.connection), as
// head.nominated says then.
void strip_request(RequestHead& head, std::span<const std::string> kept = {});
// Behind the middlewares, in front of the upstream: drops what head.nominated names.
void drop_nominated(RequestHead& head);
// A 101's Upgrade field stays; the serializer adds `Connection: Upgrade`.
void strip_response(ResponseHead& head);

// The Upgrade fields' tokens that may be passed on, as one list: all but h2c, h2 and TLS/*. check_request() asks for
// them.
std::string_view passable_upgrade(const HeaderMap& fields);

// Whether a 101's Upgrade fields name a protocol, and none that `asked`, the request's list, does not.
bool answers_upgrade(const HeaderMap& fields, std::string_view asked);

// Whether a trailer field may be forwarded: not framing, routing, authentication, forwarding or caching controls.
bool may_be_trailer(const Field& field);

// One of the X-Forwarded-* and X-Real-Ip names that the proxy itself answers for, in any spelling ('_' or '.' for '-').
bool is_managed_forwarding_name(std::string_view name);

}  // namespace mooring::http
