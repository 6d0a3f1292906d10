// GET /self/drain?wait=30s: a container announces that it will end, and is told when nothing of it is left.
//
// For a hook inside the container (docs/endpoints.md). The container is the one whose own address the request comes
// from: the peer of the connection, never what a field says; an address of nobody, or of more than one, is refused. So
// nobody can drain another one, and who is drained by mistake is the last resort still. Any worker's loop.
#pragma once

#include "proxy/http/handler.h"
#include "proxy/server/status_source.h"

namespace mooring::admin {

class SelfDrainHandler final : public http::Handler {
 public:
  explicit SelfDrainHandler(const server::StatusSource& source) : source_(source) {}
  loop::Task<http::Response> handle(http::Exchange& exchange) const override;

 private:
  const server::StatusSource& source_;
};

}  // namespace mooring::admin
