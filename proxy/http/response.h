// Response: what a handler answers, as a value that middlewares may change on its way up.
//
// Either a head (with or without a body, or a tunnel after 101), or a Failure, which render_failure.h turns into a head
// in one place. Its fields live in the exchange's arena; it must not outlive its exchange.
#pragma once

#include <memory>

#include "proxy/http/body.h"
#include "proxy/http/request_head.h"

namespace mooring::http {

struct Response {
  explicit Response(Arena& arena) : head(arena) {}

  ResponseHead head;
  BodyPtr body;                    // null: none
  std::unique_ptr<Tunnel> tunnel;  // set: the status is 101 and the connection becomes this
  Failure failure;                 // set: nothing else is
};

}  // namespace mooring::http
