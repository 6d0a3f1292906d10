#include "proxy/routing/sticky_check.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "proxy/config/problem_codes.h"

namespace mooring::routing {
namespace {

std::string short_name(const std::string& qualified) {
  return qualified.substr(0, qualified.rfind('@'));
}

// How `name` is written in a label of `router`: without the provider when that is the router's own.
std::string as_written(const std::string& name, const std::string& router) {
  const std::string_view provider = std::string_view(router).substr(router.rfind('@'));
  return name.ends_with(provider) ? short_name(name) : name;
}

// The sticky middleware to paste, or empty when the stickiness is the service's own.
std::string sticky_name(const RouteDraft& draft, const config::Merged& merged) {
  for (const std::string& name : draft.chain) {
    const auto found = merged.middlewares.find(name);
    if (found != merged.middlewares.end() && std::holds_alternative<config::StickyConfig>(found->second.config)) {
      return name;
    }
  }
  return {};
}

config::Problem partly_sticky(const RouteDraft& plain, const RouteDraft& sticky, const config::Merged& merged) {
  config::Problem problem;
  problem.code = config::code::kPartlySticky;
  problem.severity = config::Severity::warning;
  problem.where = plain.router->origins.empty() ? "" : plain.router->origins.front()->origin.label;
  problem.key = plain.route->name;
  problem.text = "router " + plain.route->name + " leads to the same endpoints as " + sticky.route->name +
                 ", but only that one is sticky: sessions get lost on the way through " + plain.route->name;
  problem.in_force = "requests through " + plain.route->name + " go to any endpoint";
  const std::string name = sticky_name(sticky, merged);
  if (name.empty()) {
    problem.fix = "traefik.http.routers." + short_name(plain.route->name) +
                  ".service=" + as_written(sticky.route->config.service, plain.route->name);
    return problem;
  }
  std::string list;
  for (const std::string& other : plain.route->config.middlewares) list += as_written(other, plain.route->name) + ",";
  problem.fix = "traefik.http.routers." + short_name(plain.route->name) + ".middlewares=" + list +
                as_written(name, plain.route->name);
  return problem;
}

// True when `name` was the first of that key.
bool drop(std::map<std::string, Names>& index, const std::string& key, const std::string& name) {
  const auto found = index.find(key);
  if (found == index.end()) return false;
  const bool first = *found->second.begin() == name;
  found->second.erase(name);
  if (found->second.empty()) index.erase(found);
  return first;
}

}  // namespace

const Names& StickyCheck::services_with(const std::string& server_id) const {
  static const Names kNone;
  const auto found = services_.find(server_id);
  return found == services_.end() ? kNone : found->second;
}

void StickyCheck::file_servers(const Names& services, const config::Merged& merged, Names& touched) {
  for (const std::string& service : services) {
    for (const std::string& id : std::exchange(servers_[service], {})) {
      drop(services_, id, service);
      touched.insert(id);
    }
    const auto found = merged.services.find(service);
    if (found == merged.services.end()) {
      servers_.erase(service);
      continue;
    }
    for (const config::MergedServer& server : found->second.servers) {
      servers_[service].push_back(server.config.id);
      services_[server.config.id].insert(service);
      touched.insert(server.config.id);
    }
  }
}

void StickyCheck::file_router(const std::string& name, const DraftBook& book, Names& touched) {
  if (const auto filed = filed_.find(name); filed != filed_.end()) {
    for (const std::string& id : filed->second) {
      if (drop(sticky_, id, name)) touched.insert(id);
    }
    filed_.erase(filed);
  }
  const RouteDraft* draft = book.find(name);
  if (draft == nullptr || !draft->serves() || !draft->sticky()) return;
  for (const config::MergedServer& server : draft->service->servers) {
    filed_[name].push_back(server.config.id);
    Names& all = sticky_[server.config.id];
    all.insert(name);
    if (*all.begin() == name) touched.insert(server.config.id);
  }
}

const RouteDraft* StickyCheck::sticky_neighbour(const RouteDraft& plain, const DraftBook& book) const {
  for (const config::MergedServer& server : plain.service->servers) {
    const auto found = sticky_.find(server.config.id);
    if (found != sticky_.end()) return book.find(*found->second.begin());
  }
  return nullptr;
}

void StickyCheck::update(const Names& routers, const Names& services, const config::Merged& merged,
                         const DraftBook& book, ProblemLedger& ledger) {
  Names again = routers;  // of which something else may have to be said
  Names refiled = routers;
  Names touched;  // ids of servers whose first sticky router, or whose services, may be others
  file_servers(services, merged, touched);
  for (const std::string& service : services) {
    const Names& led = book.of_service(service);
    again.insert(led.begin(), led.end());
    refiled.insert(led.begin(), led.end());
  }
  for (const std::string& name : refiled) file_router(name, book, touched);
  for (const std::string& id : touched) {
    for (const std::string& service : services_with(id)) {
      const Names& led = book.of_service(service);
      again.insert(led.begin(), led.end());
    }
  }
  for (const std::string& name : again) {
    const RouteDraft* draft = book.find(name);
    const RouteDraft* neighbour = nullptr;
    if (draft != nullptr && draft->router != nullptr && draft->serves() && !draft->sticky()) {
      neighbour = sticky_neighbour(*draft, book);
    }
    std::optional<config::Problem> now;
    if (neighbour != nullptr) now = partly_sticky(*draft, *neighbour, merged);
    const auto was = problems_.find(name);
    if (was != problems_.end()) {
      ledger.drop(was->second);
      problems_.erase(was);
    }
    if (!now) continue;
    ledger.add(*now);
    problems_.emplace(name, std::move(*now));
  }
}

}  // namespace mooring::routing
