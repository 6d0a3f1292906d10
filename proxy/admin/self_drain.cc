#include "proxy/admin/self_drain.h"

#include <algorithm>
#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proxy/admin/json_text.h"
#include "proxy/config/go_values.h"
#include "proxy/config/ip.h"
#include "proxy/config/printable.h"
#include "proxy/loop/offload.h"
#include "proxy/loop/timer.h"
#include "proxy/routing/query_parameters.h"
#include "proxy/server/failure_response.h"

namespace mooring::admin {
namespace {

constexpr std::chrono::hours kLongestWait{1};
constexpr std::uint64_t kLookMs = 20;

// The caller's endpoints.
struct Caller {
  std::string container_id;
  std::string name;
  std::vector<upstream::EndpointPtr> endpoints;
};

bool has_address(const config::Origin& origin, const config::IpAddress& address) {
  return std::ranges::any_of(origin.addresses,
                             [&](const std::string& own) { return config::IpAddress::parse(own) == address; });
}

std::expected<Caller, std::string> caller_at(const routing::Snapshot* table, const config::IpAddress& address) {
  Caller caller;
  if (table == nullptr) return std::unexpected("the routing table is not there yet\n");
  for (const auto& [name, service] : table->services) {
    if (service.balancer == nullptr) continue;
    for (const upstream::Server& server : service.balancer->servers()) {
      const config::Origin& origin = server.origin;
      // A server given by URL is not the container that names it.
      const bool own = !origin.container_id.empty() && server.config.id.starts_with(origin.container_id);
      if (!own || !has_address(origin, address)) continue;
      // Of one that ended the routes stay for a while; its address may be another one's by now.
      if (server.endpoint->state() == upstream::EndpointState::gone) continue;
      if (!caller.container_id.empty() && caller.container_id != origin.container_id) {
        return std::unexpected("more than one container has the address " + address.to_string() +
                               ": it cannot be told who asks\n");
      }
      caller.container_id = origin.container_id;
      caller.name = origin.container_name;
      if (std::ranges::find(caller.endpoints, server.endpoint) == caller.endpoints.end()) {
        caller.endpoints.push_back(server.endpoint);
      }
    }
  }
  if (caller.endpoints.empty()) {
    return std::unexpected("no container that Mooring routes to has the address " + address.to_string() +
                           ": /self/drain is for a container itself, over a network that it shares with Mooring\n");
  }
  return caller;
}

std::int64_t left(const Caller& caller) {
  std::int64_t requests = 0;  // tunnels are among them
  for (const upstream::EndpointPtr& endpoint : caller.endpoints) {
    requests += endpoint->counters.sum([](const upstream::EndpointCounters& cell) { return cell.in_flight.get(); });
  }
  return requests;
}

bool in(const Caller& caller) {
  return std::ranges::any_of(caller.endpoints, [](const upstream::EndpointPtr& each) { return each->takes_new(); });
}

// Until nothing is in flight, twice in a row: a worker may have chosen it in the moment before it was taken out.
loop::Task<bool> drained(http::Exchange& exchange, const Caller& caller, std::uint64_t wait_ms) {
  loop::Sleep sleep(exchange.loop);
  exchange.on_cancel([](void* context) { static_cast<loop::Sleep*>(context)->wake(); }, &sleep);
  const std::uint64_t begun = exchange.loop.now_ms();
  int empty = 0;
  bool passed = true;
  while (true) {
    empty = !in(caller) && left(caller) == 0 ? empty + 1 : 0;
    const bool over = exchange.loop.now_ms() - begun >= std::max(wait_ms, 5 * kLookMs);
    if (empty == 2 || over || !passed || exchange.canceled()) break;
    passed = co_await sleep.wait(kLookMs);
  }
  exchange.on_cancel(nullptr, nullptr);
  co_return empty == 2;
}

http::Response reply(http::Exchange& exchange, std::uint16_t status, std::string text,
                     std::string_view type = "text/plain; charset=utf-8") {
  http::Response response = server::text_response(exchange, status, std::move(text), type);
  response.head.fields.add("X-Content-Type-Options", "nosniff");
  response.head.fields.add(http::FieldId::cache_control, "no-store");
  return response;
}

// "wait=30s"; nothing: as long as it takes to look.
std::optional<std::uint64_t> wait_of(std::string_view query, std::string& wrong) {
  std::optional<std::uint64_t> ms = 0;
  routing::query_any(query, "wait", [&](std::string_view value) {
    const auto wait = config::parse_duration(value);
    ms.reset();
    if (wait && wait->count() >= 0 && *wait <= kLongestWait) {
      ms = static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::milliseconds>(*wait).count());
    }
    wrong = value;
    return true;
  });
  return ms;
}

}  // namespace

loop::Task<http::Response> SelfDrainHandler::handle(http::Exchange& exchange) const {
  if (exchange.request.method != http::Method::get) {
    http::Response response = reply(exchange, 405, "Method Not Allowed\n");
    response.head.fields.add("Allow", "GET");
    co_return response;
  }
  std::string wrong;
  const std::optional<std::uint64_t> wait_ms = wait_of(exchange.request.query, wrong);
  if (!wait_ms) {
    co_return reply(exchange, 400, "wait=" + config::printable(wrong) + ": expected a time from 0s to 1h, like 30s\n");
  }
  const routing::SnapshotPtr table = source_.snapshot();
  std::expected<Caller, std::string> caller = std::unexpected(std::string());
  const config::IpAddress address = exchange.peer == nullptr ? config::IpAddress{} : exchange.peer->address;
  co_await loop::offload(exchange.loop, [&] { caller = caller_at(table.get(), address); });
  if (!caller) co_return reply(exchange, 403, caller.error());
  const std::uint64_t begun = exchange.loop.now_ms();
  for (const upstream::EndpointPtr& endpoint : caller->endpoints) endpoint->saw(upstream::Seen::kLeaving);
  const bool done = co_await drained(exchange, *caller, *wait_ms);
  if (exchange.canceled()) {
    http::Response response(exchange.arena);
    response.failure = exchange.canceled();
    co_return response;
  }
  const Json document = {{"name", caller->name},
                         {"drained", done},
                         {"inFlight", left(*caller)},
                         {"waitedMs", exchange.loop.now_ms() - begun}};
  co_return reply(exchange, 200, plain_json(document), "application/json");
}

}  // namespace mooring::admin
