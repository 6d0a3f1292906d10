#include "proxy/loop/socket_stream.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include <algorithm>
#include <array>
#include <utility>

namespace mooring::loop {
namespace {

// While a full buffer stops the reading, libuv does not watch the socket: so often it is asked whether the peer has
// reset it.
constexpr std::uint64_t kStalledLookMs = 1'000;

// When bytes and a reset come together, libuv gives the bytes and then says "end" without another read: a cut body
// would look complete. The socket still knows.
bool was_reset(const uv_handle_t* handle) {
  uv_os_fd_t descriptor = -1;
  int error = 0;
  socklen_t length = sizeof(error);
  return uv_fileno(handle, &descriptor) == 0 && ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 &&
         error != 0;
}

}  // namespace

// What libuv holds on to: the handle, and who hears of it while the stream lives. Requests are made when there is
// something to wait for: an idle connection has none, and most have none in all their life.
struct SocketStream::Block {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  };
  SocketStream* owner = nullptr;
  bool is_unix = false;

  static Block& of(uv_handle_t* handle) { return *static_cast<Block*>(handle->data); }

  static void on_room(uv_handle_t* handle, std::size_t /*suggested*/, uv_buf_t* buffer) {
    SocketStream* owner = of(handle).owner;
    if (owner->leaves_bytes()) {
      *buffer = uv_buf_init(nullptr, 0);
      return;
    }
    const Room room = owner->room();
    *buffer = uv_buf_init(room.data, static_cast<unsigned>(room.bytes));
  }

  static void on_read(uv_stream_t* stream, ssize_t count, const uv_buf_t* /*buffer*/) {
    Block& block = of(reinterpret_cast<uv_handle_t*>(stream));
    SocketStream* owner = block.owner;
    const EventLoop::Turn turn(owner->loop());
    if (count == 0) {
      owner->release_if_empty();
      return;
    }
    if (count == UV_ENOBUFS) {  // on_room gave none: whoever reads takes it from the socket
      owner->arrived();
      if (block.owner == nullptr || !owner->reading_) return;
      if (owner->finished()) {
        uv_read_stop(stream);
        owner->reading_ = false;
      } else if (owner->stalled_) {
        owner->stop_reading();
      }
      return;
    }
    if (count < 0) {
      uv_read_stop(stream);
      owner->reading_ = false;
      owner->ended(count == UV_EOF && was_reset(reinterpret_cast<uv_handle_t*>(stream))
                       ? Io::reset
                       : from_uv(static_cast<int>(count)));
      return;
    }
    owner->received(static_cast<std::size_t>(count));
    // The reader may have ended the stream; what is left of it is the block.
    if (block.owner != nullptr && owner->stalled_ && owner->reading_) owner->stop_reading();
  }

  static void on_written(uv_write_t* request, int status) {
    Block& block = of(reinterpret_cast<uv_handle_t*>(request->handle));
    delete request;
    if (block.owner == nullptr) return;
    const EventLoop::Turn turn(block.owner->loop());
    block.owner->finish_write(from_uv(status));
  }
};

SocketStream::SocketStream(EventLoop& loop) : Stream(loop), stall_watch_(loop.deadlines(), look_at_stalled, this) {}

std::unique_ptr<SocketStream> SocketStream::make(EventLoop& loop, bool is_unix) {
  std::unique_ptr<SocketStream> stream(new SocketStream(loop));
  auto* block = new Block{};
  block->is_unix = is_unix;
  if (is_unix) {
    uv_pipe_init(loop.raw(), &block->pipe, 0);
  } else {
    uv_tcp_init(loop.raw(), &block->tcp);
  }
  block->handle.data = block;
  block->owner = stream.get();
  stream->block_ = block;
  return stream;
}

std::unique_ptr<SocketStream> SocketStream::adopt(EventLoop& loop, bool is_unix, int descriptor) {
  std::unique_ptr<SocketStream> stream = make(loop, is_unix);
  Block& block = *stream->block_;
  const int status = is_unix ? uv_pipe_open(&block.pipe, descriptor) : uv_tcp_open(&block.tcp, descriptor);
  if (status != 0) {
    ::close(descriptor);
    return nullptr;
  }
  stream->opened();
  return stream;
}

SocketStream::~SocketStream() {
  close();
  if (block_ != nullptr) block_->owner = nullptr;
}

uv_stream_s* SocketStream::raw() const {
  return closed_ ? nullptr : &block_->stream;
}

