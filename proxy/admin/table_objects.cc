#include "proxy/admin/table_objects.h"

#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "proxy/admin/status_routers.h"

namespace mooring::admin {
namespace {

using ServerList = std::vector<const upstream::Server*>;

// As Go's omitempty.
template <typename T>
void add_unless_empty(Json& object, const char* key, T&& value) {
  if (!value.empty()) object[key] = std::forward<T>(value);
}

void add_name(Json& object, std::string_view name, std::string_view type = {}) {
  object["name"] = name;
  add_unless_empty(object, "provider", provider_of(name));
  add_unless_empty(object, "type", type);
}

Json sticky_object(const config::StickyConfig& sticky, const std::string& cookie_name) {
  const config::CookieConfig& config = sticky.cookie;
  Json cookie = Json::object();
  add_unless_empty(cookie, "name", cookie_name.empty() ? config.name : cookie_name);
  if (config.secure) cookie["secure"] = true;
  if (config.http_only) cookie["httpOnly"] = true;
  add_unless_empty(cookie, "sameSite", config.same_site);
  if (config.max_age != 0) cookie["maxAge"] = config.max_age;
  add_unless_empty(cookie, "path", config.path);
  add_unless_empty(cookie, "domain", config.domain);
  return {{"cookie", std::move(cookie)}};
}

std::string url_of(const upstream::Server& server) {
  return server.url + server.config.path;
}

Json server_object(const upstream::Server& server) {
  Json object = {{"url", url_of(server)}};
  if (server.config.weight != 1) object["weight"] = server.config.weight;
  if (server.config.preserve_path) object["preservePath"] = true;
  return object;
}

// As Traefik shows them: what was not said is left out, but for what always has a value.
Json check_object(const config::HealthCheckConfig& check) {
  Json object = Json::object();
  add_unless_empty(object, "scheme", check.scheme);
  object["mode"] = "http";
  add_unless_empty(object, "path", check.path);
  if (check.method != "GET") object["method"] = check.method;
  if (check.status != 0) object["status"] = check.status;
  if (check.port != 0) object["port"] = check.port;
  object["interval"] = go_duration(check.interval);
  if (check.unhealthy_interval != check.interval) object["unhealthyInterval"] = go_duration(check.unhealthy_interval);
  object["timeout"] = go_duration(check.timeout);
  add_unless_empty(object, "hostname", check.hostname);
  object["followRedirects"] = check.follow_redirects;
  Json headers = Json::object();
  for (const auto& [name, value] : check.headers) headers[name] = value;
  add_unless_empty(object, "headers", std::move(headers));
  return object;
}

Json passive_check_object(const config::PassiveHealthCheckConfig& check) {
  return {{"failureWindow", go_duration(check.failure_window)}, {"maxFailedAttempts", check.max_failed_attempts}};
}

Json load_balancer_object(const routing::Service& service, const ServerList& list) {
  Json balancer = Json::object();
  if (service.config.sticky) balancer["sticky"] = sticky_object(*service.config.sticky, service.cookie_name);
  Json servers = Json::array();
  for (const upstream::Server* server : list) servers.push_back(server_object(*server));
  add_unless_empty(balancer, "servers", std::move(servers));
  balancer["strategy"] = to_string(service.config.strategy);
  if (service.config.health_check) balancer["healthCheck"] = check_object(*service.config.health_check);
  if (service.config.passive_health_check) {
    balancer["passiveHealthCheck"] = passive_check_object(*service.config.passive_health_check);
  }
  balancer["passHostHeader"] = service.config.pass_host_header;
  balancer["responseForwarding"] = {{"flushInterval", go_duration(service.config.flush_interval)}};
  add_unless_empty(balancer, "serversTransport", service.config.servers_transport);
  return balancer;
}

}  // namespace

std::string_view provider_of(std::string_view qualified) {
  const std::size_t at = qualified.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : qualified.substr(at + 1);
}

std::string service_as_written(const routing::Route& route) {
  const std::string& service = route.config.service.empty() ? route.service : route.config.service;
  const std::string_view provider = provider_of(service);
  if (provider == "internal" || provider != provider_of(route.name)) return service;
  return service.substr(0, service.size() - provider.size() - 1);
}

std::string_view status_of(const ServiceRow& row) {
  return row.service == nullptr || row.service->errors.empty() ? "enabled" : "disabled";
}

std::string_view status_of(const MiddlewareRow& row) {
  return std::holds_alternative<config::BrokenMiddleware>(row.middleware->config) ? "disabled" : "enabled";
}

std::string_view type_of(const ServiceRow& row) {
  return row.service == nullptr ? std::string_view{} : "loadbalancer";
}

std::string_view type_of(const MiddlewareRow& row) {
  if (std::holds_alternative<config::StickyConfig>(row.middleware->config)) return "sticky";
  return std::holds_alternative<config::ChainConfig>(row.middleware->config) ? std::string_view("chain")
                                                                             : std::string_view{};
}

Json router_object(const routing::Route& route, Form form) {
  const bool says_where = !route.config.entry_points.empty();
  Json router = Json::object();
  add_unless_empty(router, "entryPoints", says_where ? route.config.entry_points : route.entry_points);
  add_unless_empty(router, "middlewares", route.config.middlewares);
  add_unless_empty(router, "service", service_as_written(route));
  add_unless_empty(router, "rule", route.config.rule);
  add_unless_empty(router, "ruleSyntax", route.config.rule_syntax);
  if (route.priority != 0) router["priority"] = route.priority;
  router["observability"] = {{"accessLogs", true}, {"metrics", true}, {"tracing", true}, {"traceVerbosity", "minimal"}};
  add_unless_empty(router, "error", route.errors);
  router["status"] = to_string(route.status);
  add_unless_empty(router, "using", route.entry_points);
  if (form == Form::in_rawdata) return router;
  add_name(router, route.name);
  router["priorityStr"] = std::to_string(route.priority);
  return router;
}

Json service_object(const ServiceRow& row, const TableView& view, Form form) {
  Json object = Json::object();
  std::map<std::string, const char*> states;
  if (row.service != nullptr) {
    const ServerList list = view.servers(*row.service);
    for (const upstream::Server* server : list) {
      states[url_of(*server)] = server->endpoint->takes_pinned() ? "UP" : "DOWN";
    }
    object["loadBalancer"] = load_balancer_object(*row.service, list);
    add_unless_empty(object, "error", row.service->errors);
  }
  object["status"] = status_of(row);
  add_unless_empty(object, "usedBy", view.users_of(row));
  if (form == Form::named) add_name(object, row.name, type_of(row));
  add_unless_empty(object, "serverStatus", std::move(states));
  return object;
}

Json middleware_object(const MiddlewareRow& row, const TableView& view, Form form) {
  Json object = Json::object();
  const config::MiddlewareConfig& config = row.middleware->config;
  if (const auto* sticky = std::get_if<config::StickyConfig>(&config)) {
    object["sticky"] = sticky_object(*sticky, sticky->cookie.name);
  } else if (const auto* chain = std::get_if<config::ChainConfig>(&config)) {
    Json inner = Json::object();
    add_unless_empty(inner, "middlewares", chain->middlewares);
    object["chain"] = std::move(inner);
  } else if (const auto* broken = std::get_if<config::BrokenMiddleware>(&config)) {
    object["error"] = Json::array({broken->reason});
  }
  object["status"] = status_of(row);
  add_unless_empty(object, "usedBy", view.users_of(row));
  if (form == Form::named) add_name(object, row.name, type_of(row));
  return object;
}

}  // namespace mooring::admin
