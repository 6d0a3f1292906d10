// Dynamic files in, configuration and Problems out, against the files of test/golden/files.
//
// A case that begins with "# toml" is read as web.toml, any other as web.yml.
#include <catch2/catch_test_macros.hpp>
#include <sstream>
#include <string>

#include "proxy/config/dynamic_file.h"
#include "test/support/golden.h"
#include "test/unit/config/shown_health.h"

namespace mooring::config {
namespace {

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
  return "[" + out + "]";
}

void show(std::ostream& out, const RouterConfig& router) {
  out << "  rule " << (router.rule.empty() ? "(none)" : router.rule) << "\n";
  if (!router.entry_points.empty()) out << "  entry points " << joined(router.entry_points) << "\n";
  if (!router.middlewares.empty()) out << "  middlewares " << joined(router.middlewares) << "\n";
  out << "  service " << (router.service.empty() ? "(none)" : router.service) << "\n";
  if (router.priority != 0) out << "  priority " << router.priority << "\n";
  if (!router.broken.empty()) out << "  BROKEN " << router.broken << "\n";
}

void show(std::ostream& out, const ServiceConfig& service) {
  for (const ServerConfig& server : service.servers) {
    out << "  server " << server.url() << " id=" << server.id;
    if (server.weight != 1) out << " weight=" << server.weight;
    if (server.preserve_path) out << " keeps path " << server.path;
    out << "\n";
  }
  if (!service.pass_host_header) out << "  does not pass the host header\n";
  if (service.flush_interval.count() != 100) out << "  flushes every " << service.flush_interval.count() << "ms\n";
  if (!service.servers_transport.empty()) out << "  transport " << service.servers_transport << "\n";
  if (service.sticky) out << "  sticky " << service.sticky->cookie.name << " " << service.sticky->cookie.path << "\n";
  show_health(out, service);
  if (!service.broken.empty()) out << "  BROKEN " << service.broken << "\n";
}

void show(std::ostream& out, const MiddlewareConfig& middleware) {
  if (const auto* broken = std::get_if<BrokenMiddleware>(&middleware)) out << "  BROKEN " << broken->reason << "\n";
  if (const auto* chain = std::get_if<ChainConfig>(&middleware))
    out << "  chain " << joined(chain->middlewares) << "\n";
  if (const auto* sticky = std::get_if<StickyConfig>(&middleware)) out << "  sticky " << sticky->cookie.name << "\n";
}

void show(std::ostream& out, const ServersTransportConfig& transport) {
  out << "  dial " << transport.dial_timeout.count() << "ms, head " << transport.response_header_timeout.count()
      << "ms, idle " << transport.idle_connection_timeout.count() << "ms, at most " << transport.max_idle_conns_per_host
      << " idle\n";
  if (!transport.broken.empty()) out << "  BROKEN " << transport.broken << "\n";
}

std::string shown(const DynamicFile& read) {
  std::ostringstream out;
  for (const Problem& problem : read.problems) out << "REFUSED " << to_line(problem) << "\n";
  if (!read.fragment) return out.str();
  for (const auto& [name, router] : read.fragment->routers) show(out << "router " << name << "\n", router);
  for (const auto& [name, middleware] : read.fragment->middlewares)
    show(out << "middleware " << name << "\n", middleware);
  for (const auto& [name, service] : read.fragment->services) show(out << "service " << name << "\n", service);
  for (const auto& [name, transport] : read.fragment->servers_transports) {
    show(out << "transport " << name << "\n", transport);
  }
  for (const Problem& problem : read.fragment->problems) out << "! " << to_line(problem) << "\n";
  return out.str().empty() ? "nothing\n" : out.str();
}

TEST_CASE("dynamic files decode as the golden files say") {
  test::check_golden("files", 30, [](const std::string& input) {
    const bool toml = input.starts_with("# toml");
    return shown(read_dynamic_file(input, toml ? "web.toml" : "web.yml", "what it said before stays in force"));
  });
}

}  // namespace
}  // namespace mooring::config
