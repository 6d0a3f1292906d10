// FixedServer: answers every request on one listener with one handler: the control socket, `mooring whoami`, tests.
//
// The same Connection as the data plane's, without routes, middlewares or an upstream pool. Lives on the loop that it
// was given; owned by whoever made it, who must let the loop run until drained() before it goes.
#pragma once

#include <memory>

#include "proxy/config/options.h"
#include "proxy/loop/listener.h"
#include "proxy/server/connection.h"

namespace mooring::server {

class FixedServer {
 public:
  // `handler` must outlive it. `worker`: whose counters its requests count in.
  FixedServer(loop::EventLoop& loop, std::uint32_t worker, const http::Handler& handler);
  ~FixedServer();
  FixedServer(const FixedServer&) = delete;
  FixedServer& operator=(const FixedServer&) = delete;

  // On the loop's thread (or before it runs).
  void listen(loop::ListenSocket socket);
  // Stops accepting; idle connections end, busy ones after their answer, or at once.
  void close(bool at_once);
  loop::TaskScope::Join drained() { return connections_.join(); }
  std::size_t connections() const { return connections_.size(); }

 private:
  loop::EventLoop& loop_;
  config::EntryPointOptions options_;
  http::HeadLimits limits_;
  ExchangeCache exchanges_;
  ConnectionGroup group_;
  loop::TaskScope connections_;
  std::unique_ptr<loop::Listener> listener_;
};

}  // namespace mooring::server
