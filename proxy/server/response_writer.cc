#include "proxy/server/response_writer.h"

#include "proxy/http/chunk_framing.h"
#include "proxy/http/serializer.h"

namespace mooring::server {
namespace {

http::Failure client_failure(loop::Io io) {
  http::Failure failure;
  failure.kind = io == loop::Io::canceled ? http::FailureKind::canceled : http::FailureKind::connection_terminated;
  failure.side = http::Side::client;
  failure.detail = loop::to_string(io);
  return failure;
}

// How the client learns where the body ends (RFC 9112 section 6.3).
void choose_framing(const http::RequestHead& request, http::ResponseHead& head, bool& keep_alive) {
  using enum http::BodyKind;
  const bool old_client = request.minor_version == 0;
  if (head.framing.kind == until_close && !old_client) head.framing.kind = chunked;
  if (head.framing.kind == chunked && old_client) head.framing.kind = until_close;
  if (head.framing.kind == until_close) keep_alive = false;
}

class StallGuard {
 public:
  explicit StallGuard(const http::StallLimit& limit) : limit_(limit) {
    if (limit_.ms != 0) limit_.deadline->set(limit_.ms);
  }
  ~StallGuard() {
    if (limit_.ms != 0) limit_.deadline->clear();
  }
  StallGuard(const StallGuard&) = delete;
  StallGuard& operator=(const StallGuard&) = delete;

 private:
  const http::StallLimit& limit_;
};

}  // namespace

loop::Task<Written> write_response(http::Exchange& exchange, loop::Stream& client, http::Response& response,
                                   bool keep_alive, http::StallLimit stall) {
  Written written;
  choose_framing(exchange.request, response.head, keep_alive);
  std::string_view head =
      http::serialize(response.head, exchange.request.minor_version == 0, keep_alive, exchange.arena);
  const bool has_body = response.body != nullptr && response.head.framing.kind != http::BodyKind::none &&
                        exchange.request.method != http::Method::head;
  if (!has_body) {
    const StallGuard guard(stall);
    const loop::Io io = co_await client.write(head);
    if (io != loop::Io::ok) written.failure = client_failure(io);
    written.keep_alive = keep_alive && io == loop::Io::ok;
    co_return written;
  }
  while (true) {
    http::BodyRead piece;
    if (!response.body->try_read(piece)) {
      if (!head.empty()) {
        // The body may take its time: the head must not wait for it.
        const StallGuard guard(stall);
        const loop::Io io = co_await client.write(head);
        head = {};
        if (io != loop::Io::ok) {
          written.failure = client_failure(io);
          co_return written;
        }
      }
      if (response.head.framing.kind == http::BodyKind::length && response.body->can_move_to(client)) {
        written.body_bytes += co_await response.body->move_to(client);
      }
      piece = co_await response.body->read();
    }
    if (piece.failure) {
      written.failure = piece.failure;
      written.nothing_sent = !head.empty();
      written.reset = response.head.framing.kind == http::BodyKind::until_close || !head.empty();
      co_return written;
    }
    const http::HeaderMap* const trailers = piece.last ? response.body->trailers() : nullptr;
    const http::ChunkFraming framing(response.head.framing.kind, piece, trailers, exchange.arena);
    const StallGuard guard(stall);
    const loop::Io io = co_await client.write(head, framing.before(), piece.bytes, framing.after());
    head = {};
    if (io != loop::Io::ok) {
      written.failure = client_failure(io);
      co_return written;
    }
    written.body_bytes += piece.bytes.size();
    if (piece.last) break;
  }
  written.keep_alive = keep_alive;
  co_return written;
}

}  // namespace mooring::server
