#include "proxy/upstream/health_location.h"

#include <algorithm>

#include "proxy/http/header_map.h"

namespace mooring::upstream {
namespace {

// "shop.example:80" and "shop.example" are one for http.
std::string_view without_default_port(std::string_view authority) {
  constexpr std::string_view kPort = ":80";
  if (authority.ends_with(kPort)) authority.remove_suffix(kPort.size());
  return authority;
}

bool same_host(std::string_view a, std::string_view b) {
  return http::equal_ignoring_case(without_default_port(a), without_default_port(b));
}

}  // namespace

bool is_redirect(std::uint16_t status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::optional<std::string> next_path(std::string_view location, std::string_view path, std::string_view authority,
                                     std::string_view address) {
  const bool readable = !location.empty() && location.size() <= kLongestLocation &&
                        std::ranges::all_of(location, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!readable) return std::nullopt;
  location = location.substr(0, location.find('#'));
  constexpr std::string_view kScheme = "http://";
  const bool absolute = http::equal_ignoring_case(location.substr(0, kScheme.size()), kScheme);
  if (absolute || location.starts_with("//")) {
    location.remove_prefix(absolute ? kScheme.size() : 2);
    const std::string_view host = location.substr(0, location.find_first_of("/?"));
    if (!same_host(host, authority) && !same_host(host, address)) return std::nullopt;
    location.remove_prefix(host.size());
    return (location.starts_with('/') ? "" : "/") + std::string{location};
  }
  if (location.starts_with('/')) return std::string{location};
  const std::string_view plain = path.substr(0, path.find('?'));
  if (location.empty() || location.starts_with('?')) return std::string{plain} + std::string{location};
  // Another scheme, or a name with a colon in its first part, which may not stand there.
  if (location.substr(0, location.find_first_of("/?")).contains(':')) return std::nullopt;
  return std::string{plain.substr(0, plain.rfind('/') + 1)} + std::string{location};
}

}  // namespace mooring::upstream
