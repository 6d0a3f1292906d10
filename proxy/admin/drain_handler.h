// /api/drain and /api/undrain on the control socket: people's orders, and how far they are.
//
// POST /api/drain?name=NAME&deadline=30m, POST /api/undrain?name=NAME, GET /api/drain[?name=NAME]. On no entry point:
// who reaches the control socket is trusted, who reaches the API is not. Runs on the control loop, where the orders
// are. Shapes and examples: docs/endpoints.md.
#pragma once

#include <vector>

#include "proxy/admin/drain_target.h"
#include "proxy/admin/json_text.h"
#include "proxy/http/handler.h"
#include "proxy/server/drain_orders.h"
#include "proxy/server/status_source.h"

namespace mooring::admin {

class DrainHandler final : public http::Handler {
 public:
  DrainHandler(const server::StatusSource& source, server::DrainOrders& orders) : source_(source), orders_(orders) {}
  // Whether the path is one of its own.
  static bool answers(std::string_view path) { return path == "/api/drain" || path == "/api/undrain"; }
  loop::Task<http::Response> handle(http::Exchange& exchange) const override;

 private:
  http::Response drain(http::Exchange& exchange) const;
  http::Response undrain(http::Exchange& exchange) const;
  http::Response show(http::Exchange& exchange) const;
  http::Response unknown(http::Exchange& exchange, const NoTarget& error) const;

  const server::StatusSource& source_;
  server::DrainOrders& orders_;
};

// The orders in force, for /api/status too.
Json drain_rows(const std::vector<server::DrainView>& views);

}  // namespace mooring::admin
