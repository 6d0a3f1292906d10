#include "proxy/admin/rawdata_services.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace mooring::admin {
namespace {

using ServerList = std::vector<const upstream::Server*>;

bool is_from(const upstream::Server& server, const routing::Service& service) {
  return std::ranges::any_of(service.origins, [&server](const config::FragmentPtr& fragment) {
    return fragment->origin.container_id == server.origin.container_id && fragment->origin.label == server.origin.label;
  });
}

ServerList servers_of(const routing::Service& service, const routing::Snapshot& snapshot) {
  ServerList list;
  const routing::Service* holder = &service;
  if (service.balancer == nullptr) {
    const auto pool = snapshot.services.find(service.pooled_into);
    if (pool == snapshot.services.end() || pool->second.balancer == nullptr) return list;
    holder = &pool->second;
  }
  for (const upstream::Server& server : holder->balancer->servers()) {
    if (holder == &service || is_from(server, service)) list.push_back(&server);
  }
  return list;
}

Json server_object(const upstream::Server& server) {
  Json object = {{"url", server.url}};
  if (server.config.weight != 1) object["weight"] = server.config.weight;
  return object;
}

Json load_balancer_object(const routing::Service& service, const ServerList& list) {
  Json balancer = Json::object();
  if (service.config.sticky) balancer["sticky"] = sticky_object(*service.config.sticky, service.cookie_name);
  Json servers = Json::array();
  for (const upstream::Server* server : list) servers.push_back(server_object(*server));
  add_unless_empty(balancer, "servers", std::move(servers));
  balancer["strategy"] = "wrr";
  balancer["passHostHeader"] = service.config.pass_host_header;
  balancer["responseForwarding"] = {{"flushInterval", "100ms"}};
  return balancer;
}

Json service_object(const routing::Service& service, const routing::Snapshot& snapshot) {
  Json object = Json::object();
  const ServerList list = servers_of(service, snapshot);
  object["loadBalancer"] = load_balancer_object(service, list);
  add_unless_empty(object, "error", service.errors);
  object["status"] = service.errors.empty() ? "enabled" : "disabled";
  add_unless_empty(object, "usedBy", service.used_by);
  std::map<std::string, const char*> states;
  for (const upstream::Server* server : list) states[server->url] = server->endpoint->takes_pinned() ? "UP" : "DOWN";
  add_unless_empty(object, "serverStatus", std::move(states));
  return object;
}

}  // namespace

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

Json service_objects(const routing::Snapshot& snapshot) {
  std::map<std::string, std::vector<std::string>> internal_users;
  for (const auto& route : snapshot.routes) {
    if (route->service.ends_with("@internal")) internal_users[route->service].push_back(route->name);
  }
  std::map<std::string, Json> by_name;
  for (const auto& [name, users] : internal_users) by_name[name] = {{"status", "enabled"}, {"usedBy", users}};
  for (const auto& [name, service] : snapshot.services) {
    if (!name.ends_with("@internal")) by_name[name] = service_object(service, snapshot);
  }
  Json objects = Json::object();
  for (auto& [name, object] : by_name) objects[name] = std::move(object);
  return objects;
}

}  // namespace mooring::admin
