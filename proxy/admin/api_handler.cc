#include "proxy/admin/api_handler.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "proxy/admin/drain_handler.h"
#include "proxy/admin/json_text.h"
#include "proxy/admin/self_drain.h"
#include "proxy/admin/status.h"
#include "proxy/admin/status_query.h"
#include "proxy/admin/table_view.h"
#include "proxy/admin/traefik_api.h"
#include "proxy/http/serializer.h"
#include "proxy/loop/offload.h"
#include "proxy/routing/rule.h"
#include "proxy/server/failure_response.h"

namespace mooring::admin {
namespace {

constexpr std::string_view kIndexRouter = "index@internal";
constexpr std::string_view kIndexText =
    "Mooring\n"
    "\n"
    "/api/status   what is going on: routers, services, endpoints, sessions, problems (?pretty to read it here)\n"
    "\n"
    "In Traefik's shape:\n"
    "/api/overview          how much there is of everything, and how much of it is broken\n"
    "/api/entrypoints       the entry points\n"
    "/api/http/routers      routers, services and middlewares, by pages: ?page=1&per_page=100&search=…\n"
    "/api/http/services     &status=enabled|warning|disabled&sortBy=name&direction=asc; one of them: "
    "/<name>@<provider>\n"
    "/api/http/middlewares\n"
    "/api/rawdata           the configuration in force, as one document\n"
    "/api/version           the version\n";

// A table of this size and more is written down off the loop: a page of it then takes milliseconds.
constexpr std::size_t kLargeTable = 1000;

// How long one slice of a wait is.
constexpr std::uint64_t kLookEveryMs = 1000;

void add_nosniff(http::Response& response) {
  response.head.fields.add("X-Content-Type-Options", "nosniff");
}

http::Response json_response(http::Exchange& exchange, std::string text) {
  http::Response response = server::text_response(exchange, 200, std::move(text), "application/json");
  add_nosniff(response);
  return response;
}

bool only_reads(const http::Exchange& exchange) {
  return exchange.request.method == http::Method::get || exchange.request.method == http::Method::head;
}

http::Response method_not_allowed(http::Exchange& exchange) {
  http::Response response = server::text_response(exchange, 405, "Method Not Allowed\n");
  response.head.fields.add("Allow", "GET, HEAD");
  add_nosniff(response);
  return response;
}

// "/ops/" → "/ops", "/" → "".
std::string without_last_slash(std::string_view base) {
  while (base.ends_with('/')) base.remove_suffix(1);
  return base.empty() || base.starts_with('/') ? std::string(base) : "/" + std::string(base);
}

// In slices: a wait may end without a change, and then it goes on for what is left.
loop::Task<void> wait_for_change(server::StatusSource& source, http::Exchange& exchange, std::uint64_t seen,
                                 std::uint64_t timeout_ms) {
  std::uint64_t left = timeout_ms;
  while (left > 0 && source.generation() == seen && !exchange.canceled() && !source.terminating()) {
    const std::uint64_t slice = std::min(left, kLookEveryMs);
    co_await source.wait_for_change(exchange.loop, seen, slice, &exchange);
    left -= slice;
  }
}

class ControlHandler final : public http::Handler {
 public:
  ControlHandler(server::StatusSource& source, server::DrainOrders& orders)
      : api_(source), ping_(source), drain_(source, orders) {}

  loop::Task<http::Response> handle(http::Exchange& exchange) const override {
    if (DrainHandler::answers(exchange.request.path)) return drain_.handle(exchange);
    return exchange.request.path == "/ping" ? ping_.handle(exchange) : api_.handle(exchange);
  }

