// Noop: the service noop@internal, for routers whose middlewares answer everything: whoever comes through gets a 418.
//
// As Traefik's. Immutable, any thread.
#pragma once

#include "proxy/http/handler.h"

namespace mooring::middleware {

class Noop final : public http::Handler {
 public:
  loop::Task<http::Response> handle(http::Exchange& exchange) const override;
};

}  // namespace mooring::middleware
