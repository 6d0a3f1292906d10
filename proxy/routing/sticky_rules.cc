#include "proxy/routing/sticky_rules.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "proxy/config/ip.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"
#include "proxy/routing/rule_analysis.h"
#include "proxy/routing/sticky_cookie.h"

namespace mooring::routing {
namespace {

bool is_local(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1" || host == "::1";
}

// Browsers take Secure cookies from these over plain HTTP.
bool only_local(const RouteDraft& draft) {
  const auto hosts = draft.rule ? required_hosts(*draft.rule) : std::nullopt;
  return hosts && hosts->size() != 0 && std::ranges::all_of(hosts->exact, is_local) &&
         std::ranges::all_of(hosts->wildcard, is_local);
}

bool https_may_come(const RouteDraft& draft, const config::Options& options) {
  return std::ranges::any_of(draft.route->entry_points, [&](const std::string& name) {
    const auto found = options.entry_points.find(name);
    if (found == options.entry_points.end()) return false;
    const config::ForwardedHeadersOptions& trust = found->second.forwarded_headers;
    return trust.insecure || !trust.trusted_ips.empty();
  });
}

void check_secure(const RouteDraft& draft, const StickyCookie& cookie, const config::Options& options,
                  config::Problems& problems) {
  const std::string router = config::quoted(draft.route->name);
  if (cookie.config->same_site == "none" && !cookie.config->secure) {
    problems.push_back(sticky_problem(config::code::kSameSiteNone, cookie, "samesite",
                                      "browsers refuse a cookie with SameSite=None that is not Secure",
                                      "the cookie is set as it is written, and no session sticks",
                                      "add " + sticky_key(cookie, "secure") + "=true, or use samesite=lax"));
  }
  if (!cookie.config->secure || draft.route->entry_points.empty() || https_may_come(draft, options)) return;
  if (only_local(draft)) return;
  std::string names;
  for (const std::string& name : draft.route->entry_points) names += (names.empty() ? "" : ", ") + name;
  problems.push_back(sticky_problem(
      config::code::kSecureOnPlain, cookie, "secure",
      "the cookie is Secure, but router " + router + " is on " + names + " without TLS: browsers will drop it",
      "the cookie is set as it is written, and no session sticks",
      "leave secure out; or, where a proxy in front brings https, trust it: entryPoints." +
          draft.route->entry_points.front() + ".forwardedHeaders.trustedIPs"));
}

bool within(std::string_view host, std::string_view domain) {
  return host == domain ||
         (host.size() > domain.size() && host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
}

void check_domain(const RouteDraft& draft, const StickyCookie& cookie, config::Problems& problems) {
  if (cookie.config->domain.empty() || !draft.rule) return;
  const auto hosts = required_hosts(*draft.rule);
  if (!hosts) return;
  std::string outside;
  for (const std::string& host : hosts->exact) {
    if (!within(host, cookie.config->domain)) outside += (outside.empty() ? "" : ", ") + config::printable(host);
  }
  for (const std::string& host : hosts->wildcard) {
    if (!within(host, cookie.config->domain)) outside += (outside.empty() ? "*." : ", *.") + config::printable(host);
  }
  if (outside.empty()) return;
  problems.push_back(sticky_problem(config::code::kForeignDomain, cookie, "domain",
                                    "the domain " + config::quoted(cookie.config->domain) + " is neither the host " +
                                        outside + " of router " + config::quoted(draft.route->name) +
                                        " nor a parent of it: browsers will refuse the cookie",
                                    "the cookie is set as it is written, and sessions of that host do not stick",
                                    "leave the domain out, or write a parent of the host"));
}

void check_path(const RouteDraft& draft, const StickyCookie& cookie, config::Problems& problems) {
  if (cookie.config->path == "/" || cookie.config->path.empty() || !draft.rule) return;
  Rule prefix;
  prefix.matcher = MatcherKind::path_prefix;
  prefix.value = cookie.config->path;
  if (shadows(prefix, *draft.rule)) return;  // every path of the router is below the cookie's
  problems.push_back(sticky_problem(config::code::kNarrowPath, cookie, "path",
                                    "browsers send the cookie only below " + config::quoted(cookie.config->path) +
                                        ", and router " + config::quoted(draft.route->name) + " takes other paths too",
                                    "requests to those paths go to any endpoint",
                                    "leave the path out, or write the prefix of the rule"));
}

void check_one_server(const RouteDraft& draft, const StickyCookie& cookie, config::Problems& problems) {
  if (draft.service->servers.size() != 1) return;
  const config::ServerConfig& server = draft.service->servers.front().config;
  // A container's identity is no URL; what is given by URL may be a name for many.
  if (server.id.find("://") == std::string::npos || config::IpAddress::parse(server.host)) return;
  problems.push_back(
      sticky_problem(config::code::kOneServer, cookie, "",
                     "the only server of service " + config::quoted(draft.route->config.service) + " is the name " +
                         config::quoted(server.host) +
                         ": where several addresses stand behind it, the cookie cannot choose among them",
                     "all requests go to that one name",
                     "let Mooring see the servers themselves: label their containers, or list each URL"));
}

}  // namespace

config::Problems check_sticky_route(const RouteDraft& draft, const config::Merged& merged,
                                    const config::Options& options) {
  config::Problems problems;
  if (draft.router == nullptr || !draft.serves()) return problems;
  for (const StickyCookie& cookie : sticky_cookies(draft, merged)) {
    check_secure(draft, cookie, options, problems);
    check_domain(draft, cookie, problems);
    check_path(draft, cookie, problems);
    check_one_server(draft, cookie, problems);
  }
  return problems;
}

}  // namespace mooring::routing
