// Labels in, configuration and Problems out, against the files of test/golden/labels.
//
// A file has labels (`key=value`, one a line), a line of four dashes, then what is decoded. MOORING_UPDATE_GOLDEN=1
// writes the files anew; what changed is then for the reviewer's eyes.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "proxy/config/label_decoder.h"
#include "proxy/config/label_health.h"
#include "proxy/config/printable.h"
#include "test/unit/config/shown_health.h"

namespace mooring::config {
namespace {

constexpr std::string_view kSeparator = "----\n";

// `\n`, `\xNN` and `\\` in a value stand for bytes that a text file does not hold well.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
    } else if (text[++i] == 'n') {
      out += '\n';
    } else if (text[i] == 'x' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string{text.substr(i + 1, 2)}, nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::map<std::string, std::string> labels_of(const std::string& text) {
  std::map<std::string, std::string> labels;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with("# ")) continue;
    const auto equals = line.find('=');
    REQUIRE(equals != std::string::npos);
    labels[unescaped(line.substr(0, equals))] = unescaped(line.substr(equals + 1));
  }
  return labels;
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
  return "[" + out + "]";
}

void show(std::ostream& out, const CookieConfig& cookie) {
  out << "cookie name=" << (cookie.name.empty() ? "(generated)" : cookie.name) << " path=" << cookie.path;
  if (!cookie.domain.empty()) out << " domain=" << cookie.domain;
  if (cookie.max_age != 0) out << " max-age=" << cookie.max_age;
  if (cookie.http_only) out << " http-only";
  if (cookie.secure) out << " secure";
  if (!cookie.same_site.empty()) out << " same-site=" << cookie.same_site;
  out << "\n";
}

void show(std::ostream& out, const DecodedRouter& router) {
  out << "  rule " << (router.rule ? *router.rule : "(default)") << "\n";
  if (!router.entry_points.empty()) out << "  entry points " << joined(router.entry_points) << "\n";
  if (!router.middlewares.empty()) out << "  middlewares " << joined(router.middlewares) << "\n";
  out << "  service " << (router.service ? *router.service : "(the only one)") << "\n";
  if (!router.rule_syntax.empty()) out << "  rule syntax " << router.rule_syntax << "\n";
  if (router.priority != 0) out << "  priority " << router.priority << "\n";
  if (!router.broken.empty()) out << "  BROKEN " << router.broken << "\n";
}

void show(std::ostream& out, const DecodedService& service) {
  if (service.url) {
    out << "  server " << service.url->url() << " id=" << service.url->id << "\n";
  } else {
    out << "  server " << service.scheme
        << "://(container):" << (service.port ? std::to_string(*service.port) : "(default)") << "\n";
  }
  if (service.weight != 1) out << "  weight " << service.weight << "\n";
  if (!service.pass_host_header) out << "  does not pass the host header\n";
  if (service.sticky) show(out << "  ", service.sticky->cookie);
  show_health(out, service);
  if (!service.broken.empty()) out << "  BROKEN " << service.broken << "\n";
}

void show(std::ostream& out, const MiddlewareConfig& middleware) {
  out << "  ";
  if (const auto* broken = std::get_if<BrokenMiddleware>(&middleware)) out << "BROKEN " << broken->reason << "\n";
  if (const auto* chain = std::get_if<ChainConfig>(&middleware)) out << "chain " << joined(chain->middlewares) << "\n";
  if (const auto* sticky = std::get_if<StickyConfig>(&middleware)) show(out, sticky->cookie);
}

std::string shown(const DecodedLabels& decoded) {
  std::ostringstream out;
  if (decoded.enable) out << "enable " << (*decoded.enable ? "true" : "false") << "\n";
  if (!decoded.network.empty()) out << "network " << decoded.network << "\n";
  if (decoded.allow_non_running) out << "allow non-running\n";
  if (decoded.has_tcp_or_udp) out << "has tcp or udp\n";
  if (!decoded.no_default_router.empty()) out << "NO DEFAULT ROUTER " << decoded.no_default_router << "\n";
  if (!decoded.has_http) out << "no http\n";
  for (const auto& [name, router] : decoded.routers) show(out << "router " << printable(name) << "\n", router);
  for (const auto& [name, middleware] : decoded.middlewares) show(out << "middleware " << name << "\n", middleware);
  for (const auto& [name, service] : decoded.services) show(out << "service " << name << "\n", service);
  for (const auto& [name, said] : decoded.own) {
    DecodedService lone;
    lone.health_check.emplace();
    settle_own(said.first, lone);
    show_health(out << "if the provider makes a service " << printable(name) << "\n", lone);
  }
  for (const Problem& problem : decoded.problems) out << "! " << to_line(problem) << "\n";
  return out.str();
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::set<std::filesystem::path> golden_files() {
  std::set<std::filesystem::path> files;
  const std::filesystem::path folder = std::filesystem::path{MOORING_SOURCE_DIR} / "test/golden/labels";
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.path().extension() == ".txt") files.insert(entry.path());
  }
  return files;
}

TEST_CASE("labels decode as the golden files say") {
  const bool update = std::getenv("MOORING_UPDATE_GOLDEN") != nullptr;
  const auto files = golden_files();
  REQUIRE(files.size() >= 60);
  for (const auto& path : files) {
    const std::string text = read_file(path);
    const auto at = text.find(kSeparator);
    const std::string above = text.substr(0, at);
    const std::string result = shown(decode_labels(labels_of(above), "shop/web-1"));
    if (update) {
      std::ofstream{path, std::ios::binary} << above << kSeparator << result;
      continue;
    }
    INFO(path.filename().string());
    REQUIRE(at != std::string::npos);
    CHECK(result == text.substr(at + kSeparator.size()));
  }
}

}  // namespace
}  // namespace mooring::config
