#include "proxy/loop/resolve.h"

#include <netdb.h>

#include "proxy/loop/offload.h"

namespace mooring::loop {
namespace {

std::vector<SocketAddress> look_up(const std::string& name, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  std::vector<SocketAddress> addresses;
  if (::getaddrinfo(name.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0) return addresses;
  for (const addrinfo* entry = found; entry != nullptr && addresses.size() < kMostAddresses; entry = entry->ai_next) {
    addresses.push_back(SocketAddress::from_raw(entry->ai_addr, entry->ai_addrlen));
  }
  ::freeaddrinfo(found);
  return addresses;
}

}  // namespace

Task<std::vector<SocketAddress>> resolve(EventLoop& loop, std::string name, std::uint16_t port) {
  std::vector<SocketAddress> addresses;
  co_await offload(loop, [&] { addresses = look_up(name, port); });
  co_return addresses;
}

}  // namespace mooring::loop
