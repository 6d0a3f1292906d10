// Containers, the table they make, and what it says of a request: for tests of everything between merge and snapshot.
//
// Names are as labels write them ("web"); the merge qualifies them. Single thread, for tests only.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proxy/routing/snapshot_builder.h"
#include "proxy/upstream/affinity.h"
#include "test/unit/routing/request_line.h"

namespace mooring::routing {

using Strings = std::vector<std::string>;

struct Container {
  config::Fragment fragment;

  // "shop/web-1"; with no project: "web-1", outside Compose.
  Container(std::string project, std::string service, int number, std::int64_t created = 0) {
    config::Origin& origin = fragment.origin;
    origin.label = (project.empty() ? "" : project + "/") + service + "-" + std::to_string(number);
    origin.project = std::move(project);
    origin.service = origin.project.empty() ? "" : std::move(service);
    origin.created = created;
    fragment.id = origin.container_id = "id-" + origin.label;
  }
  Container& router(const std::string& name, const std::string& rule, const std::string& to,
                    const Strings& middlewares = {}, const Strings& entry_points = {}) {
    config::RouterConfig config;
    config.rule = rule;
    config.service = to;
    config.middlewares = middlewares;
    config.entry_points = entry_points;
    fragment.routers[name] = config;
    return *this;
  }
  Container& service(const std::string& name, std::uint16_t port = 80) {
    config::ServerConfig server;
    server.id = fragment.id + ":" + std::to_string(port);
    server.host = "10.0.0." + std::to_string(1 + std::hash<std::string>()(fragment.id) % 250);
    server.port = port;
    fragment.services[name].servers = {server};
    return *this;
  }
  Container& sticky(const std::string& name, const std::string& cookie = "sess") {
    config::StickyConfig config;
    config.cookie.name = cookie;
    fragment.middlewares[name] = config;
    return *this;
  }
  Container& sticky_service(const std::string& name, const std::string& cookie = "sess") {
    fragment.services[name].sticky.emplace().cookie.name = cookie;
    return *this;
  }
  Container& chain(const std::string& name, const Strings& middlewares) {
    fragment.middlewares[name] = config::ChainConfig{middlewares};
    return *this;
  }
};

// One of the two containers of the project's example: `name` is "whoami" or "whoami-replica".
inline Container seed(const std::string& name, std::int64_t created = 0) {
  Container made("sticky", name, 1, created);
  made.router(name, "Host(`whoami.localhost`)", name, {"sticky-sessions"}, {"web"}).service(name);
  made.sticky("sticky-sessions", "my_app_session");
  return made;
}

class TableBench {
 public:
  TableBench() {
    for (const char* name : {"web", "websecure", "traefik"}) options.entry_points[name].name = name;
  }

  TableBench& add(const Container& container) {
    fragments.push_back(std::make_shared<const config::Fragment>(container.fragment));
    return *this;
  }
  // Follows what was done to `fragments` since the last time.
  const Snapshot& build() {
    if (builder == nullptr) builder = std::make_unique<SnapshotBuilder>(setup());
    std::map<std::pair<std::string, std::string>, config::FragmentPtr> now;
    for (const config::FragmentPtr& fragment : fragments) now[{fragment->origin.provider, fragment->id}] = fragment;
    for (const auto& [key, fragment] : known) {
      if (!now.contains(key)) merger.remove(key.first, key.second);
    }
    for (const auto& [key, fragment] : now) {
      if (known[key] != fragment) merger.put(fragment);
    }
    known = std::move(now);
    const config::MergeChange change = merger.settle([](const config::Fragment&) { return config::Readiness::ready; });
    built = builder->build(merged, change);
    snapshot = built.snapshot;
    return *snapshot;
  }
  TableSetup setup() {
    return {.options = options,
            .internal_routes = internal_routes,
            .internal_services = internal_services,
            .endpoint = [this](const config::MergedServer& server) { return endpoint(server.config.id); },
            .sole_owner = [](const config::MergedServer&) { return true; },
            .sessions = nullptr};
  }
  upstream::EndpointPtr endpoint(const std::string& id) {
    upstream::EndpointPtr& entry = endpoints[id];
    if (entry == nullptr) entry = std::make_shared<upstream::Endpoint>(id, upstream::sha256_head(id));
    return entry;
  }

  const Route* route(const std::string& name) const {
    for (const auto& each : snapshot->routes) {
      if (each->name == name) return each.get();
    }
    return nullptr;
  }
  // Which route takes a request (see RequestLine) on an entry point; "" for none.
  std::string takes(const std::string& request, const std::string& entry_point = "web") const {
    const auto at = std::ranges::find(snapshot->entry_points, entry_point);
    const RequestLine line(request);
    const Route* route =
        snapshot->tables.at(static_cast<std::size_t>(at - snapshot->entry_points.begin())).match(line.head, line.peer);
    return route == nullptr ? "" : route->name;
  }
  // The ids of the endpoints that a service's balancer has.
  Strings endpoints_of(const std::string& service) const {
    Strings ids;
    const Service& found = snapshot->services.at(service);
    if (found.balancer == nullptr) return ids;
    for (const upstream::Server& server : found.balancer->servers()) ids.push_back(server.config.id);
    return ids;
  }
  // "R005 web@docker: …" for each problem with that code.
  Strings problems(std::string_view code) const {
    Strings lines;
    for (const config::Problem& problem : snapshot->problems) {
      if (problem.code == code) lines.push_back(problem.key + " in " + problem.where);
    }
    return lines;
  }
  config::Problem problem(std::string_view code) const {
    for (const config::Problem& problem : snapshot->problems) {
      if (problem.code == code) return problem;
    }
    return {};
  }

  config::Options options;
  std::vector<config::FragmentPtr> fragments;
  std::vector<InternalRoute> internal_routes;
  InternalServices internal_services;
  std::map<std::string, upstream::EndpointPtr> endpoints;
  std::map<std::pair<std::string, std::string>, config::FragmentPtr> known;
  config::Merger merger;
  const config::Merged& merged = merger.merged();
  std::unique_ptr<SnapshotBuilder> builder;
  Built built;
  std::shared_ptr<Snapshot> snapshot;
};

}  // namespace mooring::routing
