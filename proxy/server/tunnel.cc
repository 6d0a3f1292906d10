#include "proxy/server/tunnel.h"

namespace mooring::server {
namespace {

// One direction. An error closes both streams, which ends the other direction too.
loop::Task<void> copy(loop::Stream& from, loop::Stream& to, std::uint64_t& bytes) {
  while (true) {
    const loop::Io io = co_await from.readable();
    if (io == loop::Io::end) {
      to.shutdown_write();
      co_return;
    }
    if (io != loop::Io::ok) {
      to.close(true);
      from.close(true);
      co_return;
    }
    const std::string_view piece = from.buffered();
    const loop::Io written = co_await to.write(piece);
    if (written != loop::Io::ok) {
      to.close(true);
      from.close(true);
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
