// The URL of a server as labels and files give it: `http://10.0.0.5:8080`.
//
// Reads scheme, host and port; a path is allowed and plays no role, as in Traefik without preservePath. Host names are
// not resolved. Pure, any thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "proxy/config/dynamic.h"

namespace mooring::config {

// The server with its id (its URL in one form), or what is wrong with the text.
std::expected<ServerConfig, std::string> parse_server_url(std::string_view text);

}  // namespace mooring::config
