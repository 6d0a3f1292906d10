// The URL of a server as labels and files give it: `http://10.0.0.5:8080`.
//
// Reads scheme, host, port and path; the path plays a role with preservePath alone, as in Traefik. The server's id is
// the text as it was written: Traefik's cookie is made from that (compat 3.3). Host names are not resolved. Pure, any
// thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "proxy/config/dynamic.h"

namespace mooring::config {

// The server with its id, or what is wrong with the text.
std::expected<ServerConfig, std::string> parse_server_url(std::string_view text);

}  // namespace mooring::config
