// The head of a request and of a response, as values that view the exchange's arena.
//
// Filled by the parsers (request_parser.h, response_parser.h) and by request_target.h, edited by middlewares, written
// by serializer.h. Names after RFC 9112 and RFC 3986. One thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "proxy/http/header_map.h"

namespace mooring::http {

// The methods that somebody here tells apart; every other one that the parser knows is `other`, kept in method_text.
enum class Method : std::uint8_t { get, head, post, put, delete_, connect, options, trace, patch, other };

// How the end of a body is found (RFC 9112 section 6.3).
enum class BodyKind : std::uint8_t { none, length, chunked, until_close };

struct Framing {
  BodyKind kind = BodyKind::none;
  std::uint64_t length = 0;  // for `length`; never 0 (that is `none`)
};

struct RequestHead {
  explicit RequestHead(Arena& arena) : fields(arena) {}

  Method method = Method::get;
  std::string_view method_text;
  std::string_view target;        // as it was received
  std::string_view authority;     // what goes upstream as Host: the target's authority, else the Host field; "" if none
  std::string_view host;          // canonical: lower case, no port, no brackets, no trailing dot
  std::string_view path;          // escaped, normalized; what goes upstream. "*" for OPTIONS *
  std::string_view query;         // without "?"
  bool has_query = false;         // "?" was there, even with nothing behind it
  std::string_view routing_path;  // `path` with all but reserved characters decoded: what rules see
  std::uint8_t minor_version = 1;  // HTTP/1.x
  bool keep_alive = true;          // the client's wish (RFC 9112 section 9.3)
  bool expects_continue = false;   // Expect: 100-continue
  std::string_view upgrade;        // the Upgrade field's token if `Connection: upgrade` was said too, else empty
  std::string_view nominated;      // fields that Connection names and middlewares may see: the upstream does not
  Framing framing;
  HeaderMap fields;

  bool is_websocket() const { return equal_ignoring_case(upgrade, "websocket"); }
};

struct ResponseHead {
  explicit ResponseHead(Arena& arena) : fields(arena) {}

  std::uint16_t status = 0;
  std::string_view reason;  // as received; empty: the standard phrase is written
  std::uint8_t minor_version = 1;
  bool keep_alive = true;  // the upstream will take another request on this connection
  Framing framing;         // with regard to the request's method and the status
  bool to_head = false;    // answers a HEAD: no body comes, whatever Content-Length says
  HeaderMap fields;
};

}  // namespace mooring::http
