#include "proxy/config/label_owners.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "proxy/config/go_values.h"
#include "proxy/config/label_health.h"
#include "proxy/config/label_texts.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"
#include "proxy/config/server_url.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

// Traefik keeps the highest thousand for its internal routers (compat 2.1).
constexpr std::int64_t kHighestPriority = std::numeric_limits<std::int64_t>::max() - 1'000;

// An empty item is a name that got lost ("auth," or an unset variable). Going on without it could drop a guard.
std::optional<Finding> take_names(std::vector<std::string>& names, std::string_view value) {
  auto items = split_list(value);
  if (items.empty() || std::ranges::any_of(items, &std::string::empty)) {
    return bad_value(value, "names separated by commas, none of them empty", true);
  }
  names = std::move(items);
  return std::nullopt;
}

Finding not_done(std::string text) {
  return {code::kNotDone, Severity::error, std::move(text), true, {}};
}

std::optional<Finding> take_scheme(ServiceLabels& labels, std::string_view value) {
  labels.has_scheme = true;
  labels.service.scheme = ascii_lower(value);
  const std::string& scheme = labels.service.scheme;
  if (scheme == "http") return std::nullopt;
  if (scheme == "https" || scheme == "h2c") {
    return not_done("speaking " + scheme + " to servers is known to Traefik and not done here yet");
  }
  return bad_value(value, "http, https or h2c", true);
}

std::optional<Finding> take_url(std::optional<ServerConfig>& url, std::string_view value) {
  auto server = parse_server_url(value);
  if (!server) {
    // What holds an "@" may hold a password: it is not repeated.
    const bool secret = value.find('@') != std::string_view::npos;
    const std::string shown = secret ? "the value" : config::quoted(value);
    return Finding{code::kBadValue, Severity::error, shown + " is no URL of a server: " + server.error(), true, {}};
  }
  const std::string scheme = server->scheme;
  url = std::move(*server);
  if (scheme == "http") return std::nullopt;
  return not_done("speaking " + scheme + " to servers is known to Traefik and not done here yet");
}

std::optional<Finding> take_weight(std::int64_t& target, std::string_view value) {
  const auto weight = parse_int(value);
  if (!weight) return bad_value(value, "a whole number", false);
  target = *weight;
  return std::nullopt;
}

std::optional<Finding> take_bool(bool& target, std::string_view value, bool breaks = false) {
  const auto parsed = parse_bool(value);
  if (!parsed) return bad_value(value, "true or false", breaks);
  target = *parsed;
  return std::nullopt;
}

constexpr std::chrono::hours kLongestTimeout{24 * 365};  // what is longer is no timeout, and would overflow somewhere

std::optional<Finding> take_timeout(std::chrono::milliseconds& target, std::string_view value, bool negative = false) {
  const auto parsed = parse_duration(value);
  if (!parsed || *parsed > kLongestTimeout || *parsed < -kLongestTimeout || (!negative && parsed->count() < 0)) {
    return bad_value(value, "a duration such as 30s", false);
  }
  target = std::chrono::ceil<std::chrono::milliseconds>(*parsed);
  return std::nullopt;
}

}  // namespace

Finding bad_value(std::string_view value, std::string_view expected, bool breaks) {
  return {code::kBadValue,
          breaks ? Severity::error : Severity::warning,
          "the value is " + (value.empty() ? "empty" : config::quoted(value)) + "; expected " + std::string{expected},
          breaks,
          {}};
}

std::optional<Finding> RouterLabels::take(std::string_view field, std::string_view value) {
  if (field == "entryPoints") return take_names(router.entry_points, value);
  if (field == "middlewares") return take_names(router.middlewares, value);
  if (field == "rule") {
    if (trimmed(value).empty()) return bad_value(value, "a rule such as Host(`example.com`)", true);
    router.rule = value;
    return std::nullopt;
  }
  if (field == "priority") {
    const auto priority = parse_int(value);
    if (!priority || *priority > kHighestPriority) return bad_value(value, "a number below 2^63 - 1000", true);
    router.priority = *priority;
    return std::nullopt;
  }
  if (field == "ruleSyntax") {
    const std::string syntax = ascii_lower(trimmed(value));
    if (syntax != "v2" && syntax != "v3") return bad_value(value, "v2 or v3", true);
    router.rule_syntax = syntax;
    return std::nullopt;
  }
  if (trimmed(value).empty()) {
    Finding finding = bad_value(value, "the name of a service", false);
    finding.in_force = "the container's only service is taken, as without this label";
    return finding;
  }
  router.service = trimmed(value);
  return std::nullopt;
}

