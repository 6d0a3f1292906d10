// The internal services: what answers api@internal and ping@internal, and the control socket.
//
// Read only, but for the orders of the control socket (drain_handler.h) and a container's own word (self_drain.h). They
// read a StatusSource, which must outlive them, and know nothing else of the proxy. Immutable, as every handler; each
// request runs on the loop of its connection. Fields and examples: docs/api.md. Source of paths and shapes:
// traefik-compat 7.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/options.h"
#include "proxy/http/handler.h"
#include "proxy/routing/snapshot_builder.h"
#include "proxy/server/drain_orders.h"
#include "proxy/server/status_source.h"

namespace mooring::admin {

// /api/status and Traefik's API (traefik_api.h), all below `base`; on the `index@internal` router also `base` itself,
// which says so. What a large table gives is made off the loop, so that nobody's requests wait for it.
class ApiHandler final : public http::Handler {
 public:
  // `base`: api.basePath, as it was configured.
  explicit ApiHandler(server::StatusSource& source, std::string_view base = "/");
  loop::Task<http::Response> handle(http::Exchange& exchange) const override;

 private:
  loop::Task<http::Response> status(http::Exchange& exchange) const;
  loop::Task<http::Response> traefik(http::Exchange& exchange, std::string_view path) const;

  server::StatusSource& source_;
  std::string base_;  // "" or "/ops": what stands before "/api"
};

// 200 as long as the process serves, another status while it ends. Any path: the router says which.
class PingHandler final : public http::Handler {
 public:
  explicit PingHandler(const server::StatusSource& source) : source_(source) {}
  loop::Task<http::Response> handle(http::Exchange& exchange) const override;

 private:
  const server::StatusSource& source_;
};

// "api@internal", "ping@internal" and "self-drain@internal".
std::map<std::string, std::shared_ptr<const http::Handler>> internal_services(server::StatusSource& source);

// The routers that `api.insecure` and `ping` ask for.
std::vector<routing::InternalRoute> internal_routes(const config::Options& options);

// For the control socket, where no router stands in front: /ping, people's orders, else the API.
std::shared_ptr<const http::Handler> control_handler(server::StatusSource& source, server::DrainOrders& orders);

}  // namespace mooring::admin
