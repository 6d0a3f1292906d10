// SocketAddress: where to connect to or listen on, as the kernel wants it: IPv4, IPv6 or a unix path. A value.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mooring::loop {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  // `ip` is an address, not a name (names: resolve.h). Empty: all addresses, IPv6 and IPv4.
  static std::optional<SocketAddress> from_ip(std::string_view ip, std::uint16_t port);
  static std::optional<SocketAddress> from_path(std::string_view path);
  // From getpeername() and the like.
  static SocketAddress from_raw(const sockaddr* address, socklen_t length);

  const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
  std::uint16_t port() const;     // 0 for a unix path
  std::string ip() const;         // "10.0.0.1", "fd00::5"; IPv4-mapped addresses unwrapped; "" for a unix path
  std::string to_string() const;  // "10.0.0.1:80", "[fd00::5]:80", or the path
};

}  // namespace mooring::loop
