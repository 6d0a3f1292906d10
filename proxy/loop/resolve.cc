#include "proxy/loop/resolve.h"

#include <netdb.h>

#include "proxy/loop/offload.h"

namespace mooring::loop {
namespace {

std::optional<SocketAddress> look_up(const std::string& name, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(name.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0) return std::nullopt;
  std::optional<SocketAddress> address;
  if (found != nullptr) address = SocketAddress::from_raw(found->ai_addr, found->ai_addrlen);
  ::freeaddrinfo(found);
  return address;
}

}  // namespace

Task<std::optional<SocketAddress>> resolve(EventLoop& loop, std::string name, std::uint16_t port) {
  std::optional<SocketAddress> address;
  co_await offload(loop, [&] { address = look_up(name, port); });
  co_return address;
}

}  // namespace mooring::loop
