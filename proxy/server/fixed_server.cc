#include "proxy/server/fixed_server.h"

#include <utility>

namespace mooring::server {

FixedServer::FixedServer(loop::EventLoop& loop, std::uint32_t worker, const http::Handler& handler)
    : loop_(loop),
      exchanges_(loop, worker, nullptr),
      group_{.loop = loop,
             .exchanges = exchanges_,
             .options = options_,
             .root = handler,
             .limits = limits_,
             .own_hostname = {},
             .worker = worker,
             .on_closed = {}},
      connections_(loop) {}

FixedServer::~FixedServer() = default;

void FixedServer::listen(loop::ListenSocket socket) {
  listener_ =
      std::make_unique<loop::Listener>(loop_, std::move(socket), [this](std::unique_ptr<loop::SocketStream> stream) {
        connections_.spawn(Connection::serve(group_, std::move(stream)));
      });
}

void FixedServer::close(bool at_once) {
  listener_.reset();
  if (at_once) {
    group_.close_all();
  } else {
    group_.close_idle();
  }
}

}  // namespace mooring::server
