#include "middleware/redirect_scheme.h"

#include <utility>

#include "middleware/moved.h"

namespace mooring::middleware {
namespace {

bool goes_without_saying(std::string_view scheme, std::string_view port) {
  return (scheme == "http" && port == ":80") || (scheme == "https" && port == ":443");
}

// Host with its case and brackets, and ":port" or nothing.
struct Asked {
  std::string_view host;
  std::string_view port;
};

Asked split(std::string_view authority) {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return {.host = authority, .port = {}};
  const std::string_view port = authority.substr(colon);
  return {.host = authority.substr(0, colon), .port = port == ":" ? std::string_view{} : port};
}

std::string_view scheme_of(const http::Exchange& exchange) {
  const std::string_view said = exchange.request.fields.value(http::FieldId::x_forwarded_proto);
  if (http::equal_ignoring_case(said, "http") || http::equal_ignoring_case(said, "ws")) return "http";
  if (http::equal_ignoring_case(said, "https") || http::equal_ignoring_case(said, "wss")) return "https";
  return exchange.peer != nullptr && exchange.peer->secure ? "https" : "http";
}

}  // namespace

RedirectScheme::RedirectScheme(const config::RedirectSchemeConfig& config)
    : scheme_(config.scheme), port_(config.port.empty() ? "" : ":" + config.port), permanent_(config.permanent) {
  if (goes_without_saying(scheme_, port_)) port_.clear();
}

namespace {

loop::Task<http::Response> at_once(http::Response response) {
  co_return std::move(response);
}

}  // namespace

loop::Task<http::Response> RedirectScheme::handle(http::Exchange& exchange, http::Next next) const {
  const http::RequestHead& head = exchange.request;
  Asked asked = split(head.authority);
  const std::string_view scheme = scheme_of(exchange);
  if (goes_without_saying(scheme, asked.port)) asked.port = {};
  if (scheme == scheme_ && asked.port == port_) return next(exchange);
  const std::string_view path = head.path == "*" ? "/" : head.path;
  const std::string_view location = exchange.arena.concat(
      {scheme_, "://", asked.host, port_, path, head.has_query ? "?" : std::string_view{}, head.query});
  return at_once(moved(exchange, location, permanent_));
}

}  // namespace mooring::middleware
