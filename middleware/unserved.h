// Unserved: the answer of a route that could be matched but must not be served, because something of it is broken: 503.
#pragma once

#include "proxy/http/handler.h"

namespace mooring::middleware {

class Unserved final : public http::Handler {
 public:
  loop::Task<http::Response> handle(http::Exchange& exchange) const override;
};

}  // namespace mooring::middleware
