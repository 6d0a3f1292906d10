#include "proxy/routing/sticky_rules.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "proxy/config/ip.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"
#include "proxy/routing/rule_analysis.h"
#include "proxy/upstream/affinity.h"

namespace mooring::routing {
namespace {

using config::Problem;
using config::Severity;

// A cookie of a route, and what defines it.
struct Cookie {
  const config::CookieConfig* config;
  std::string owner;  // qualified name of the middleware or service
  bool of_service;
  const std::vector<config::FragmentPtr>* origins;
};

std::vector<Cookie> cookies_of(const RouteDraft& draft, const config::Merged& merged) {
  std::vector<Cookie> cookies;
  if (draft.sticky_middleware) {
    for (const std::string& name : draft.chain) {
      const auto found = merged.middlewares.find(name);
      if (found == merged.middlewares.end()) continue;
      if (const auto* sticky = std::get_if<config::StickyConfig>(&found->second.config)) {
        cookies.push_back({&sticky->cookie, name, false, &found->second.origins});
      }
    }
  }
  if (draft.service != nullptr && draft.service->config.sticky) {
    cookies.push_back(
        {&draft.service->config.sticky->cookie, draft.route->config.service, true, &draft.service->origins});
  }
  return cookies;
}

bool serves(const RouteDraft& draft) {
  return draft.router != nullptr && draft.service != nullptr && draft.route->status != RouteStatus::disabled;
}

std::string first_label(const std::vector<config::FragmentPtr>& origins) {
  return origins.empty() ? std::string{} : origins.front()->origin.label;
}

// The key of the cookie's attribute as its provider has it: a label's, or a file's.
std::string key_of(const Cookie& cookie, std::string_view field) {
  const auto at = cookie.owner.rfind('@');
  const std::string name = cookie.owner.substr(0, at);
  const bool label = cookie.owner.substr(at + 1) == "docker";
  std::string key = label ? "traefik." : "";
  key += cookie.of_service ? "http.services." + name + (label ? ".loadbalancer" : ".loadBalancer")
                           : "http.middlewares." + name;
  key += ".sticky";
  if (!field.empty()) key += ".cookie." + std::string{field};
  return key;
}

Problem problem_of(std::string_view code, const Cookie& cookie, std::string_view field, std::string text,
                   std::string in_force, std::string fix) {
  return {std::string{code},   Severity::warning, first_label(*cookie.origins), key_of(cookie, field), std::move(text),
          std::move(in_force), std::move(fix)};
}

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

void check_secure(const RouteDraft& draft, const Cookie& cookie, const config::Options& options,
                  config::Problems& problems) {
  const std::string router = config::quoted(draft.route->name);
  if (cookie.config->same_site == "none" && !cookie.config->secure) {
    problems.push_back(problem_of(config::code::kSameSiteNone, cookie, "samesite",
                                  "browsers refuse a cookie with SameSite=None that is not Secure",
                                  "the cookie is set as it is written, and no session sticks",
                                  "add " + key_of(cookie, "secure") + "=true, or use samesite=lax"));
  }
  if (!cookie.config->secure || draft.route->entry_points.empty() || https_may_come(draft, options)) return;
  if (only_local(draft)) return;
  std::string names;
  for (const std::string& name : draft.route->entry_points) names += (names.empty() ? "" : ", ") + name;
  problems.push_back(problem_of(
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

void check_domain(const RouteDraft& draft, const Cookie& cookie, config::Problems& problems) {
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
  problems.push_back(problem_of(config::code::kForeignDomain, cookie, "domain",
                                "the domain " + config::quoted(cookie.config->domain) + " is neither the host " +
                                    outside + " of router " + config::quoted(draft.route->name) +
                                    " nor a parent of it: browsers will refuse the cookie",
                                "the cookie is set as it is written, and sessions of that host do not stick",
                                "leave the domain out, or write a parent of the host"));
}

void check_path(const RouteDraft& draft, const Cookie& cookie, config::Problems& problems) {
  if (cookie.config->path == "/" || cookie.config->path.empty() || !draft.rule) return;
  Rule prefix;
  prefix.matcher = MatcherKind::path_prefix;
  prefix.value = cookie.config->path;
  if (shadows(prefix, *draft.rule)) return;  // every path of the router is below the cookie's
  problems.push_back(problem_of(config::code::kNarrowPath, cookie, "path",
                                "browsers send the cookie only below " + config::quoted(cookie.config->path) +
                                    ", and router " + config::quoted(draft.route->name) + " takes other paths too",
                                "requests to those paths go to any endpoint",
                                "leave the path out, or write the prefix of the rule"));
}

void check_one_server(const RouteDraft& draft, const Cookie& cookie, config::Problems& problems) {
  if (draft.service->servers.size() != 1) return;
  const config::ServerConfig& server = draft.service->servers.front().config;
  // A container's identity is no URL; what is given by URL may be a name for many.
  if (server.id.find("://") == std::string::npos || config::IpAddress::parse(server.host)) return;
  problems.push_back(problem_of(config::code::kOneServer, cookie, "",
                                "the only server of service " + config::quoted(draft.route->config.service) +
                                    " is the name " + config::quoted(server.host) +
                                    ": where several addresses stand behind it, the cookie cannot choose among them",
                                "all requests go to that one name",
                                "let Mooring see the servers themselves: label their containers, or list each URL"));
}

// Where a cookie is kept by a browser: two of the same name are one only where domain and path are the same, too.
using Jar = std::pair<std::string, std::string>;  // host or domain and path, name

struct Holder {
  std::string service;
  Cookie cookie;
};

std::vector<std::string> jars_of(const RouteDraft& draft, const config::CookieConfig& cookie) {
  std::vector<std::string> jars;
  if (!cookie.domain.empty()) return {"." + cookie.domain + cookie.path};
  const auto hosts = draft.rule ? required_hosts(*draft.rule) : std::nullopt;
  if (!hosts) return jars;
  for (const std::string& host : hosts->exact) jars.push_back(host + cookie.path);
  for (const std::string& host : hosts->wildcard) jars.push_back("*." + host + cookie.path);
  return jars;
}

void check_same_cookie(const std::vector<RouteDraft>& drafts, const config::Merged& merged,
                       config::Problems& problems) {
  std::map<Jar, std::vector<Holder>> jars;
  for (const RouteDraft& draft : drafts) {
    if (!serves(draft)) continue;
    for (const Cookie& cookie : cookies_of(draft, merged)) {
      if (cookie.config->name.empty()) continue;  // made from the service's name: nobody else's
      for (std::string& jar : jars_of(draft, *cookie.config)) {
        auto& holders = jars[{std::move(jar), upstream::sanitized_cookie_name(cookie.config->name)}];
        const bool known =
            std::ranges::any_of(holders, [&](const Holder& holder) { return holder.service == draft.route->service; });
        if (!known) holders.push_back({draft.route->service, cookie});
      }
    }
  }
  for (const auto& [jar, holders] : jars) {
    if (holders.size() < 2) continue;
    const bool fits = holders.size() <= upstream::AffinityCookie::kMaxParts;
    for (std::size_t i = 1; i < holders.size(); ++i) {
      Problem problem =
          problem_of(config::code::kSameCookie, holders[i].cookie, "name",
                     "the cookie " + config::quoted(jar.second) + " is also that of service " +
                         config::quoted(holders.front().service) + " on " + config::printable(jar.first),
                     fits ? "one cookie holds the places of both here; with Traefik they would evict each other"
                          : "more services share it than one cookie holds: they evict each other",
                     "give each service a cookie name of its own, or a path below which only its requests are");
      problem.severity = fits ? Severity::info : Severity::warning;
      problems.push_back(std::move(problem));
    }
  }
}

// `router "web" leads to "web-2@docker"`, of the routers that the same containers define.
std::string leads_elsewhere(const std::vector<RouteDraft>& drafts, const std::vector<config::FragmentPtr>& origins) {
  for (const RouteDraft& draft : drafts) {
    if (draft.router == nullptr || draft.router->origins.empty() || origins.empty()) continue;
    if (draft.router->origins.front() != origins.front()) continue;
    return "; router " + config::quoted(draft.route->name) + " leads to " + config::quoted(draft.route->config.service);
  }
  return {};
}

void check_unused(const std::vector<RouteDraft>& drafts, const config::Merged& merged, config::Problems& problems) {
  std::set<std::string_view> services;
  std::set<std::string_view> middlewares;
  for (const RouteDraft& draft : drafts) {
    services.insert(draft.route->config.service);
    for (const std::string& name : draft.chain) middlewares.insert(name);
    for (const std::string& name : draft.route->config.middlewares) middlewares.insert(name);
  }
  for (const auto& [name, service] : merged.services) {
    if (!service.config.sticky || services.contains(name)) continue;
    const Cookie cookie{&service.config.sticky->cookie, name, true, &service.origins};
    problems.push_back(problem_of(config::code::kStickyUnused, cookie, "",
                                  "service " + config::quoted(name) + " is sticky, but no router leads to it" +
                                      leads_elsewhere(drafts, service.origins),
                                  "nobody gets its cookie",
                                  "lead the router to it, or move its sticky labels to the service that is used"));
  }
  for (const auto& [name, middleware] : merged.middlewares) {
    const auto* sticky = std::get_if<config::StickyConfig>(&middleware.config);
    if (sticky == nullptr || middlewares.contains(name)) continue;
    const Cookie cookie{&sticky->cookie, name, false, &middleware.origins};
    problems.push_back(problem_of(
        config::code::kStickyUnused, cookie, "", "the sticky middleware " + config::quoted(name) + " is on no router",
        "nobody gets its cookie",
        "name it on the router: traefik.http.routers.<router>.middlewares=" + name.substr(0, name.rfind('@'))));
  }
}

}  // namespace

config::Problems check_sticky_route(const RouteDraft& draft, const config::Merged& merged,
                                    const config::Options& options) {
  config::Problems problems;
  if (!serves(draft)) return problems;
  for (const Cookie& cookie : cookies_of(draft, merged)) {
    check_secure(draft, cookie, options, problems);
    check_domain(draft, cookie, problems);
    check_path(draft, cookie, problems);
    check_one_server(draft, cookie, problems);
  }
  return problems;
}

config::Problems check_sticky_table(const std::vector<RouteDraft>& drafts, const config::Merged& merged) {
  config::Problems problems;
  check_same_cookie(drafts, merged, problems);
  check_unused(drafts, merged, problems);
  return problems;
}

config::Problems check_sticky_rules(const std::vector<RouteDraft>& drafts, const config::Merged& merged,
                                    const config::Options& options) {
  config::Problems problems = check_sticky_table(drafts, merged);
  for (const RouteDraft& draft : drafts) {
    for (Problem& problem : check_sticky_route(draft, merged, options)) problems.push_back(std::move(problem));
  }
  std::ranges::sort(problems);
  const auto twice = std::ranges::unique(problems);
  problems.erase(twice.begin(), twice.end());
  return problems;
}

}  // namespace mooring::routing
