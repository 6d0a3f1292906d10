// The sizes that one message's head, chunk lines and trailers may have. Each with its unit and its reason.
//
// Fixed at start, read by the parsers on every worker. What is beyond a limit is refused (414, 431, 400; 502 when an
// upstream sent it), never cut. It bounds memory: head_bytes is also the most that a head takes of an arena, twice.
#pragma once

#include <cstddef>

namespace mooring::http {

struct HeadLimits {
  // Bytes of a head, from its first line to the empty line. Traefik's maxHeaderBytes: clients with large cookies and
  // tokens that work behind Traefik must work here.
  std::size_t head_bytes = 1 << 20;
  // Field lines of a head. Real ones have under 100; each costs 40 bytes of the arena beside its text.
  std::size_t fields = 256;
  // Bytes of the request line or the status line. Browsers and servers stop at 8 to 16 KiB.
  std::size_t line_bytes = 32 << 10;
  // Bytes of one chunk's size line, its extensions among them. They are skipped, so they cost no memory; the limit
  // keeps a sender from making us read kilobytes for every byte of body (Go CVE-2023-39326). Signed chunks of S3
  // have 90.
  std::size_t chunk_extension_bytes = 1024;
  // Bytes of all trailer fields of one message. gRPC and Server-Timing need hundreds.
  std::size_t trailer_bytes = 16 << 10;
};

}  // namespace mooring::http
