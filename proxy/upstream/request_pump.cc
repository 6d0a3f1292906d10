#include "proxy/upstream/request_pump.h"

#include <limits>

#include "proxy/http/chunk_framing.h"
#include "proxy/loop/deadline.h"

namespace mooring::upstream {
namespace {

const http::HeaderMap* trailers_with(const http::Exchange& exchange, const http::BodyRead& piece) {
  return piece.last ? exchange.body.trailers() : nullptr;
}

// Ends an exchange whose upstream takes nothing of the request although there is something to take. Once the answer has
// begun it may do as it likes: servers answer without reading to the end.
class WriteStall {
 public:
  WriteStall(http::Exchange& exchange, loop::Stream& stream)
      : exchange_(exchange), stream_(stream), deadline_(exchange.loop.deadlines(), look, this) {}

  void arm() {
    if (exchange_.stall_ms == 0) return;
    unsent_ = std::numeric_limits<std::size_t>::max();
    quiet_ = -1;
    deadline_.set(exchange_.stall_ms / kLooks);
  }
  void disarm() { deadline_.clear(); }

 private:
  static constexpr int kLooks = 4;

  static void look(void* context) {
    auto& self = *static_cast<WriteStall*>(context);
    if (self.exchange_.origin.status != 0) return;
    const std::size_t unsent = self.stream_.unsent();
    self.quiet_ = unsent < self.unsent_ ? 0 : self.quiet_ + 1;
    self.unsent_ = unsent;
    if (self.quiet_ < kLooks) return self.deadline_.set(self.exchange_.stall_ms / kLooks);
    http::Failure failure;
    failure.kind = http::FailureKind::connection_write_timeout;
    failure.side = http::Side::upstream;
    failure.detail = "the upstream takes nothing of the request";
    self.exchange_.cancel(failure);
  }

  http::Exchange& exchange_;
  loop::Stream& stream_;
  loop::Deadline deadline_;
  std::size_t unsent_ = 0;
  int quiet_ = 0;  // looks without progress
};

// What fits into the kernel's buffer of a connection that is empty: no need to watch it go.
constexpr std::size_t kSurelyTaken = 8192;

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
  const http::ChunkFraming framing(exchange.request.framing.kind, piece, trailers_with(exchange, piece),
                                   exchange.arena);
  sent.more = !piece.last;
  WriteStall stall(exchange, stream);
  if (head.size() + piece.bytes.size() > kSurelyTaken) stall.arm();
  sent.io = co_await stream.write(head, framing.before(), piece.bytes, framing.after());
  exchange.request_sent = piece.last && sent.io == loop::Io::ok;
  co_return sent;
}

loop::Task<void> pump(http::Exchange& exchange, Lease lease) {
  WriteStall stall(exchange, lease->stream());
  while (true) {
    http::BodyRead piece;
    if (!exchange.body.try_read(piece)) {
      if (exchange.request.framing.kind == http::BodyKind::length && exchange.body.can_move_to(lease->stream())) {
        co_await exchange.body.move_to(lease->stream());
      }
      piece = co_await exchange.body.read();
    }
    if (piece.failure) {
      // Interrupted by ourselves: the answer is complete, or another attempt goes on with the body.
      if (piece.failure.kind == http::FailureKind::canceled) co_return;
      // Whole, so that the client hears what is wrong with its body.
      exchange.cancel(piece.failure);
      co_return;
    }
    const http::ChunkFraming framing(exchange.request.framing.kind, piece, trailers_with(exchange, piece),
                                     exchange.arena);
    stall.arm();
    const loop::Io io = co_await lease->stream().write(framing.before(), piece.bytes, framing.after());
    stall.disarm();
    if (io != loop::Io::ok) co_return;
    if (piece.last) {
      exchange.request_sent = true;
      co_return;
    }
  }
}

}  // namespace mooring::upstream