std::optional<Finding> RouterLabels::settle() {
  if (tls_key.empty() || tls == false) return std::nullopt;
  return not_done(
      "TLS for routers is known to Traefik and not done here yet; without it the router would answer plain HTTP");
}

std::optional<Finding> ServiceLabels::take_server(std::string_view field, std::string_view value) {
  if (field == "scheme") return take_scheme(*this, value);
  if (field == "url") return take_url(service.url, value);
  if (field == "weight") return take_weight(service.weight, value);
  if (field == "preservePath") return take_bool(service.preserve_path, value, true);
  has_port = true;
  service.port = parse_port(value);
  if (service.port) return std::nullopt;
  return bad_value(value, "a port from 1 to 65535", true);
}

std::optional<Finding> ServiceLabels::take(std::string_view field, std::string_view value) {
  if (field == "passHostHeader") return take_bool(service.pass_host_header, value);
  if (field == "flushInterval") return take_timeout(service.flush_interval, value, true);
  if (field == "strategy") return take_strategy(service.strategy, value);
  // Another transport than the one that was meant may have other limits, and later other certificates.
  if (trimmed(value).empty()) return bad_value(value, "the name of a servers transport", true);
  service.servers_transport = trimmed(value);
  return std::nullopt;
}

std::optional<Finding> FileServer::take(std::string_view field, std::string_view value) {
  if (field == "weight") return take_weight(weight, value);
  auto finding = field == "preservePath" ? take_bool(preserve_path, value, true) : take_url(url, value);
  if (!finding) return finding;
  // The servers beside it go on: nobody gets more than was meant.
  broken = true;
  finding->breaks = false;
  finding->in_force = kServerInForce;
  return finding;
}

std::optional<Finding> TransportValues::take(std::string_view field, std::string_view value) {
  if (field == "dialTimeout") return take_timeout(transport.dial_timeout, value);
  if (field == "responseHeaderTimeout") return take_timeout(transport.response_header_timeout, value);
  if (field == "idleConnTimeout") return take_timeout(transport.idle_connection_timeout, value);
  const auto most = parse_int(value);
  if (!most) return bad_value(value, "a whole number", false);
  transport.max_idle_conns_per_host = *most;
  return std::nullopt;
}

std::optional<Finding> ServiceLabels::settle(bool of_file) {
  service.sticky = sticky.settled();
  settle_health(health, service);
  if (service.url && (has_port || has_scheme)) {
    return Finding{
        code::kUrlAndPort, Severity::error, "server.url stands beside server.port or server.scheme", true, {}};
  }
  if (!has_load_balancer && (of_file ? service.broken.empty() : !file_only.empty())) {
    return Finding{code::kIncomplete, Severity::error, "the service has no loadbalancer", true, {}};
  }
  if (service.broken.empty() && !service.port && !service.url && servers.empty()) service.broken = doubt;
  return std::nullopt;
}

std::optional<Finding> MiddlewareLabels::take_chain(std::string_view value) {
  return take_names(chain, value);
}

std::optional<Finding> MiddlewareLabels::settle() {
  if (types.size() > 1) {
    std::string list;
    for (const std::string& type : types) list += (list.empty() ? "" : " and ") + type;
    return Finding{code::kTwoTypes, Severity::error, "one middleware has one type, and this one has " + list, true, {}};
  }
  if (types.empty() && broken.empty()) broken = doubt.empty() ? "nothing of it could be read" : doubt;
  return std::nullopt;
}

MiddlewareConfig MiddlewareLabels::config() const {
  if (!broken.empty()) return BrokenMiddleware{broken};
  if (types.contains("chain")) return ChainConfig{chain};
  // Switched off by `sticky=false`: a step that does nothing.
  const auto settled = sticky.settled();
  return settled ? MiddlewareConfig{*settled} : MiddlewareConfig{ChainConfig{}};
}

}  // namespace mooring::config
