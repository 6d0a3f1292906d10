#include "proxy/admin/table_view.h"

#include <algorithm>

namespace mooring::admin {
namespace {

bool is_from(const upstream::Server& server, const routing::Service& service) {
  return std::ranges::any_of(service.origins, [&server](const config::FragmentPtr& fragment) {
    return fragment->origin.container_id == server.origin.container_id && fragment->origin.label == server.origin.label;
  });
}

}  // namespace

const routing::Route* TableView::router(std::string_view name) const {
  if (snapshot_ == nullptr) return nullptr;
  const auto found = snapshot_->routes.find(std::string(name));
  return found == snapshot_->routes.end() ? nullptr : found->get();
}

std::optional<ServiceRow> TableView::service(const std::string& name) const {
  if (snapshot_ == nullptr) return std::nullopt;
  if (const auto internal = internal_users().find(name); internal != internal_users().end()) {
    return ServiceRow{.name = internal->first};
  }
  const auto found = snapshot_->services.find(name);
  if (found == snapshot_->services.end()) return std::nullopt;
  return ServiceRow{.name = found->first, .service = &found->second};
}

std::optional<MiddlewareRow> TableView::middleware(const std::string& name) const {
  if (snapshot_ == nullptr) return std::nullopt;
  const auto found = snapshot_->middlewares.find(name);
  if (found == snapshot_->middlewares.end()) return std::nullopt;
  return MiddlewareRow{.name = found->first, .middleware = &found->second};
}

std::vector<const upstream::Server*> TableView::servers(const routing::Service& service) const {
  std::vector<const upstream::Server*> list;
  const routing::Service* holder = &service;
  if (service.balancer == nullptr) {
    const auto pool = snapshot_->services.find(service.pooled_into);
    if (pool == snapshot_->services.end() || pool->second.balancer == nullptr) return list;
    holder = &pool->second;
  }
  for (const upstream::Server& server : holder->balancer->servers()) {
    if (holder == &service || is_from(server, service)) list.push_back(&server);
  }
  return list;
}

std::vector<std::string> TableView::users_of(const ServiceRow& row) const {
  if (row.service != nullptr) return std::vector<std::string>(row.service->used_by);
  const auto found = internal_users().find(row.name);
  return found == internal_users().end() ? std::vector<std::string>() : found->second;
}

std::vector<std::string> TableView::users_of(const MiddlewareRow& row) const {
  const auto found = middleware_users().find(row.name);
  return found == middleware_users().end() ? std::vector<std::string>() : found->second;
}

const TableView::Users& TableView::internal_users() const {
  if (internal_) return *internal_;
  internal_.emplace();
  for (const auto& route : snapshot_->routes) {
    if (route->name != kOwnRouter && route->service.ends_with("@internal"))
      (*internal_)[route->service].push_back(route->name);
  }
  return *internal_;
}

const TableView::Users& TableView::middleware_users() const {
  if (named_) return *named_;
  named_.emplace();
  for (const auto& route : snapshot_->routes) {
    for (const std::string& middleware : route->config.middlewares) {
      std::vector<std::string>& users = (*named_)[middleware];
      if (users.empty() || users.back() != route->name) users.push_back(route->name);
    }
  }
  return *named_;
}

}  // namespace mooring::admin
