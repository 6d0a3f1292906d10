#include "proxy/http/chunk_framing.h"

namespace mooring::http {

ChunkFraming::ChunkFraming(BodyKind kind, const BodyRead& piece, const HeaderMap* trailers, Arena& arena) {
  if (kind != BodyKind::chunked) return;
  if (!piece.bytes.empty()) {
    before_ = {chunk_head_.data(), write_chunk_head(chunk_head_.data(), piece.bytes.size())};
    after_ = kChunkEnd;
  }
  if (!piece.last) return;
  const std::string_view end = trailers == nullptr ? kLastChunk : serialize_trailers(*trailers, arena);
  after_ = after_.empty() ? end : arena.concat({after_, end});
}

}  // namespace mooring::http