 private:
  ApiHandler api_;
  PingHandler ping_;
  DrainHandler drain_;
};

}  // namespace

ApiHandler::ApiHandler(server::StatusSource& source, std::string_view base)
    : source_(source), base_(without_last_slash(base)) {}

loop::Task<http::Response> ApiHandler::handle(http::Exchange& exchange) const {
  std::string_view path = exchange.request.path;
  if (!path.starts_with(base_)) co_return server::not_found(exchange);
  path.remove_prefix(base_.size());
  const bool index = exchange.router == kIndexRouter && (path == "/" || (path.empty() && !base_.empty()));
  if (!index && !path.starts_with("/api/")) co_return server::not_found(exchange);
  if (!only_reads(exchange)) co_return method_not_allowed(exchange);
  if (index) {
    http::Response response = server::text_response(exchange, 200, std::string(kIndexText));
    add_nosniff(response);
    co_return response;
  }
  path.remove_prefix(std::string_view("/api/").size());
  if (path == "status") {
    http::Response response = co_await status(exchange);
    co_return response;
  }
  http::Response response = co_await traefik(exchange, path);
  co_return response;
}

loop::Task<http::Response> ApiHandler::traefik(http::Exchange& exchange, std::string_view path) const {
  ApiAnswer answer;
  const auto ask = [&] {
    const TableView view(source_.snapshot());
    answer = traefik_answer(source_, view, path, exchange.request.query);
  };
  if (TableView(source_.snapshot()).size() < kLargeTable) {
    ask();
  } else {
    co_await loop::offload(exchange.loop, ask);
  }
  http::Response response = server::text_response(exchange, answer.status, std::move(answer.text), answer.type);
  add_nosniff(response);
  if (!answer.next_page.empty()) {
    response.head.fields.add("X-Next-Page", exchange.arena.copy(answer.next_page));
  }
  co_return response;
}

loop::Task<http::Response> ApiHandler::status(http::Exchange& exchange) const {
  const auto query = parse_status_query(exchange.request.query);
  if (!query) {
    http::Response response = server::text_response(exchange, 400, query.error() + "\n");
    add_nosniff(response);
    co_return response;
  }
  if (const auto seen = query->seen) co_await wait_for_change(source_, exchange, *seen, query->timeout_ms);
  if (exchange.canceled()) {
    http::Response response(exchange.arena);
    response.failure = exchange.canceled();
    co_return response;
  }
  std::string text;
  const auto write = [&] {
    const Json document = status_document(source_);
    text = query->pretty ? pretty_json(document) : plain_json(document);
  };
  if (TableView(source_.snapshot()).size() < kLargeTable) {
    write();
  } else {
    co_await loop::offload(exchange.loop, write);
  }
  http::Response response = json_response(exchange, std::move(text));
  response.head.fields.add(http::FieldId::cache_control, "no-store");
  co_return response;
}

loop::Task<http::Response> PingHandler::handle(http::Exchange& exchange) const {
  if (!only_reads(exchange)) co_return method_not_allowed(exchange);
  const int while_ending = source_.options().ping.terminating_status_code;
  http::Response response(exchange.arena);
  response.head.status = source_.terminating() ? static_cast<std::uint16_t>(while_ending) : std::uint16_t{200};
  const std::string_view text = http::reason_phrase(response.head.status);
  if (!text.empty() && response.head.status != 204 && response.head.status != 304) {
    response.head.framing = {.kind = http::BodyKind::length, .length = text.size()};
    response.body = std::make_unique<http::TextBody>(std::string(text));
  }
  co_return response;
}

std::map<std::string, std::shared_ptr<const http::Handler>> internal_services(server::StatusSource& source) {
  return {{"api@internal", std::make_shared<const ApiHandler>(source, source.options().api.base_path)},
          {"ping@internal", std::make_shared<const PingHandler>(source)},
          {"self-drain@internal", std::make_shared<const SelfDrainHandler>(source)}};
}

std::vector<routing::InternalRoute> internal_routes(const config::Options& options) {
  // Traefik's priorities: above whatever a label may ask for.
  constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();
  std::vector<routing::InternalRoute> routes;
  if (options.ping.enabled && !options.ping.manual_routing) {
    routes.push_back({.name = "ping@internal",
                      .rule = "PathPrefix(`/ping`)",
                      .entry_point = options.ping.entry_point,
                      .priority = kHighest,
                      .service = "ping@internal"});
  }
  if (!options.api.insecure) return routes;
  const std::string base = without_last_slash(options.api.base_path);
  routes.push_back({.name = "api@internal",
                    .rule = "PathPrefix(" + routing::quote_for_rule(base + "/api") + ")",
                    .entry_point = "traefik",
                    .priority = kHighest - 1,
                    .service = "api@internal"});
  // Where Traefik has its dashboard, and only then: else `/` may be somebody's.
  if (options.api.dashboard) {
    routes.push_back({.name = std::string(kIndexRouter),
                      .rule = "PathPrefix(" + routing::quote_for_rule(base.empty() ? "/" : base) + ")",
                      .entry_point = "traefik",
                      .priority = kHighest - 2,
                      .service = "api@internal"});
  }
  routes.push_back({.name = std::string(kOwnRouter),
                    .rule = "Path(`/self/drain`)",
                    .entry_point = "traefik",
                    .priority = kHighest - 1,
                    .service = "self-drain@internal"});
  return routes;
}

std::shared_ptr<const http::Handler> control_handler(server::StatusSource& source, server::DrainOrders& orders) {
  return std::make_shared<const ControlHandler>(source, orders);
}

}  // namespace mooring::admin
