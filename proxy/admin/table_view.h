// TableView: the routing table as the documents read it: routers, services and middlewares by name, with their users.
//
// The one place in this folder that knows how a Snapshot keeps them. Internal services, which a Snapshot does not list,
// are among the services here when a router uses them. Holds the snapshot; immutable; any thread.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/routing/snapshot.h"

namespace mooring::admin {

struct ServiceRow {
  std::string_view name;
  const routing::Service* service = nullptr;  // null: an internal one
  const std::vector<std::string>* used_by = nullptr;
};

struct MiddlewareRow {
  std::string_view name;
  const config::MergedMiddleware* middleware = nullptr;
  const std::vector<std::string>* used_by = nullptr;
};

class TableView {
 public:
  // Before the first table `snapshot` is null: everything is empty.
  explicit TableView(routing::SnapshotPtr snapshot) : snapshot_(std::move(snapshot)) {}

  // By name: visit(const routing::Route&), visit(const ServiceRow&), visit(const MiddlewareRow&).
  template <typename Visit>
  void each_router(Visit visit) const {
    if (snapshot_ == nullptr) return;
    for (const auto& route : snapshot_->routes) visit(*route);
  }
  template <typename Visit>
  void each_service(Visit visit) const;
  template <typename Visit>
  void each_middleware(Visit visit) const {
    if (snapshot_ == nullptr) return;
    for (const auto& [name, middleware] : snapshot_->middlewares) visit(row_of(name, middleware));
  }

  const routing::Route* router(std::string_view name) const;
  std::optional<ServiceRow> service(const std::string& name) const;
  std::optional<MiddlewareRow> middleware(const std::string& name) const;

  // The servers of a service: of one that is pooled into another, those of its own containers.
  std::vector<const upstream::Server*> servers(const routing::Service& service) const;

  // Roughly how much there is to read.
  std::size_t size() const { return snapshot_ == nullptr ? 0 : snapshot_->routes.size() + snapshot_->services.size(); }

 private:
  using InternalUsers = std::map<std::string, std::vector<std::string>>;

  static ServiceRow row_of(const std::string& name, const routing::Service& service) {
    return {.name = name, .service = &service, .used_by = &service.used_by};
  }
  MiddlewareRow row_of(const std::string& name, const config::MergedMiddleware& middleware) const;
  const InternalUsers& internal_users() const;

  routing::SnapshotPtr snapshot_;
  mutable std::optional<InternalUsers> internal_;  // read when somebody asks for services
};

template <typename Visit>
void TableView::each_service(Visit visit) const {
  if (snapshot_ == nullptr) return;
  auto internal = internal_users().begin();
  const auto end = internal_users().end();
  const auto visit_internal = [&] {
    visit(ServiceRow{.name = internal->first, .service = nullptr, .used_by = &internal->second});
    ++internal;
  };
  for (const auto& [name, service] : snapshot_->services) {
    while (internal != end && internal->first < name) visit_internal();
    if (!name.ends_with("@internal")) visit(row_of(name, service));
  }
  while (internal != end) visit_internal();
}

}  // namespace mooring::admin
