#include "proxy/admin/drain_handler.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "proxy/admin/drain_target.h"
#include "proxy/config/go_values.h"
#include "proxy/config/printable.h"
#include "proxy/routing/query_parameters.h"
#include "proxy/server/failure_response.h"

namespace mooring::admin {
namespace {

using Phase = server::DrainView::Phase;

constexpr std::chrono::minutes kUsualDeadline{30};
constexpr std::chrono::hours kLongestDeadline{24};

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::draining:
      return "draining";
    case Phase::drained:
      return "drained";
    case Phase::deadline_passed:
      return "deadlinePassed";
  }
  return "";
}

Json row(const server::DrainView& view) {
  return {{"name", view.target.name},
          {"id", view.target.id},
          {"state", to_string(view.phase)},
          {"endpoints", view.states},
          {"since", time_or_null(view.since_ms)},
          {"deadline", time_or_null(view.deadline_ms)},
          {"inFlight", view.in_flight},
          {"tunnels", view.tunnels},
          {"sessions", view.sessions},
          {"sessionsEstimated", view.sessions_estimated}};
}

http::Response answer(http::Exchange& exchange, std::uint16_t status, std::string text, std::string_view type) {
  http::Response response = server::text_response(exchange, status, std::move(text), type);
  response.head.fields.add("X-Content-Type-Options", "nosniff");
  response.head.fields.add(http::FieldId::cache_control, "no-store");
  return response;
}

http::Response said(http::Exchange& exchange, std::uint16_t status, std::string text) {
  return answer(exchange, status, std::move(text), "text/plain; charset=utf-8");
}

http::Response shown(http::Exchange& exchange, const Json& document) {
  return answer(exchange, 200, plain_json(document), "application/json");
}

std::optional<std::string> parameter(const http::Exchange& exchange, std::string_view name) {
  std::optional<std::string> found;
  routing::query_any(exchange.request.query, name, [&found](std::string_view value) {
    found = value;
    return true;
  });
  return found;
}

}  // namespace

Json drain_rows(const std::vector<server::DrainView>& views) {
  Json rows = Json::array();
  for (const server::DrainView& view : views) rows.push_back(row(view));
  return rows;
}

loop::Task<http::Response> DrainHandler::handle(http::Exchange& exchange) const {
  const bool undo = exchange.request.path == "/api/undrain";
  const bool posts = exchange.request.method == http::Method::post;
  const bool reads = exchange.request.method == http::Method::get || exchange.request.method == http::Method::head;
  if (!posts && (undo || !reads)) {
    http::Response response = said(exchange, 405, "Method Not Allowed\n");
    response.head.fields.add("Allow", undo ? "POST" : "GET, HEAD, POST");
    co_return response;
  }
  co_return undo ? undrain(exchange) : (posts ? drain(exchange) : show(exchange));
}

// Whoever asks what has become of a drain must not hear "no such container" from a proxy that has just started.
http::Response DrainHandler::unknown(http::Exchange& exchange, const NoTarget& error) const {
  if (source_.synced()) return said(exchange, error.status, error.text);
  http::Response response = said(exchange, 503, "not ready: the containers have not been listed yet\n");
  response.head.fields.add(http::FieldId::retry_after, "1");
  return response;
}

http::Response DrainHandler::drain(http::Exchange& exchange) const {
  std::chrono::milliseconds deadline = kUsualDeadline;
  if (const auto text = parameter(exchange, "deadline")) {
    const auto parsed = config::parse_duration(*text);
    if (!parsed || parsed->count() < 0 || *parsed > kLongestDeadline) {
      return said(exchange, 400,
                  "deadline=" + config::printable(*text) + ": expected a time from 0s to 24h, like 30m\n");
    }
    deadline = std::chrono::ceil<std::chrono::milliseconds>(*parsed);
  }
  const auto target =
      find_drain_target(source_.snapshot().get(), source_.drains(), parameter(exchange, "name").value_or(""));
  if (!target) return unknown(exchange, target.error());
  return shown(exchange, row(orders_.drain(*target, deadline)));
}

http::Response DrainHandler::undrain(http::Exchange& exchange) const {
  const auto target =
      find_drain_target(source_.snapshot().get(), source_.drains(), parameter(exchange, "name").value_or(""));
  if (!target) return unknown(exchange, target.error());
  if (!orders_.undrain(target->id)) {
    return said(exchange, 409,
                config::printable(target->name) +
                    " is not drained, neither by a person nor by its own word: there is nothing to undo\n");
  }
  return shown(exchange, {{"name", target->name}, {"id", target->id}, {"state", "undone"}});
}

// All of them, or one: by name, or by the id that the order was answered with.
http::Response DrainHandler::show(http::Exchange& exchange) const {
  const std::vector<server::DrainView> views = source_.drains();
  const auto name = parameter(exchange, "name");
  if (!name) return shown(exchange, drain_rows(views));
  std::string id = *name;
  const auto has_id = [&id](const server::DrainView& view) { return view.target.id == id; };
  auto found = std::ranges::find_if(views, has_id);
  if (found == views.end()) {
    const auto target = find_drain_target(source_.snapshot().get(), views, *name);
    if (!target) return unknown(exchange, target.error());
    id = target->id;
    found = std::ranges::find_if(views, has_id);
    if (found == views.end() && !is_running(source_.snapshot().get(), id)) {
      return said(exchange, 404, config::printable(target->name) + " has ended, and its order with it\n");
    }
    if (found == views.end()) {
      return said(exchange, 409, config::printable(target->name) + " is not drained by a person\n");
    }
  }
  return shown(exchange, row(*found));
}

}  // namespace mooring::admin
