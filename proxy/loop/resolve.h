// resolve(): the addresses of a host name, by the system's resolver, off the loop's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "proxy/loop/event_loop.h"
#include "proxy/loop/socket_address.h"
#include "proxy/loop/task.h"

namespace mooring::loop {

// Bounds what one connect may have to try.
inline constexpr std::size_t kMostAddresses = 16;

// Its addresses, in the resolver's order; none when the name has none.
Task<std::vector<SocketAddress>> resolve(EventLoop& loop, std::string name, std::uint16_t port);

}  // namespace mooring::loop
