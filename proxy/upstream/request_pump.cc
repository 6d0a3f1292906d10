#include "proxy/upstream/request_pump.h"

#include <array>

#include "proxy/http/serializer.h"

namespace mooring::upstream {
namespace {

// A piece of body with its chunk framing, as the pieces of one write.
struct Framed {
  std::array<char, http::kChunkHeadBytes> chunk_head;
  std::string_view before;
  std::string_view after;

  Framed(http::Exchange& exchange, const http::BodyRead& piece) {
    if (exchange.request.framing.kind != http::BodyKind::chunked) return;
    if (!piece.bytes.empty()) {
      before = {chunk_head.data(), http::write_chunk_head(chunk_head.data(), piece.bytes.size())};
      after = http::kChunkEnd;
    }
    if (!piece.last) return;
    const http::HeaderMap* trailers = exchange.body.trailers();
    std::string_view end = http::kLastChunk;
    if (trailers != nullptr) end = http::serialize_trailers(*trailers, exchange.arena);
    after = after.empty() ? end : exchange.arena.concat({after, end});
  }
};

}  // namespace

loop::Task<Sent> send_request(http::Exchange& exchange, loop::Stream& stream, std::string_view head) {
  Sent sent;
  http::BodyRead piece;
  const bool wait_for_continue = exchange.request.expects_continue && exchange.body.present();
  if (!exchange.body.present() || wait_for_continue || !exchange.body.try_read(piece) || piece.failure) {
    sent.more = exchange.body.present();
    sent.io = co_await stream.write(head);
    exchange.request_sent = !sent.more && sent.io == loop::Io::ok;
    co_return sent;
  }
  const Framed framed(exchange, piece);
  sent.more = !piece.last;
  sent.io = co_await stream.write(head, framed.before, piece.bytes, framed.after);
  exchange.request_sent = piece.last && sent.io == loop::Io::ok;
  co_return sent;
}

loop::Task<void> pump(http::Exchange& exchange, Lease lease) {
  while (true) {
    http::BodyRead piece;
    if (!exchange.body.try_read(piece)) piece = co_await exchange.body.read();
    if (piece.failure) {
      // Interrupted by ourselves: the answer is complete, or another attempt goes on with the body.
      if (piece.failure.kind == http::FailureKind::canceled) co_return;
      // Whole, so that the client hears what is wrong with its body.
      exchange.cancel(piece.failure);
      co_return;
    }
    const Framed framed(exchange, piece);
    const loop::Io io = co_await lease->stream().write(framed.before, piece.bytes, framed.after);
    if (io != loop::Io::ok) co_return;
    if (piece.last) {
      exchange.request_sent = true;
      co_return;
    }
  }
}

}  // namespace mooring::upstream
