// Writes heads, chunk heads and trailers as HTTP/1.1 bytes, in one piece of the arena.
//
// Connection, Content-Length and Transfer-Encoding are made from `framing` and the arguments, never copied from the
// fields (but the Content-Length of a bodiless answer to HEAD, and of a 304, which says what a GET would give). A field
// with CR, LF or NUL is left out. Pure functions; any thread. Sources: RFC 9112 sections 3, 4, 6, 7.1; RFC 9110 6.6.1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proxy/http/arena.h"
#include "proxy/http/request_head.h"

namespace mooring::http {

// The head for an upstream: HTTP/1.1, `host` as Host, `base` and the path, query. With head.upgrade: Connection:
// Upgrade and Upgrade. `base` has no slash at its end; a path that has none at its beginning ("*") gets no base.
std::string_view serialize(const RequestHead& head, std::string_view host, Arena& arena, std::string_view base = {});

// The head for a client. To HTTP/1.0 clients: no chunked framing (the caller must then close at the end: keep_alive is
// false for `chunked` and `until_close`). 1xx gets neither framing nor Date nor Connection, but a 101's.
std::string_view serialize(const ResponseHead& head, bool client_http_1_0, bool keep_alive, Arena& arena);

// The standard phrase; empty for a status that has none.
std::string_view reason_phrase(std::uint16_t status);

// "1f4\r\n". Returns how many bytes were written, at most kChunkHeadBytes. Behind the chunk's data comes kChunkEnd.
inline constexpr std::size_t kChunkHeadBytes = 18;
std::size_t write_chunk_head(char* to, std::size_t bytes);
inline constexpr std::string_view kChunkEnd = "\r\n";
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";  // without trailers

// "0\r\n", the fields that may be trailers, and the empty line.
std::string_view serialize_trailers(const HeaderMap& trailers, Arena& arena);

}  // namespace mooring::http
