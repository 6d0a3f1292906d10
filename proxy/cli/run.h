// `mooring run`: builds the proxy from its options, runs it until a signal, and ends it in order.
#pragma once

#include <string>
#include <vector>

namespace mooring::cli {

// `flags` in Traefik's spelling. Returns the process's exit code: 0, 1 (a socket cannot be bound …) or 2 (bad options).
int run_proxy(const std::vector<std::string>& flags);

}  // namespace mooring::cli
