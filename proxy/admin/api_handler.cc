#include "proxy/admin/api_handler.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

#include "proxy/admin/json_text.h"
#include "proxy/admin/rawdata.h"
#include "proxy/admin/status.h"
#include "proxy/admin/status_query.h"
#include "proxy/http/serializer.h"
#include "proxy/server/failure_response.h"

namespace mooring::admin {
namespace {

constexpr std::string_view kIndexRouter = "index@internal";
constexpr std::string_view kIndexText =
    "Mooring\n"
    "\n"
    "/api/status   what is going on: routers, services, endpoints, sessions, problems (?pretty to read it here)\n"
    "/api/rawdata  the configuration in force, in Traefik's shape\n"
    "/api/version  the version\n";

// How soon a wait notices that its client has left, or that the process ends.
constexpr std::uint64_t kLookEveryMs = 1000;

void add_nosniff(http::Response& response) {
  response.head.fields.add("X-Content-Type-Options", "nosniff");
}

http::Response json_response(http::Exchange& exchange, std::string text,
                             std::string_view content_type = "application/json") {
  http::Response response = server::text_response(exchange, 200, std::move(text), content_type);
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

// In slices, because nobody can end a wait for a change from outside.
loop::Task<void> wait_for_change(server::StatusSource& source, http::Exchange& exchange, StatusQuery query) {
  std::uint64_t left = query.timeout_ms;
  while (left > 0 && source.generation() == *query.seen && !exchange.canceled() && !source.terminating()) {
    const std::uint64_t slice = std::min(left, kLookEveryMs);
    co_await source.wait_for_change(exchange.loop, *query.seen, slice);
    left -= slice;
  }
}

class ControlHandler final : public http::Handler {
 public:
  explicit ControlHandler(server::StatusSource& source) : api_(source), ping_(source) {}

  loop::Task<http::Response> handle(http::Exchange& exchange) const override {
    return exchange.request.path == "/ping" ? ping_.handle(exchange) : api_.handle(exchange);
  }

 private:
  ApiHandler api_;
  PingHandler ping_;
};

}  // namespace

loop::Task<http::Response> ApiHandler::handle(http::Exchange& exchange) const {
  const std::string_view path = exchange.request.path;
  const bool index = path == "/" && exchange.router == kIndexRouter;
  if (!index && path != "/api/status" && path != "/api/rawdata" && path != "/api/version") {
    co_return server::not_found(exchange);
  }
  if (!only_reads(exchange)) co_return method_not_allowed(exchange);
  if (path == "/api/status") {
    http::Response response = co_await status(exchange);
    co_return response;
  }
  if (path == "/api/version") {
    co_return json_response(exchange, go_json(version_document(source_)), "application/json; charset=UTF-8");
  }
  if (path == "/api/rawdata") {
    const routing::SnapshotPtr snapshot = source_.snapshot();
    co_return json_response(exchange, go_json(snapshot == nullptr ? Json::object() : rawdata_document(*snapshot)));
  }
  http::Response response = server::text_response(exchange, 200, std::string(kIndexText));
  add_nosniff(response);
  co_return response;
}

loop::Task<http::Response> ApiHandler::status(http::Exchange& exchange) const {
  const auto query = parse_status_query(exchange.request.query);
  if (!query) {
    http::Response response = server::text_response(exchange, 400, query.error() + "\n");
    add_nosniff(response);
    co_return response;
  }
  if (query->seen) co_await wait_for_change(source_, exchange, *query);
  if (exchange.canceled()) {
    http::Response response(exchange.arena);
    response.failure = exchange.canceled();
    co_return response;
  }
  const Json document = status_document(source_);
  http::Response response = json_response(exchange, query->pretty ? pretty_json(document) : plain_json(document));
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
  return {{"api@internal", std::make_shared<const ApiHandler>(source)},
          {"ping@internal", std::make_shared<const PingHandler>(source)}};
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
  routes.push_back({.name = "api@internal",
                    .rule = "PathPrefix(`/api`)",
                    .entry_point = "traefik",
                    .priority = kHighest - 1,
                    .service = "api@internal"});
  // Where Traefik has its dashboard, and only then: else `/` may be somebody's.
  if (options.api.dashboard) {
    routes.push_back({.name = std::string(kIndexRouter),
                      .rule = "PathPrefix(`/`)",
                      .entry_point = "traefik",
                      .priority = kHighest - 2,
                      .service = "api@internal"});
  }
  return routes;
}

std::shared_ptr<const http::Handler> control_handler(server::StatusSource& source) {
  return std::make_shared<const ControlHandler>(source);
}

}  // namespace mooring::admin
