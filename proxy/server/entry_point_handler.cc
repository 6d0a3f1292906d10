#include "proxy/server/entry_point_handler.h"

#include <chrono>
#include <utility>

#include "proxy/server/failure_response.h"

namespace mooring::server {
namespace {

loop::Task<http::Response> at_once(http::Response response) {
  co_return std::move(response);
}

std::int64_t wall_ms(const http::Exchange& exchange) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(exchange.started_at.time_since_epoch()).count();
}

// A router made from the default rule may match Mooring's own name: a request that came through it already goes no
// second time (the mark is Traefik's, so that a mixed pair of proxies does not loop either).
bool recurses(http::Exchange& exchange, const routing::Route& route) {
  if (route.recursion_mark.empty()) return false;
  const http::Field* mark = exchange.request.fields.find(http::FieldId::x_traefik_router);
  if (mark != nullptr && mark->value == route.recursion_mark) return true;
  exchange.request.fields.set(http::FieldId::x_traefik_router, route.recursion_mark);
  return false;
}

}  // namespace

loop::Task<http::Response> EntryPointHandler::handle(http::Exchange& exchange) const {
  SnapshotSlot::Held* pinned = slot_.pin();
  if (pinned == nullptr) {
    http::Failure starting;
    starting.kind = http::FailureKind::destination_unavailable;
    starting.retry_after = 1;
    starting.detail = "the first listing of containers is not complete";
    return at_once(failure_response(exchange, starting));
  }
  exchange.at_end(SnapshotSlot::release, pinned);
  const routing::RouteTable& table = pinned->snapshot->tables[index_];
  const routing::Route* found = table.match(exchange.request, exchange.peer->address);
  if (found == nullptr) return at_once(not_found(exchange));
  const routing::Route& route = *found;
  exchange.router = route.name;
  exchange.service = route.service;
  routing::RouteCounters& counters = route.counters->of(exchange.worker);
  counters.hits.add(1);
  counters.last_hit.set(wall_ms(exchange));
  if (recurses(exchange, route)) {
    http::Response response(exchange.arena);
    response.head.status = 400;
    return at_once(std::move(response));
  }
  return http::Next(route.chain, *route.last)(exchange);
}

}  // namespace mooring::server
