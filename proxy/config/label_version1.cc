#include "proxy/config/label_version1.h"

#include <algorithm>
#include <array>
#include <vector>

#include "proxy/config/go_values.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

// Longer keys before those that they begin with.
constexpr auto kTable = std::to_array<VersionOneLabel>({
    {"backend.buffering", "traefik.http.middlewares.<name>.buffering.…"},
    {"backend.circuitbreaker", "traefik.http.middlewares.<name>.circuitbreaker.expression={}"},
    {"backend.healthcheck.path", "traefik.http.services.<name>.loadbalancer.healthcheck.path={}"},
    {"backend.healthcheck.interval", "traefik.http.services.<name>.loadbalancer.healthcheck.interval={}"},
    {"backend.healthcheck.timeout", "traefik.http.services.<name>.loadbalancer.healthcheck.timeout={}"},
    {"backend.healthcheck.port", "traefik.http.services.<name>.loadbalancer.healthcheck.port={}"},
    {"backend.healthcheck.scheme", "traefik.http.services.<name>.loadbalancer.healthcheck.scheme={}"},
    {"backend.healthcheck.hostname", "traefik.http.services.<name>.loadbalancer.healthcheck.hostname={}"},
    {"backend.healthcheck", "traefik.http.services.<name>.loadbalancer.healthcheck.path=…"},
    {"backend.loadbalancer.method", "traefik.http.services.<name>.loadbalancer.strategy=wrr"},
    {"backend.loadbalancer.stickiness.cookiename", "traefik.http.services.<name>.loadbalancer.sticky.cookie.name={}"},
    {"backend.loadbalancer.stickiness.secure", "traefik.http.services.<name>.loadbalancer.sticky.cookie.secure={}"},
    {"backend.loadbalancer.stickiness.httponly", "traefik.http.services.<name>.loadbalancer.sticky.cookie.httponly={}"},
    {"backend.loadbalancer.stickiness.samesite", "traefik.http.services.<name>.loadbalancer.sticky.cookie.samesite={}"},
    {"backend.loadbalancer.stickiness", "traefik.http.services.<name>.loadbalancer.sticky.cookie={}"},
    {"backend.loadbalancer.sticky", "traefik.http.services.<name>.loadbalancer.sticky.cookie={}"},
    {"backend.loadbalancer.swarm", "traefik.swarm.lbswarm={}"},
    {"backend.maxconn", "traefik.http.middlewares.<name>.inflightreq.amount={}"},
    {"backend.responseforwarding.flushinterval",
     "traefik.http.services.<name>.loadbalancer.responseforwarding.flushinterval={}"},
    {"backend", "traefik.http.routers.<name>.service={}"},
    {"domain", "traefik.http.routers.<name>.rule=Host(`<service>.{}`)"},
    {"frontend.auth.basic.usersfile", "traefik.http.middlewares.<name>.basicauth.usersfile={}"},
    {"frontend.auth.basic.removeheader", "traefik.http.middlewares.<name>.basicauth.removeheader={}"},
    {"frontend.auth.basic", "traefik.http.middlewares.<name>.basicauth.users=…"},
    {"frontend.auth.digest", "traefik.http.middlewares.<name>.digestauth.users=…"},
    {"frontend.auth.forward.authresponseheaders", "traefik.http.middlewares.<name>.forwardauth.authresponseheaders={}"},
    {"frontend.auth.forward.trustforwardheader", "traefik.http.middlewares.<name>.forwardauth.trustforwardheader={}"},
    {"frontend.auth.forward.tls", "traefik.http.middlewares.<name>.forwardauth.tls.…"},
    {"frontend.auth.forward", "traefik.http.middlewares.<name>.forwardauth.address={}"},
    {"frontend.auth.headerfield", "traefik.http.middlewares.<name>.basicauth.headerfield={}"},
    {"frontend.auth.removeheader", "traefik.http.middlewares.<name>.basicauth.removeheader={}"},
    {"frontend.auth", "traefik.http.middlewares.<name>.basicauth.users=…"},
    {"frontend.entrypoints", "traefik.http.routers.<name>.entrypoints={}"},
    {"frontend.errors", "traefik.http.middlewares.<name>.errors.…"},
    {"frontend.headers", "traefik.http.middlewares.<name>.headers.…"},
    {"frontend.passhostheader", "traefik.http.services.<name>.loadbalancer.passhostheader={}"},
    {"frontend.passtlsclientcert", "traefik.http.middlewares.<name>.passtlsclientcert.…"},
    {"frontend.passtlscert", "traefik.http.middlewares.<name>.passtlsclientcert.pem={}"},
    {"frontend.priority", "traefik.http.routers.<name>.priority={}"},
    {"frontend.ratelimit", "traefik.http.middlewares.<name>.ratelimit.average=…"},
    {"frontend.redirect.entrypoint", "traefik.http.middlewares.<name>.redirectscheme.scheme=https"},
    {"frontend.redirect.regex", "traefik.http.middlewares.<name>.redirectregex.regex={}"},
    {"frontend.redirect.replacement", "traefik.http.middlewares.<name>.redirectregex.replacement={}"},
    {"frontend.redirect.permanent", "traefik.http.middlewares.<name>.redirectregex.permanent={}"},
    {"frontend.redirect", "traefik.http.middlewares.<name>.redirectscheme.scheme=https"},
    {"frontend.rule", "traefik.http.routers.<name>.rule={rule}"},
    {"frontend.whitelist.sourcerange", "traefik.http.middlewares.<name>.ipallowlist.sourcerange={}"},
    {"frontend.whitelist.ipstrategy", "traefik.http.middlewares.<name>.ipallowlist.ipstrategy.…"},
    {"frontend.whitelist", "traefik.http.middlewares.<name>.ipallowlist.sourcerange={}"},
    {"frontend", "traefik.http.routers.<name>.…"},
    {"port", "traefik.http.services.<name>.loadbalancer.server.port={}"},
    {"protocol", "traefik.http.services.<name>.loadbalancer.server.scheme={}"},
    {"tags", "a label of your own, and providers.docker.constraints=Label(`…`, `…`)"},
    {"weight", "traefik.http.services.<name>.loadbalancer.server.weight={}"},
});

