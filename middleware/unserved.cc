#include "middleware/unserved.h"

namespace mooring::middleware {

loop::Task<http::Response> Unserved::handle(http::Exchange& exchange) const {
  http::Response response(exchange.arena);
  response.failure.kind = http::FailureKind::destination_unavailable;
  response.failure.side = http::Side::proxy;
  response.failure.detail = "the router is not served: its configuration is broken";
  co_return response;
}

}  // namespace mooring::middleware
