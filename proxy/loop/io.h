// Io: how one step on a socket ended. Not an error type of its own: http and upstream turn it into a Failure.
#pragma once

#include <cstdint>
#include <string_view>

namespace mooring::loop {

enum class Io : std::uint8_t {
  ok,
  end,          // the peer sent FIN and everything before it was read
  canceled,     // closed on this side while it was waited for
  reset,        // RST, broken pipe
  refused,      // connect: nobody listens
  unreachable,  // connect: no route, host down, network down
  timeout,      // connect: not in time
  resources,    // out of descriptors, ports or memory
  other,
};

std::string_view to_string(Io io);
Io from_uv(int status);  // libuv's negative codes; 0 and above is ok

}  // namespace mooring::loop
