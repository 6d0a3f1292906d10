#include "proxy/config/label_owners.h"

#include <algorithm>
#include <limits>

#include "proxy/config/go_values.h"
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

std::optional<Finding> take_url(DecodedService& service, std::string_view value) {
  auto server = parse_server_url(value);
  if (!server) {
    // What holds an "@" may hold a password: it is not repeated.
    const bool secret = value.find('@') != std::string_view::npos;
    const std::string shown = secret ? "the value" : config::quoted(value);
    return Finding{code::kBadValue, Severity::error, shown + " is no URL of a server: " + server.error(), true, {}};
  }
  const std::string scheme = server->scheme;
  service.url = std::move(*server);
  if (scheme == "http") return std::nullopt;
  return not_done("speaking " + scheme + " to servers is known to Traefik and not done here yet");
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
  if (field == "url") return take_url(service, value);
  if (field == "weight") {
    const auto weight = parse_int(value);
    if (!weight) return bad_value(value, "a whole number", false);
    service.weight = *weight;
    return std::nullopt;
  }
  has_port = true;
  service.port = parse_port(value);
  if (service.port) return std::nullopt;
  return bad_value(value, "a port from 1 to 65535", true);
}

std::optional<Finding> ServiceLabels::take_pass_host_header(std::string_view value) {
  const auto pass = parse_bool(value);
  if (!pass) return bad_value(value, "true or false", false);
  service.pass_host_header = *pass;
  return std::nullopt;
}

std::optional<Finding> ServiceLabels::settle() {
  service.sticky = sticky.settled();
  if (service.url && (has_port || has_scheme)) {
    return Finding{
        code::kUrlAndPort, Severity::error, "server.url stands beside server.port or server.scheme", true, {}};
  }
  if (!has_load_balancer && !file_only.empty()) {
    return Finding{code::kIncomplete, Severity::error, "the service has no loadbalancer", true, {}};
  }
  if (service.broken.empty() && !service.port && !service.url) service.broken = doubt;
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
