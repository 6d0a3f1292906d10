// Listener: accepts connections on a listening socket and hands each over as a Stream.
//
// A ListenSocket is made and bound on the main thread, while the process still may bind low ports; the Listener that
// takes it runs on its worker's loop. Near a limit the owner withholds: the kernel's queue waits, nothing is accepted
// only to be closed. Source: listen(2), SO_REUSEPORT in socket(7).
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "proxy/loop/socket_stream.h"

namespace mooring::loop {

// A bound socket (not yet listening), owned by descriptor. Movable; closes what was not handed on.
class ListenSocket {
 public:
  // TCP with SO_REUSEPORT, so that each worker has its own queue; the wildcard address takes IPv4 too.
  static std::expected<ListenSocket, std::string> bind_tcp(const SocketAddress& address);
  // The same without SO_REUSEPORT, and listening: an error where any process listens, whatever options that has set.
  // Close it before bind_tcp().
  static std::expected<ListenSocket, std::string> take_alone(const SocketAddress& address);
  // A unix socket with `mode`; a stale file of that name is replaced, a live one is an error.
  static std::expected<ListenSocket, std::string> bind_unix(const std::string& path, unsigned mode);

  ListenSocket(ListenSocket&& other) noexcept;
  ListenSocket& operator=(ListenSocket&& other) noexcept;
  ~ListenSocket();

  const SocketAddress& address() const { return address_; }  // with the real port where 0 was asked for
  bool is_unix() const { return address_.family() == AF_UNIX; }
  int release();

 private:
  ListenSocket(int descriptor, const SocketAddress& address) : descriptor_(descriptor), address_(address) {}
  static std::expected<ListenSocket, std::string> bind_tcp(const SocketAddress& address, bool shared);

  int descriptor_ = -1;
  SocketAddress address_;
};

class Listener {
 public:
  using Accept = std::function<void(std::unique_ptr<SocketStream> stream)>;

  // Listens at once. `accept` is called on the loop for each connection.
  Listener(EventLoop& loop, ListenSocket socket, Accept accept);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  const SocketAddress& address() const { return address_; }
  // Accepts nothing more until resume(). What waits in the kernel's queue stays there.
  void withhold();
  void resume();
  // Accepts what waits in the queue, then closes the socket.
  void close();

 private:
  struct Block;
  void ready();

  EventLoop& loop_;
  Block* block_;
  SocketAddress address_;
  Accept accept_;
  bool withheld_ = false;
  bool pending_ = false;  // libuv holds an accepted connection for us
};

}  // namespace mooring::loop
