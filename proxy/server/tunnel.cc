#include "proxy/server/tunnel.h"

namespace mooring::server {
namespace {

// An error ends both directions, so that both sides see a cut; but what we end ourselves, with a close, ends as one.
void end_both(loop::Stream& one, loop::Stream& other, loop::Io why) {
  const bool hard = why != loop::Io::canceled;
  one.close(hard);
  other.close(hard);
}

// One direction.
loop::Task<void> copy(loop::Stream& from, loop::Stream& to, std::uint64_t& bytes) {
  while (true) {
    const loop::Io io = co_await from.readable();
    if (io == loop::Io::end) {
      to.shutdown_write();
      co_return;
    }
    if (io != loop::Io::ok) {
      end_both(to, from, io);
      co_return;
    }
    const std::string_view piece = from.buffered();
    const loop::Io written = co_await to.write(piece);
    if (written != loop::Io::ok) {
      end_both(to, from, written);
      co_return;
    }
    bytes += piece.size();
    from.consume(piece.size());
  }
}

}  // namespace

loop::Task<Tunneled> run_tunnel(http::Exchange& exchange, loop::Stream& client, loop::Stream& upstream) {
  Tunneled tunneled;
  loop::TaskScope directions(exchange.loop);
  directions.spawn(copy(client, upstream, tunneled.to_upstream));
  directions.spawn(copy(upstream, client, tunneled.to_client));
  co_await directions.join();
  co_return tunneled;
}

}  // namespace mooring::server
