// Ports as compose files write them: "80", "8080:80", "127.0.0.1:8080:80/udp", ranges, and the long form's parts.
//
// Pure; any thread. Source: the Compose specification, "ports" and "expose".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/compose.h"

namespace mooring::config {

// The ports of one item of `ports` (published) or `expose`; none where it cannot be read. A range gives one each, up
// to kMostPortsOfARange.
std::vector<ComposePort> parse_compose_port(std::string_view text, bool published);

inline constexpr unsigned kMostPortsOfARange = 256;

}  // namespace mooring::config