SocketAddress SocketStream::name_by(int (*ask)(const uv_tcp_t*, sockaddr*, int*)) const {
  sockaddr_storage storage{};
  int length = sizeof(storage);
  if (!closed_ && !block_->is_unix) ask(&block_->tcp, reinterpret_cast<sockaddr*>(&storage), &length);
  return SocketAddress::from_raw(reinterpret_cast<sockaddr*>(&storage), static_cast<socklen_t>(length));
}

SocketAddress SocketStream::peer() const {
  return name_by(uv_tcp_getpeername);
}

SocketAddress SocketStream::local() const {
  return name_by(uv_tcp_getsockname);
}

void SocketStream::opened() {
  if (!block_->is_unix) {
    uv_tcp_nodelay(&block_->tcp, 1);
  }
  start_reading();
}

void SocketStream::start_reading() {
  if (reading_ || closed_ || finished()) return;
  reading_ = uv_read_start(&block_->stream, Block::on_room, Block::on_read) == 0;
}

void SocketStream::stop_reading() {
  uv_read_stop(&block_->stream);
  reading_ = false;
  stall_watch_.set(kStalledLookMs);
}

void SocketStream::resume_reading() {
  stall_watch_.clear();
  start_reading();
}

void SocketStream::look_at_stalled(void* stream) {
  auto& self = *static_cast<SocketStream*>(stream);
  uv_os_fd_t descriptor = -1;
  if (self.closed_ || self.reading_ || self.finished() || uv_fileno(&self.block_->handle, &descriptor) != 0) return;
  pollfd state{.fd = descriptor, .events = 0, .revents = 0};
  if (::poll(&state, 1, 0) > 0 && (state.revents & (POLLERR | POLLHUP)) != 0) {
    self.ended(Io::reset);
    return;
  }
  self.stall_watch_.set(kStalledLookMs);
}

Io SocketStream::try_write(Pieces& pieces) {
  std::array<uv_buf_t, kMaxPieces> buffers;
  unsigned count = 0;
  std::size_t wanted = 0;
  for (const std::string_view piece : pieces) {
    if (piece.empty()) continue;
    buffers[count++] = uv_buf_init(const_cast<char*>(piece.data()), static_cast<unsigned>(piece.size()));
    wanted += piece.size();
  }
  if (count == 0) return Io::ok;
  const int sent = uv_try_write(&block_->stream, buffers.data(), count);
  if (sent == UV_EAGAIN) return Io::ok;
  if (sent < 0) return from_uv(sent);
  bytes_written_ += static_cast<std::size_t>(sent);
  if (static_cast<std::size_t>(sent) == wanted) {
    pieces = {};
    return Io::ok;
  }
  auto left = static_cast<std::size_t>(sent);
  for (std::string_view& piece : pieces) {
    const std::size_t taken = std::min(left, piece.size());
    piece.remove_prefix(taken);
    left -= taken;
  }
  return Io::ok;
}

void SocketStream::start_write(const Pieces& pieces) {
  std::array<uv_buf_t, kMaxPieces> buffers;
  unsigned count = 0;
  for (const std::string_view piece : pieces) {
    if (piece.empty()) continue;
    buffers[count++] = uv_buf_init(const_cast<char*>(piece.data()), static_cast<unsigned>(piece.size()));
    bytes_written_ += piece.size();
  }
  auto* request = new uv_write_t{};
  const int status = uv_write(request, &block_->stream, buffers.data(), count, Block::on_written);
  if (status == 0) return;
  delete request;
  fail_write_soon(from_uv(status));
}

int SocketStream::descriptor() const {
  uv_os_fd_t descriptor = -1;
  return closed_ || uv_fileno(&block_->handle, &descriptor) != 0 ? -1 : descriptor;
}

std::size_t SocketStream::unsent() const {
  return closed_ ? 0 : uv_stream_get_write_queue_size(&block_->stream);
}

void SocketStream::shutdown_write() {
  if (closed_) return;
  auto* request = new uv_shutdown_t{};
  if (uv_shutdown(request, &block_->stream, [](uv_shutdown_t* done, int /*status*/) { delete done; }) != 0) {
    delete request;
  }
}

void SocketStream::close(bool hard) {
  if (closed_) return;
  closed_ = true;
  reading_ = false;
  cancel_waiters();
  Block* block = block_;
  const auto closed = [](uv_handle_t* handle) {
    Block* ended = &Block::of(handle);
    // A write that was pending has been called back with ECANCELED by now, while the owner was there to hear it.
    if (ended->owner != nullptr) ended->owner->block_ = nullptr;
    delete ended;
  };
  if (hard && !block->is_unix && uv_tcp_close_reset(&block->tcp, closed) == 0) return;
  uv_close(&block->handle, closed);
}

}  // namespace mooring::loop
