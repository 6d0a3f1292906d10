#include "proxy/routing/redirections.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "middleware/redirect_scheme.h"

namespace mooring::routing {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Letters and digits, with '-' between the pieces: Traefik's form of generated names.
std::string normalized(std::string_view text) {
  std::string name;
  bool gap = false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
    if (!letter && !is_digit(c)) {
      gap = true;
      continue;
    }
    if (gap && !name.empty()) name += '-';
    gap = false;
    name += c;
  }
  return name;
}

// ":8443" says the port itself; a name is an entry point's.
std::optional<std::string> port_of(const std::string& to, const config::Options& options) {
  const std::size_t colon = to.rfind(':');
  if (colon != std::string::npos) {
    std::string port = to.substr(colon + 1);
    if (port.empty() || !std::ranges::all_of(port, is_digit)) return std::nullopt;
    return port;
  }
  const auto target = options.entry_points.find(to);
  if (target == options.entry_points.end()) return std::nullopt;
  return std::to_string(target->second.port);
}

}  // namespace

std::vector<InternalRoute> redirection_routes(const config::Options& options) {
  std::vector<InternalRoute> routes;
  for (const auto& [name, entry_point] : options.entry_points) {
    if (!entry_point.redirection) continue;
    const config::RedirectionOptions& redirection = *entry_point.redirection;
    InternalRoute route{.name = normalized(name + "-to-" + redirection.to) + "@internal",
                        .rule = "HostRegexp(`^.+$`)",
                        .entry_point = name,
                        .priority = redirection.priority,
                        .service = "noop@internal"};
    const auto port = port_of(redirection.to, options);
    if (port) {
      route.chain.push_back(std::make_shared<const middleware::RedirectScheme>(config::RedirectSchemeConfig{
          .scheme = redirection.scheme, .port = *port, .permanent = redirection.permanent}));
    } else {
      route.broken = "entry point \"" + redirection.to + "\" doesn't exist: requests cannot be sent there";
    }
    routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace mooring::routing
