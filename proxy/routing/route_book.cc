#include "proxy/routing/route_book.h"

#include <algorithm>
#include <ranges>
#include <utility>
#include <variant>

#include "middleware/sticky.h"
#include "middleware/unserved.h"
#include "proxy/upstream/affinity.h"
#include "proxy/upstream/balanced_service.h"

namespace mooring::routing {
namespace {

std::string cookie_name(const config::StickyConfig& sticky, const std::string& service) {
  return sticky.cookie.name.empty() ? upstream::generated_cookie_name(service)
                                    : upstream::sanitized_cookie_name(sticky.cookie.name);
}

// The sticky middlewares of a route: the services' own last, nearest to the service.
std::vector<config::StickyConfig> stickies_of(const RouteDraft& draft, const config::Merged& merged) {
  std::vector<config::StickyConfig> all;
  for (const std::string& name : draft.chain) {
    const auto found = merged.middlewares.find(name);
    if (found == merged.middlewares.end()) continue;
    if (const auto* sticky = std::get_if<config::StickyConfig>(&found->second.config)) all.push_back(*sticky);
  }
  if (draft.service != nullptr && draft.service->config.sticky) all.push_back(*draft.service->config.sticky);
  return all;
}

}  // namespace

RouteBook::RouteBook(const TableSetup& setup) : setup_(setup) {
  for (const auto& [name, options] : setup.options.entry_points) entry_points_.push_back(name);
  tables_.resize(entry_points_.size());
}

const config::SharedNames& RouteBook::users_of(const std::string& service) const {
  static const config::SharedNames kNobody;
  const auto found = users_.find(service);
  return found == users_.end() ? kNobody : found->second;
}

std::string RouteBook::cookie_of(const std::string& service) const {
  const auto found = sticky_routers_.find(service);
  return found == sticky_routers_.end() ? std::string() : finished_.at(*found->second.rbegin()).cookies.back();
}

bool RouteBook::shared(const std::string& cookie) const {
  const auto found = cookie_users_.find(cookie);
  return found != cookie_users_.end() && found->second.size() > 1;
}

// Files which cookies a router's service gets; `before` keeps how each name that is touched was.
void RouteBook::note_uses(const std::string& name, const RouteParts& parts, std::map<std::string, bool>& before) {
  if (const auto old = uses_.find(name); old != uses_.end()) {
    for (const std::string& cookie : old->second.cookies) {
      before.try_emplace(cookie, shared(cookie));
      auto& services = cookie_users_[cookie];
      services[old->second.service].erase(name);
      if (services[old->second.service].empty()) services.erase(old->second.service);
      if (services.empty()) cookie_users_.erase(cookie);
    }
    uses_.erase(old);
  }
  const RouteDraft* draft = parts.book.find(name);
  if (draft == nullptr || draft->service == nullptr) return;
  Uses now{.service = parts.pools.target(draft->route->config.service), .cookies = {}};
  for (const config::StickyConfig& sticky : stickies_of(*draft, parts.merged)) {
    const std::string cookie = cookie_name(sticky, now.service);
    before.try_emplace(cookie, shared(cookie));
    cookie_users_[cookie][now.service].insert(name);
    now.cookies.insert(cookie);
  }
  if (!now.cookies.empty()) uses_.emplace(name, std::move(now));
}

// All routers with a cookie whose name has become, or no longer is, one of several services.
Names RouteBook::shared_anew(const Names& routers, const RouteParts& parts) {
  std::map<std::string, bool> before;
  for (const std::string& name : routers) note_uses(name, parts, before);
  Names users;
  for (const auto& [cookie, was] : before) {
    if (shared(cookie) == was) continue;
    const auto found = cookie_users_.find(cookie);
    if (found == cookie_users_.end()) continue;
    for (const Names& of_service : found->second | std::views::values)
      users.insert(of_service.begin(), of_service.end());
  }
  return users;
}

void RouteBook::attach(const RouteDraft& draft, Route& route, const RouteParts& parts,
                       std::vector<std::string>& cookies) const {
  if (route.status == RouteStatus::disabled) {
    route.last = std::make_shared<const middleware::Unserved>();
    return;
  }
  const auto internal = setup_.internal_services.find(route.service);
  if (internal != setup_.internal_services.end()) {
    route.last = internal->second;
    return;
  }
  const BalancerPtr balancer = parts.balancers.find(route.service);
  for (const config::StickyConfig& sticky : stickies_of(draft, parts.merged)) {
    const std::string name = cookie_name(sticky, route.service);
    // Said on the middleware and on the service: one cookie is set once, by the outer one.
    if (std::ranges::find(cookies, name) != cookies.end()) continue;
    cookies.push_back(name);
    route.chain.push_back(
        std::make_shared<const middleware::Sticky>(sticky.cookie, balancer, shared(name), setup_.sessions));
  }
  route.last = std::make_shared<const upstream::BalancedService>(balancer);
}

RouteBook::Finished RouteBook::finish(const RouteDraft& draft, const RouteParts& parts) const {
  auto route = std::make_shared<Route>(*draft.route);
  route->service = parts.pools.target(route->service);
  if (const config::Problem* shadow = parts.shadows.find(route->name)) {
    if (route->status == RouteStatus::enabled) route->status = RouteStatus::warning;
    route->errors.push_back(shadow->text);
  }
  Finished finished;
  attach(draft, *route, parts, finished.cookies);
  finished.route = std::move(route);
  return finished;
}

template <typename Change>
void RouteBook::each_table(const Route& route, Change change) {
  if (route.config.standby || (route.status == RouteStatus::disabled && !route.unserved)) return;
  for (std::size_t i = 0; i < entry_points_.size(); ++i) {
    const bool there = std::ranges::find(route.entry_points, entry_points_[i]) != route.entry_points.end();
    if (there) change(tables_[i]);
  }
}

void RouteBook::take_out(const std::string& name, Names& services, config::Edition edition) {
  const auto found = finished_.find(name);
  if (found == finished_.end()) return;
  const Route& route = *found->second.route;
  each_table(route, [&](RouteTable& table) { table.drop(route, edition); });
  services.insert(route.service);
  config::SharedNames& users = users_[route.service];
  users.erase(name, edition);
  if (users.empty()) users_.erase(route.service);
  if (!found->second.cookies.empty()) {
    Names& sticky = sticky_routers_[route.service];
    sticky.erase(name);
    if (sticky.empty()) sticky_routers_.erase(route.service);
  }
  routes_.erase(name, edition);
  finished_.erase(found);
}

void RouteBook::put_in(Finished finished, Names& services, config::Edition edition) {
  const Route& route = *finished.route;
  each_table(route, [&](RouteTable& table) { table.add(route, edition); });
  services.insert(route.service);
  users_[route.service].add(route.name, edition);
  if (!finished.cookies.empty()) sticky_routers_[route.service].insert(route.name);
  routes_.put(finished.route, edition);
  finished_.emplace(route.name, std::move(finished));
}

Names RouteBook::update(Names routers, const RouteParts& parts, config::Edition edition) {
  routers.merge(shared_anew(routers, parts));
  Names services;
  for (const std::string& name : routers) {
    take_out(name, services, edition);
    const RouteDraft* draft = parts.book.find(name);
    if (draft != nullptr) put_in(finish(*draft, parts), services, edition);
  }
  return services;
}

}  // namespace mooring::routing
