#include "proxy/admin/rawdata.h"

#include <mooring_version.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "proxy/admin/rawdata_services.h"
#include "proxy/admin/status_routers.h"
#include "proxy/observe/timestamp.h"

namespace mooring::admin {
namespace {

constexpr std::string_view kCodename = "bollard";

std::string_view provider_of(std::string_view qualified) {
  const std::size_t at = qualified.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : qualified.substr(at + 1);
}

// Traefik shows a service as the router wrote it: without the provider when that is the router's own.
std::string service_as_written(const routing::Route& route) {
  const std::string& service = route.config.service.empty() ? route.service : route.config.service;
  const std::string_view provider = provider_of(service);
  if (provider == "internal" || provider != provider_of(route.name)) return service;
  return service.substr(0, service.size() - provider.size() - 1);
}

Json router_object(const routing::Route& route) {
  const bool internal = provider_of(route.name) == "internal";
  const bool says_where = !route.config.entry_points.empty();
  Json router = Json::object();
  add_unless_empty(router, "entryPoints", says_where ? route.config.entry_points : route.entry_points);
  add_unless_empty(router, "middlewares", route.config.middlewares);
  add_unless_empty(router, "service", service_as_written(route));
  add_unless_empty(router, "rule", route.config.rule);
  if (internal) router["ruleSyntax"] = "default";
  if (route.priority != 0) router["priority"] = route.priority;
  router["observability"] = {{"accessLogs", true}, {"metrics", true}, {"tracing", true}, {"traceVerbosity", "minimal"}};
  add_unless_empty(router, "error", route.errors);
  router["status"] = to_string(route.status);
  add_unless_empty(router, "using", route.entry_points);
  return router;
}

Json middleware_object(const config::MergedMiddleware& middleware, const std::vector<std::string>& users) {
  Json object = Json::object();
  std::string_view status = "enabled";
  if (const auto* sticky = std::get_if<config::StickyConfig>(&middleware.config)) {
    object["sticky"] = sticky_object(*sticky, sticky->cookie.name);
  } else if (const auto* chain = std::get_if<config::ChainConfig>(&middleware.config)) {
    Json inner = Json::object();
    add_unless_empty(inner, "middlewares", chain->middlewares);
    object["chain"] = std::move(inner);
  } else if (const auto* broken = std::get_if<config::BrokenMiddleware>(&middleware.config)) {
    object["error"] = Json::array({broken->reason});
    status = "disabled";
  }
  object["status"] = status;
  add_unless_empty(object, "usedBy", users);
  return object;
}

Json middleware_objects(const routing::Snapshot& snapshot) {
  static const std::vector<std::string> kNobody;
  Json middlewares = Json::object();
  for (const auto& [name, middleware] : snapshot.middlewares) {
    const auto users = snapshot.middleware_users.find(name);
    middlewares[name] =
        middleware_object(middleware, users == snapshot.middleware_users.end() ? kNobody : users->second);
  }
  return middlewares;
}

}  // namespace

Json rawdata_document(const routing::Snapshot& snapshot) {
  // Go writes a map by its keys.
  std::map<std::string_view, const routing::Route*> routes;
  for (const auto& route : snapshot.routes) routes.emplace(route->name, route.get());
  Json routers = Json::object();
  for (const auto& [name, route] : routes) routers[std::string(name)] = router_object(*route);
  Json document = Json::object();
  add_unless_empty(document, "routers", std::move(routers));
  add_unless_empty(document, "middlewares", middleware_objects(snapshot));
  add_unless_empty(document, "services", service_objects(snapshot));
  return document;
}

Json version_document(const server::StatusSource& source) {
  return {{"Version", MOORING_VERSION}, {"Codename", kCodename}, {"startDate", observe::rfc3339(source.started_ms())}};
}

}  // namespace mooring::admin