const VersionOneLabel* find(std::string_view lower) {
  const auto fits = [&](const VersionOneLabel& label) {
    return lower.starts_with(label.key) && (lower.size() == label.key.size() || lower[label.key.size()] == '.');
  };
  const auto found = std::ranges::find_if(kTable, fits);
  return found == kTable.end() ? nullptr : &*found;
}

void replace(std::string& text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  if (at != std::string::npos) text.replace(at, what.size(), with);
}

std::string filled(std::string_view form, std::string_view name, std::string_view value) {
  std::string text{form};
  if (!name.empty()) replace(text, "<name>", printable(name));
  const std::string rule = rule_of_version_one(value);
  replace(text, "{rule}", rule.empty() ? "Host(`…`)" : printable(rule));
  replace(text, "{}", value.empty() ? "…" : printable(value));
  return text;
}

std::vector<std::string_view> parts(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (true) {
    const auto at = text.find(separator);
    out.push_back(trimmed(text.substr(0, at)));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

// The matchers of Traefik 1 that a matcher of today means the same as.
std::string_view matcher_now(std::string_view matcher) {
  for (const std::string_view same : {"Host", "Path", "PathPrefix", "Method"}) {
    if (equal_fold(matcher, same)) return same;
  }
  return {};
}

std::string one_of(std::string_view matcher, const std::vector<std::string_view>& values) {
  std::string text;
  for (const std::string_view value : values) {
    // A template or a quote in it: not to be said for sure.
    if (value.empty() || value.find_first_of("{}`") != std::string_view::npos) return {};
    text += (text.empty() ? "" : " || ") + std::string{matcher} + "(`" + std::string{value} + "`)";
  }
  return values.size() > 1 ? "(" + text + ")" : text;
}

}  // namespace

std::span<const VersionOneLabel> version_one_labels() {
  return kTable;
}

std::string version_one_form(std::string_view rest, std::string_view value) {
  const std::string lower = ascii_lower(rest);
  if (const VersionOneLabel* label = find(lower)) return filled(label->now, {}, value);
  // A segment: traefik.<name>.port.
  const auto dot = lower.find('.');
  if (dot == std::string::npos || dot == 0) return {};
  const VersionOneLabel* label = find(std::string_view{lower}.substr(dot + 1));
  return label == nullptr ? std::string{} : filled(label->now, rest.substr(0, dot), value);
}

std::string rule_of_version_one(std::string_view rule) {
  std::string text;
  std::size_t groups = 0;
  for (const std::string_view group : parts(rule, ';')) {
    const auto colon = group.find(':');
    if (colon == std::string_view::npos) return {};
    const std::string_view matcher = matcher_now(trimmed(group.substr(0, colon)));
    if (matcher.empty()) return {};
    const std::string said = one_of(matcher, parts(group.substr(colon + 1), ','));
    if (said.empty()) return {};
    text += (text.empty() ? "" : " && ") + said;
    ++groups;
  }
  // Alone, "any of" needs no parentheses.
  if (groups == 1 && text.starts_with('(')) text = text.substr(1, text.size() - 2);
  return text;
}

}  // namespace mooring::config
