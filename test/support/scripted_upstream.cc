#include "test/support/scripted_upstream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace mooring::test {
namespace {

int bound_socket(std::uint16_t& port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
      ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("test upstream cannot bind");
  }
  port = ntohs(address.sin_port);
  return descriptor;
}

}  // namespace

std::optional<RawMessage> Peer::request() {
  std::optional<RawMessage> message = socket.read_request();
  if (message) upstream_.remember(*message);
  return message;
}

std::optional<RawMessage> Peer::request_head() {
  std::optional<RawMessage> message = socket.read_head();
  if (message) upstream_.remember(*message);
  return message;
}

bool Peer::answer(std::string_view body, std::string_view fields) {
  return socket.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
                     std::string(fields) + "\r\n" + std::string(body));
}

ScriptedUpstream::Script ScriptedUpstream::answering(std::string body) {
  return [body = std::move(body)](Peer& peer) {
    while (const auto request = peer.request()) {
      if (!request->complete || !peer.answer(request->method() == "HEAD" ? "" : body)) return;
    }
  };
}

ScriptedUpstream::ScriptedUpstream(Script script, int receive_buffer)
    : script_(std::move(script)), listening_(bound_socket(port_)) {
  // Accepted sockets inherit it.
  if (receive_buffer != 0) {
    ::setsockopt(listening_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
  }
  if (::listen(listening_, 1024) != 0) throw std::runtime_error("test upstream cannot listen");
  acceptor_ = std::thread([this] { accept(); });
}

ScriptedUpstream::~ScriptedUpstream() {
  ending_.store(true);
  ::shutdown(listening_, SHUT_RDWR);
  acceptor_.join();
  ::close(listening_);
  {
    const std::lock_guard lock(mutex_);
    for (Peer* peer : peers_) peer->socket.shut_down();
  }
  for (std::thread& thread : threads_) thread.join();
}

void ScriptedUpstream::accept() {
  while (!ending_.load()) {
    const int descriptor = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) {
      if (ending_.load()) return;
      continue;
    }
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const std::size_t number = connections_.fetch_add(1);
    open_.fetch_add(1);
    threads_.emplace_back([this, descriptor, number] {
      Peer peer(*this, RawSocket(descriptor), number);
      {
        const std::lock_guard lock(mutex_);
        peers_.push_back(&peer);
        if (ending_.load()) peer.socket.shut_down();
      }
      script_(peer);
      {
        const std::lock_guard lock(mutex_);
        peers_.remove(&peer);
      }
      peer.socket.close();
      open_.fetch_sub(1);
    });
  }
}

void ScriptedUpstream::remember(const RawMessage& message) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(message);
}

std::vector<RawMessage> ScriptedUpstream::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t ScriptedUpstream::request_count() const {
  const std::lock_guard lock(mutex_);
  return requests_.size();
}

UnboundPort::UnboundPort() : descriptor_(bound_socket(port_)) {}

UnboundPort::~UnboundPort() {
  ::close(descriptor_);
}

SilentPort::SilentPort() : descriptor_(bound_socket(port_)) {
  ::listen(descriptor_, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < 4; ++i) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    filling_.push_back(descriptor);
    pollfd ready{.fd = descriptor, .events = POLLOUT, .revents = 0};
    // The first that is not taken shows that the queue is full.
    if (::poll(&ready, 1, 100) == 0) break;
  }
}

SilentPort::~SilentPort() {
  for (const int descriptor : filling_) ::close(descriptor);
  ::close(descriptor_);
}

}  // namespace mooring::test
