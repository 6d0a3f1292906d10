#include "proxy/loop/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace mooring::loop {
namespace {

constexpr int kBacklog = 4096;  // the kernel cuts it to net.core.somaxconn

std::unexpected<std::string> failed(const SocketAddress& address, int descriptor) {
  const int error = errno;
  std::string text = "cannot listen on " + address.to_string() + ": " + std::generic_category().message(error);
  if (error == EADDRINUSE) text += ": another process, or another entry point, listens there";
  if (descriptor >= 0) ::close(descriptor);
  return std::unexpected(std::move(text));
}

bool somebody_listens(const SocketAddress& address) {
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return false;
  const bool alive = ::connect(probe, address.raw(), address.length) == 0 || errno == EAGAIN;
  ::close(probe);
  return alive;
}

}  // namespace

std::expected<ListenSocket, std::string> ListenSocket::bind_tcp(const SocketAddress& wanted) {
  return bind_tcp(wanted, true);
}

std::expected<ListenSocket, std::string> ListenSocket::take_alone(const SocketAddress& wanted) {
  auto socket = bind_tcp(wanted, false);
  if (socket && ::listen(socket->descriptor_, 1) != 0) return failed(wanted, socket->release());
  return socket;
}

std::expected<ListenSocket, std::string> ListenSocket::bind_tcp(const SocketAddress& wanted, bool shared) {
  const int descriptor = ::socket(wanted.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0 && errno == EAFNOSUPPORT && wanted.family() == AF_INET6 && wanted.ip() == "::") {
    // A kernel without IPv6: the wildcard means IPv4 then, which is an address:
    // NOLINTNEXTLINE(bugprone-unchecked-optional-access)
    return bind_tcp(*SocketAddress::from_ip("0.0.0.0", wanted.port()), shared);
  }
  if (descriptor < 0) return failed(wanted, descriptor);
  const int on = 1;
  const int off = 0;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (shared) ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
  if (wanted.family() == AF_INET6) ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  if (::bind(descriptor, wanted.raw(), wanted.length) != 0) return failed(wanted, descriptor);
  sockaddr_storage storage{};
  socklen_t length = sizeof(storage);
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return failed(wanted, descriptor);
  return ListenSocket(descriptor, SocketAddress::from_raw(reinterpret_cast<sockaddr*>(&storage), length));
}

std::expected<ListenSocket, std::string> ListenSocket::bind_unix(const std::string& path, unsigned mode) {
  const auto address = SocketAddress::from_path(path);
  if (!address) return std::unexpected("cannot listen on " + path + ": a socket path has 1 to 107 bytes");
  if (somebody_listens(*address))
    return std::unexpected("cannot listen on " + path + ": another process listens there");
  ::unlink(path.c_str());
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return failed(*address, descriptor);
  // The file must never be there with wider rights than asked for, not even between two calls.
  const mode_t old_mask = ::umask(static_cast<mode_t>(~mode & 0777U));
  const int bound = ::bind(descriptor, address->raw(), address->length);
  const int bind_error = errno;
  ::umask(old_mask);
  errno = bind_error;
  if (bound != 0) return failed(*address, descriptor);
  return ListenSocket(descriptor, *address);
}

ListenSocket::ListenSocket(ListenSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), address_(other.address_) {}

ListenSocket& ListenSocket::operator=(ListenSocket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(address_, other.address_);
  return *this;
}

ListenSocket::~ListenSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

int ListenSocket::release() {
  return std::exchange(descriptor_, -1);
}

struct Listener::Block {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  };
  Listener* owner = nullptr;
  bool is_unix = false;
};

Listener::Listener(EventLoop& loop, ListenSocket socket, Accept accept)
    : loop_(loop), block_(new Block{}), address_(socket.address()), accept_(std::move(accept)) {
  block_->is_unix = socket.is_unix();
  if (block_->is_unix) {
    uv_pipe_init(loop.raw(), &block_->pipe, 0);
    uv_pipe_open(&block_->pipe, socket.release());
  } else {
    uv_tcp_init(loop.raw(), &block_->tcp);
    uv_tcp_open(&block_->tcp, socket.release());
  }
  block_->handle.data = block_;
  block_->owner = this;
  const int status = uv_listen(&block_->stream, kBacklog, [](uv_stream_t* stream, int error) {
    auto* block = static_cast<Block*>(stream->data);
    const EventLoop::Turn turn(block->owner->loop_);
    if (error < 0) return;
    block->owner->pending_ = true;
    block->owner->ready();
  });
  if (status != 0) {
    const std::string text = "cannot listen on " + address_.to_string() + ": " + uv_strerror(status);
    uv_close(&block_->handle, [](uv_handle_t* handle) { delete static_cast<Block*>(handle->data); });
    throw std::runtime_error(text);
  }
}

Listener::~Listener() {
  if (block_ != nullptr) {
    uv_close(&block_->handle, [](uv_handle_t* handle) { delete static_cast<Block*>(handle->data); });
  }
}

void Listener::ready() {
  if (withheld_ || !pending_ || block_ == nullptr) return;
  std::unique_ptr<SocketStream> stream = SocketStream::make(loop_, block_->is_unix);
  pending_ = false;
  if (uv_accept(&block_->stream, stream->raw()) != 0) return;
  stream->opened();
  accept_(std::move(stream));
}

void Listener::withhold() {
  withheld_ = true;
}

void Listener::resume() {
  withheld_ = false;
  const EventLoop::Turn turn(loop_);
  ready();
}

void Listener::close() {
  if (block_ == nullptr) return;
  withheld_ = false;
  ready();
  // With SO_REUSEPORT the kernel resets what still waits in a queue that goes: take it in first.
  uv_os_fd_t listening = -1;
  if (uv_fileno(&block_->handle, &listening) == 0) {
    for (int descriptor = 0; descriptor >= 0;) {
      descriptor = ::accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (descriptor < 0) break;
      std::unique_ptr<SocketStream> stream = SocketStream::adopt(loop_, block_->is_unix, descriptor);
      if (stream != nullptr) accept_(std::move(stream));
    }
  }
  uv_close(&block_->handle, [](uv_handle_t* handle) { delete static_cast<Block*>(handle->data); });
  block_ = nullptr;
}

}  // namespace mooring::loop
