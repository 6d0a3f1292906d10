// SocketStream: a Stream over a TCP or unix socket, by libuv.
//
// The libuv handle lives in a heap block of its own that belongs to the loop until its close callback; the stream may
// go before it. Made by a Listener or by connect(). One loop, one thread.
#pragma once

#include <memory>

#include "proxy/loop/socket_address.h"
#include "proxy/loop/stream.h"

struct uv_stream_s;
struct uv_tcp_s;

namespace mooring::loop {

class SocketStream final : public Stream {
 public:
  ~SocketStream() override;

  void shutdown_write() override;
  std::size_t unsent() const override;
  void close(bool hard = false) override;

  // Asked of the kernel each time: once a connection.
  SocketAddress peer() const;
  SocketAddress local() const;

  // A stream whose socket is still to be connected or accepted. For Listener and connect() only.
  static std::unique_ptr<SocketStream> make(EventLoop& loop, bool is_unix);
  // A stream over a descriptor that is connected already; null (and the descriptor closed) when libuv cannot take it.
  static std::unique_ptr<SocketStream> adopt(EventLoop& loop, bool is_unix, int descriptor);
  uv_stream_s* raw() const;
  // The socket is connected: sets TCP_NODELAY and starts to read.
  void opened();

 protected:
  Io try_write(Pieces& pieces) override;
  void start_write(const Pieces& pieces) override;
  void resume_reading() override;
  int descriptor() const override;

 private:
  struct Block;
  explicit SocketStream(EventLoop& loop);
  SocketAddress name_by(int (*ask)(const uv_tcp_s*, sockaddr*, int*)) const;
  void start_reading();
  void stop_reading();
  static void look_at_stalled(void* stream);

  Block* block_ = nullptr;  // null once closed
  bool reading_ = false;
  Deadline stall_watch_;
};

}  // namespace mooring::loop
