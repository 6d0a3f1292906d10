// TableView: the routing table as the documents read it: routers, services and middlewares by name, and their users.
//
// The one place in this folder that knows how a Snapshot keeps them. Internal services, which a Snapshot does not list,
// are among the services here when a router uses them. Holds the snapshot; one thread at a time, any.
#pragma once

#include <cstddef>
#include <functional>
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
};

struct MiddlewareRow {
  std::string_view name;
  const config::MergedMiddleware* middleware = nullptr;
};

// Traefik has no such router, and its tools count what is there: /api/status alone shows it.
inline constexpr std::string_view kOwnRouter = "self-drain@internal";

class TableView {
 public:
  // Before the first table `snapshot` is null: everything is empty.
  explicit TableView(routing::SnapshotPtr snapshot) : snapshot_(std::move(snapshot)) {}

  // By name: visit(const routing::Route&), visit(const ServiceRow&), visit(const MiddlewareRow&).
  template <typename Visit>
  void each_router(Visit visit) const {
    if (snapshot_ == nullptr) return;
    for (const auto& route : snapshot_->routes) {
      if (route->name != kOwnRouter) visit(*route);
    }
  }
  template <typename Visit>
  void each_service(Visit visit) const;
  template <typename Visit>
  void each_middleware(Visit visit) const {
    if (snapshot_ == nullptr) return;
    for (const auto& [name, middleware] : snapshot_->middlewares)
      visit(MiddlewareRow{.name = name, .middleware = &middleware});
  }

  const routing::Route* router(std::string_view name) const;
  std::optional<ServiceRow> service(const std::string& name) const;
  std::optional<MiddlewareRow> middleware(const std::string& name) const;

  // The routers of a row, by name. Of a middleware those that name it, as in Traefik, not those that have it by way of
  // a chain.
  std::vector<std::string> users_of(const ServiceRow& row) const;
  std::vector<std::string> users_of(const MiddlewareRow& row) const;

  // The servers of a service: of one that is pooled into another, those of its own containers.
  std::vector<const upstream::Server*> servers(const routing::Service& service) const;

  // Roughly how much there is to read.
  std::size_t size() const { return snapshot_ == nullptr ? 0 : snapshot_->routes.size() + snapshot_->services.size(); }

 private:
  using Users = std::map<std::string, std::vector<std::string>, std::less<>>;

  // One pass over the routers each, when somebody asks for the first time.
  const Users& internal_users() const;
  const Users& middleware_users() const;

  routing::SnapshotPtr snapshot_;
  mutable std::optional<Users> internal_;
  mutable std::optional<Users> named_;
};

template <typename Visit>
void TableView::each_service(Visit visit) const {
  if (snapshot_ == nullptr) return;
  auto internal = internal_users().begin();
  const auto end = internal_users().end();
  for (const auto& [name, service] : snapshot_->services) {
    for (; internal != end && internal->first < name; ++internal) visit(ServiceRow{.name = internal->first});
    if (!name.ends_with("@internal")) visit(ServiceRow{.name = name, .service = &service});
  }
  for (; internal != end; ++internal) visit(ServiceRow{.name = internal->first});
}

}  // namespace mooring::admin
