#include "proxy/admin/drain_target.h"

#include <algorithm>
#include <map>

#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::admin {
namespace {

using server::DrainTarget;

constexpr std::size_t kShortId = 12;  // what `docker ps` shows
constexpr std::size_t kMostNamed = 10;

// By id, so that a container with several endpoints is one.
using Found = std::map<std::string, std::string>;

bool is_of_container(const upstream::Server& server) {
  return !server.origin.container_id.empty() && server.config.id.starts_with(server.origin.container_id);
}

std::string container_name(const upstream::Server& server) {
  if (!server.origin.container_name.empty()) return server.origin.container_name;
  return server.origin.container_id.substr(0, kShortId);
}

template <typename Use>
void each_server(const routing::Snapshot* table, Use use) {
  if (table == nullptr) return;
  for (const auto& [name, service] : table->services) {
    if (service.balancer == nullptr) continue;
    for (const upstream::Server& server : service.balancer->servers()) use(name, server);
  }
}

template <typename Fits>
Found containers(const routing::Snapshot* table, Fits fits) {
  Found found;
  each_server(table, [&](const std::string&, const upstream::Server& server) {
    if (is_of_container(server) && fits(server)) found.emplace(server.origin.container_id, container_name(server));
  });
  return found;
}

// `web/10.0.0.2:80`, `web@docker/shop-web-1`: one endpoint of one service.
Found endpoints(const routing::Snapshot* table, std::string_view name) {
  Found found;
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return found;
  const std::string_view service = name.substr(0, slash);
  const std::string_view endpoint = name.substr(slash + 1);
  if (endpoint.empty()) return found;
  each_server(table, [&](const std::string& of, const upstream::Server& server) {
    if (of != service && of.substr(0, of.rfind('@')) != service) return;
    const bool fits = endpoint == server.authority || endpoint == server.url ||
                      endpoint == server.origin.container_name ||
                      (is_of_container(server) && server.origin.container_id.starts_with(endpoint));
    if (fits) found.emplace(server.config.id, of + "/" + server.authority);
  });
  return found;
}

Found ordered(const std::vector<server::DrainView>& orders, std::string_view name) {
  Found found;
  for (const server::DrainView& order : orders) {
    if (order.target.name == name || order.target.id.starts_with(name))
      found.emplace(order.target.id, order.target.name);
  }
  return found;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < kMostNamed; ++i) text += "  " + config::printable(names[i]) + "\n";
  if (names.size() > kMostNamed) text += "  and " + std::to_string(names.size() - kMostNamed) + " more\n";
  return text;
}

NoTarget ambiguous(std::string_view name, const Found& found) {
  std::vector<std::string> names;
  for (const auto& [id, each] : found) names.push_back(each + " (" + id.substr(0, kShortId) + ")");
  return {.status = 409, .text = config::quoted(name) + " fits several; say which:\n" + listed(names)};
}

NoTarget unknown(const routing::Snapshot* table, std::string_view name) {
  std::vector<std::string> names;
  for (const auto& [id, each] : containers(table, [](const upstream::Server&) { return true; })) names.push_back(each);
  std::ranges::sort(names);
  std::string text = "Mooring routes to no container or endpoint " + config::quoted(name) + "\n";
  if (const std::string_view nearest = config::nearest(name, names); !nearest.empty()) {
    text += "  did you mean " + config::printable(nearest) + "?\n";
  }
  text += names.empty() ? "  there are no containers at all\n" : "these are there:\n" + listed(names);
  return {.status = 404, .text = std::move(text)};
}

}  // namespace

std::expected<DrainTarget, NoTarget> find_drain_target(const routing::Snapshot* table,
                                                       const std::vector<server::DrainView>& orders,
                                                       std::string_view name) {
  if (name.empty()) return std::unexpected(unknown(table, name));
  const auto called = [name](const upstream::Server& server) { return server.origin.container_name == name; };
  const auto labelled = [name](const upstream::Server& server) { return server.origin.label == name; };
  const auto begins = [name](const upstream::Server& server) { return server.origin.container_id.starts_with(name); };
  for (const Found& found : {containers(table, called), containers(table, labelled), endpoints(table, name),
                             containers(table, begins), ordered(orders, name)}) {
    if (found.size() > 1) return std::unexpected(ambiguous(name, found));
    if (found.size() == 1) return DrainTarget{.id = found.begin()->first, .name = found.begin()->second};
  }
  return std::unexpected(unknown(table, name));
}

bool is_running(const routing::Snapshot* table, const std::string& id) {
  bool running = false;
  each_server(table, [&](const std::string&, const upstream::Server& server) {
    const bool its = server.config.id == id || (is_of_container(server) && server.origin.container_id == id);
    running = running || (its && server.endpoint->state() != upstream::EndpointState::gone);
  });
  return running;
}

}  // namespace mooring::admin
