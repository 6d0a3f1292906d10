// A listener on a loopback address with a port of the kernel's choosing, that accepts and counts, or refuses.
//
// What it accepts stays open until it goes. Runs on the test's loop. For tests only.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "proxy/loop/listener.h"

namespace mooring::test {

inline loop::ListenSocket bound_socket(const std::string& ip, std::uint16_t port = 0) {
  auto socket = loop::ListenSocket::bind_tcp(loop::SocketAddress::from_ip(ip, port).value());
  if (!socket) throw std::runtime_error(socket.error());
  return std::move(*socket);
}

class Loopback {
 public:
  explicit Loopback(loop::EventLoop& loop, const std::string& ip = "127.0.0.1", std::uint16_t port = 0)
      : Loopback(loop, bound_socket(ip, port)) {}
  Loopback(loop::EventLoop& loop, loop::ListenSocket socket)
      : listener_(loop, std::move(socket),
                  [this](std::unique_ptr<loop::SocketStream> stream) { accepted.push_back(std::move(stream)); }) {}

  std::uint16_t port() const { return listener_.address().port(); }

  std::vector<std::unique_ptr<loop::SocketStream>> accepted;

 private:
  loop::Listener listener_;
};

}  // namespace mooring::test
