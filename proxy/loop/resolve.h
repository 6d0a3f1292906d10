// resolve(): the address of a host name, by the system's resolver, off the loop's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "proxy/loop/event_loop.h"
#include "proxy/loop/socket_address.h"
#include "proxy/loop/task.h"

namespace mooring::loop {

// The first address; none when the name has none.
Task<std::optional<SocketAddress>> resolve(EventLoop& loop, std::string name, std::uint16_t port);

}  // namespace mooring::loop
