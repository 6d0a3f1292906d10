// What `mooring whoami` says about itself and about a request: as text, as traefik/whoami writes it, and as JSON.
//
// Pure but for read_addresses(), which asks the kernel. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/http/forwarded.h"
#include "proxy/http/request_head.h"

namespace mooring::cli {

struct Identity {
  std::string name;  // --name; may be empty
  std::string hostname;
  std::vector<std::string> addresses;
};

// This host's name, and the addresses of its interfaces but the loopback's.
std::string read_hostname();
std::vector<std::string> read_addresses();

// "10.0.0.1:80", "[fd00::5]:80".
std::string peer_text(const http::Peer& peer);

// The lines about us, then the request as it arrived: request line, Host, User-Agent, the other fields by name, an
// empty line and `body`.
std::string whoami_text(const Identity& self, const http::Peer& peer, const http::RequestHead& request,
                        std::string_view body);
std::string whoami_json(const Identity& self, const http::Peer& peer, const http::RequestHead& request);

// "x-forWarded-for" → "X-Forwarded-For": as Go writes names.
std::string canonical_name(std::string_view name);

}  // namespace mooring::cli
