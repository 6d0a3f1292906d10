#include "middleware/noop.h"

namespace mooring::middleware {

loop::Task<http::Response> Noop::handle(http::Exchange& exchange) const {
  http::Response response(exchange.arena);
  response.head.status = 418;
  co_return response;
}

}  // namespace mooring::middleware
