#include "proxy/config/server_url.h"

#include <algorithm>

#include "proxy/config/go_values.h"
#include "proxy/config/ip.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

constexpr std::size_t kLongestHost = 253;  // RFC 1035 section 2.3.4, as text

bool is_host_name(std::string_view host) {
  return !host.empty() && host.size() <= kLongestHost && host.front() != '.' && host.front() != '-' &&
         std::ranges::all_of(host, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
         });
}

bool set_host(ServerConfig& server, std::string_view host) {
  const bool bracketed = host.starts_with('[');
  if (const auto ip = IpAddress::parse(host)) {
    if (ip->v6 && !bracketed) return false;
    server.host = ip->to_string();
    return true;
  }
  server.host = ascii_lower(host);
  return !bracketed && is_host_name(server.host);
}

// RFC 3986 section 3.3, but for the octets that our own request line could not carry.
bool is_path(std::string_view path) {
  return std::ranges::all_of(path, [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>'; });
}

}  // namespace

std::expected<ServerConfig, std::string> parse_server_url(std::string_view text) {
  text = trimmed(text);
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return std::unexpected{"it has no scheme; expected http://host:port"};
  ServerConfig server;
  server.scheme = ascii_lower(text.substr(0, colon));
  if (server.scheme != "http" && server.scheme != "https" && server.scheme != "h2c") {
    return std::unexpected{"its scheme is not http, https or h2c"};
  }
  server.port = server.scheme == "https" ? 443 : 80;
  const std::string_view rest = text.substr(colon + 3);
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const std::string_view path = rest.substr(authority.size(), rest.find_first_of("?#") - authority.size());
  if (rest.find_first_of("?#") != std::string_view::npos) return std::unexpected{"it holds a query or a fragment"};
  if (!is_path(path)) return std::unexpected{"its path holds a character that must be percent-encoded"};
  if (authority.find('@') != std::string_view::npos) return std::unexpected{"it holds a user name"};
  const auto port_at = authority.rfind(':');
  if (port_at != std::string_view::npos && authority.find(']', port_at) == std::string_view::npos) {
    const auto port = parse_port(authority.substr(port_at + 1));
    if (!port) return std::unexpected{"its port is not a number from 1 to 65535"};
    server.port = *port;
    authority = authority.substr(0, port_at);
  }
  if (!set_host(server, authority)) return std::unexpected{"its host is neither a name nor an IP address"};
  server.path = path;
  server.id = text;
  return server;
}

}  // namespace mooring::config
