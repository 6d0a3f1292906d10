// The bytes around a piece of body on a connection: chunk head and end, last chunk and trailers; nothing for a body
// that is not chunked.
//
// For the one write that carries the piece: views into itself and the arena, so it stays where it is until that is
// done. One thread. Source: RFC 9112 section 7.1.
#pragma once

#include <array>
#include <string_view>

#include "proxy/http/body.h"
#include "proxy/http/serializer.h"

namespace mooring::http {

class ChunkFraming {
 public:
  // `trailers`: of the body, once its last piece is there; may be null.
  ChunkFraming(BodyKind kind, const BodyRead& piece, const HeaderMap* trailers, Arena& arena);
  ChunkFraming(const ChunkFraming&) = delete;
  ChunkFraming& operator=(const ChunkFraming&) = delete;

  std::string_view before() const { return before_; }
  std::string_view after() const { return after_; }

 private:
  std::array<char, kChunkHeadBytes> chunk_head_;
  std::string_view before_;
  std::string_view after_;
};

}  // namespace mooring::http
