#include "test/support/raw_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace mooring::test {
namespace {

bool same(char a, char b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return lower(a) == lower(b);
}

// Where the field's value begins in the head; npos: there is none.
std::size_t find_field(const std::string& head, std::string_view name) {
  for (std::size_t line = head.find("\r\n"); line != std::string::npos; line = head.find("\r\n", line + 2)) {
    const std::size_t begin = line + 2;
    if (head.size() <= begin + name.size() || head[begin + name.size()] != ':') continue;
    bool equal = true;
    for (std::size_t i = 0; i < name.size(); ++i) equal = equal && same(head[begin + i], name[i]);
    if (equal) return begin + name.size() + 1;
  }
  return std::string::npos;
}

}  // namespace

std::string cookie_of(const RawMessage& response) {
  const std::string line = response.field("Set-Cookie");
  return line.substr(0, line.find(';'));
}

int RawMessage::status() const {
  return head.size() > 12 ? std::atoi(head.c_str() + 9) : 0;
}

std::string RawMessage::field(std::string_view name) const {
  std::size_t begin = find_field(head, name);
  if (begin == std::string::npos) return {};
  begin = head.find_first_not_of(' ', begin);
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

bool RawMessage::has(std::string_view name) const {
  return find_field(head, name) != std::string::npos;
}

bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  std::mutex mutex;
  std::condition_variable between_looks;
  std::unique_lock lock(mutex);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    between_looks.wait_for(lock, std::chrono::milliseconds(1));
  }
  return true;
}

RawSocket RawSocket::connect(std::uint16_t port, int receive_buffer) {
  RawSocket made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (receive_buffer != 0) {
    ::setsockopt(made.descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(made.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    throw std::runtime_error(std::string("test client cannot connect: ") + std::strerror(errno));
  }
  const int on = 1;
  ::setsockopt(made.descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return made;
}

RawSocket::RawSocket(RawSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      closing_(std::move(other.closing_)),
      input_(std::move(other.input_)),
      ending_(other.ending_) {}

RawSocket& RawSocket::operator=(RawSocket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(closing_, other.closing_);
  std::swap(input_, other.input_);
  std::swap(ending_, other.ending_);
  return *this;
}

RawSocket::~RawSocket() {
  close();
}

bool RawSocket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    pollfd ready{.fd = descriptor_, .events = POLLOUT, .revents = 0};
    if (::poll(&ready, 1, static_cast<int>(kPatience.count())) <= 0) return false;
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EAGAIN) continue;
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::ptrdiff_t RawSocket::send_some(std::string_view bytes) {
  const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno == EAGAIN) return 0;
  return sent;
}

bool RawSocket::more(std::chrono::milliseconds patience) {
  if (ending_ == Ending::late) ending_ = Ending::none;
  if (ending_ != Ending::none) return false;
  pollfd ready{.fd = descriptor_, .events = POLLIN, .revents = 0};
  if (::poll(&ready, 1, static_cast<int>(patience.count())) <= 0) {
    ending_ = Ending::late;
    return false;
  }
  std::array<char, 65536> buffer;
  const ssize_t got = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got > 0) {
    input_.append(buffer.data(), static_cast<std::size_t>(got));
    return true;
  }
  ending_ = got == 0 ? Ending::fin : Ending::rst;
  return false;
}

std::string RawSocket::take(std::size_t bytes) {
  while (input_.size() < bytes && more()) {
  }
  std::string taken = input_.substr(0, bytes);
  input_.erase(0, bytes);
  return taken;
}

std::string RawSocket::rest() {
  while (more()) {
  }
  return std::exchange(input_, {});
}

Ending RawSocket::wait_end(std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end && more(patience)) input_.clear();
  return ending_;
}

bool RawSocket::wait_gone(std::chrono::milliseconds patience) {
  pollfd ended{.fd = descriptor_, .events = POLLRDHUP, .revents = 0};
  return ::poll(&ended, 1, static_cast<int>(patience.count())) > 0;
}

bool RawSocket::silent() {
  return input_.empty() && !more(std::chrono::milliseconds(0)) && ending_ == Ending::late;
}

bool RawSocket::find_line(std::string& line) {
  std::size_t at = 0;
  while ((at = input_.find("\r\n")) == std::string::npos) {
    if (!more()) return false;
  }
  line = input_.substr(0, at);
  input_.erase(0, at + 2);
  return true;
}

std::optional<RawMessage> RawSocket::read_head() {
  RawMessage message;
  std::size_t end = 0;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
    if (more()) continue;
    if (input_.empty()) return std::nullopt;
    message.head = std::exchange(input_, {});
    message.ending = ending_;
    return message;
  }
  message.head = input_.substr(0, end + 4);
  input_.erase(0, end + 4);
  return message;
}

std::optional<RawMessage> RawSocket::read_request() {
  std::optional<RawMessage> message = read_head();
  if (message && message->ending == Ending::none) read_body(*message, true, false);
  return message;
}

std::optional<RawMessage> RawSocket::read_response(bool to_head) {
  std::optional<RawMessage> message = read_head();
  if (message && message->ending == Ending::none) read_body(*message, false, to_head);
  return message;
}

void RawSocket::read_body(RawMessage& message, bool request, bool to_head) {
  const int status = request ? 0 : message.status();
  const bool none = to_head || (!request && (status < 200 || status == 204 || status == 304));
  if (!none && message.has("Transfer-Encoding")) {
    read_chunks(message);
  } else if (!none && message.has("Content-Length")) {
    const std::size_t length = std::stoull(message.field("Content-Length"));
    message.body = take(length);
    message.complete = message.body.size() == length;
  } else if (!none && !request) {
    message.body = rest();
    message.complete = ending_ == Ending::fin;
  } else {
    message.complete = true;
  }
  message.ending = ending_;
}

void RawSocket::read_chunks(RawMessage& message) {
  std::string line;
  while (find_line(line)) {
    const std::size_t size = std::stoull(line, nullptr, 16);
    if (size != 0) {
      const std::string piece = take(size + 2);
      if (piece.size() != size + 2) {
        message.body += piece;
        return;
      }
      message.body.append(piece, 0, size);
      continue;
    }
    while (find_line(line)) {
      if (line.empty()) {
        message.complete = true;
        return;
      }
      message.trailers += line + "\r\n";
    }
  }
}

void RawSocket::fin() {
  ::shutdown(descriptor_, SHUT_WR);
}

void RawSocket::rst() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close();
}

void RawSocket::close() {
  if (closing_ == nullptr) return;  // moved from
  const std::lock_guard lock(*closing_);
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void RawSocket::shut_down() {
  const std::lock_guard lock(*closing_);
  if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_RDWR);
}

}  // namespace mooring::test
