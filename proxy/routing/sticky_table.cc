#include "proxy/routing/sticky_table.h"

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <set>
#include <variant>

#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"
#include "proxy/routing/rule_analysis.h"
#include "proxy/routing/sticky_cookie.h"
#include "proxy/routing/sticky_rules.h"
#include "proxy/upstream/affinity.h"

namespace mooring::routing {
namespace {

std::vector<std::string> places_of(const RouteDraft& draft, const config::CookieConfig& cookie) {
  std::vector<std::string> places;
  if (!cookie.domain.empty()) return {"." + cookie.domain + cookie.path};
  const auto hosts = draft.rule ? required_hosts(*draft.rule) : std::nullopt;
  if (!hosts) return places;
  for (const std::string& host : hosts->exact) places.push_back(host + cookie.path);
  for (const std::string& host : hosts->wildcard) places.push_back("*." + host + cookie.path);
  return places;
}

config::FragmentPtr first_of(const std::vector<config::FragmentPtr>& origins) {
  return origins.empty() ? nullptr : origins.front();
}

template <typename Key>
void drop(std::map<Key, Names>& index, const Key& key, const std::string& name) {
  const auto found = index.find(key);
  if (found == index.end()) return;
  found->second.erase(name);
  if (found->second.empty()) index.erase(found);
}

void add(Names& names, const Names& more) {
  names.insert(more.begin(), more.end());
}

config::Problems unused_middleware(const std::string& name, const config::Merged& merged, const DraftBook& book) {
  const auto found = merged.middlewares.find(name);
  if (found == merged.middlewares.end() || !book.of_middleware(name).empty()) return {};
  const auto* sticky = std::get_if<config::StickyConfig>(&found->second.config);
  if (sticky == nullptr) return {};
  const StickyCookie cookie{&sticky->cookie, name, false, &found->second.origins};
  return {sticky_problem(
      config::code::kStickyUnused, cookie, "", "the sticky middleware " + config::quoted(name) + " is on no router",
      "nobody gets its cookie",
      "name it on the router: traefik.http.routers.<router>.middlewares=" + name.substr(0, name.rfind('@')))};
}

}  // namespace

template <typename Key>
void StickyTable::tell(std::map<Key, config::Problems>& said, const Key& key, config::Problems now,
                       ProblemLedger& ledger) {
  if (const auto before = said.find(key); before != said.end()) {
    ledger.drop(before->second);
    said.erase(before);
  }
  if (now.empty()) return;
  ledger.add(now);
  said.emplace(key, std::move(now));
}

// Those whose cookies, or what defines them, may be others now.
Names StickyTable::looked_at(const TableChange& change, const DraftBook& book) {
  Names routers = change.routers;
  for (const std::string& service : change.services) add(routers, book.of_service(service));
  for (const std::string& middleware : change.merge.middlewares.all) add(routers, book.of_middleware(middleware));
  for (const std::string& service : change.moved | std::views::keys) add(routers, book.of_service(service));
  return routers;
}

void StickyTable::file_holders(const std::string& router, const config::Merged& merged, const DraftBook& book,
                               const Pools& pools, std::set<Jar>& touched) {
  if (const auto before = filed_.find(router); before != filed_.end()) {
    for (const Jar& jar : before->second) {
      const auto found = jars_.find(jar);
      found->second.erase(router);
      if (found->second.empty()) jars_.erase(found);
      touched.insert(jar);
    }
    filed_.erase(before);
  }
  const RouteDraft* draft = book.find(router);
  if (draft == nullptr || draft->router == nullptr || !draft->serves() || !draft->sticky()) return;
  // The other generation of a service that is being replaced: its cookie is meant to be the same.
  if (draft->route->config.standby) return;
  for (const StickyCookie& cookie : sticky_cookies(*draft, merged)) {
    if (cookie.config->name.empty()) continue;  // made from the service's name: nobody else's
    for (std::string& place : places_of(*draft, *cookie.config)) {
      Jar jar{std::move(place), upstream::sanitized_cookie_name(cookie.config->name)};
      Holder holder{.service = pools.target(draft->route->config.service),
                    .told = sticky_problem(config::code::kSameCookie, cookie, "name", {}, {}, {})};
      if (!jars_[jar].emplace(router, std::move(holder)).second) continue;
      touched.insert(jar);
      filed_[router].push_back(std::move(jar));
    }
  }
}

config::Problems StickyTable::same_cookie(const Jar& jar) const {
  config::Problems problems;
  const auto found = jars_.find(jar);
  if (found == jars_.end()) return problems;
  std::vector<const Holder*> holders;
  std::set<std::string_view> services;
  for (const Holder& holder : found->second | std::views::values) {
    if (services.insert(holder.service).second) holders.push_back(&holder);
  }
  const bool fits = holders.size() <= upstream::AffinityCookie::kMaxParts;
  for (std::size_t i = 1; i < holders.size(); ++i) {
    config::Problem problem = holders[i]->told;
    problem.text = "the cookie " + config::quoted(jar.second) + " is also that of service " +
                   config::quoted(holders.front()->service) + " on " + config::printable(jar.first);
    problem.in_force = fits ? "one cookie holds the places of both here; with Traefik they would evict each other"
                            : "more services share it than one cookie holds: they evict each other";
    problem.fix = "give each service a cookie name of its own, or a path below which only its requests are";
    problem.severity = fits ? config::Severity::info : config::Severity::warning;
    problems.push_back(std::move(problem));
  }
  return problems;
}

// `unused` gets the services whose Problem names the first router of the same containers.
void StickyTable::file_origin(const std::string& router, const DraftBook& book, Names& unused) {
  const auto touch = [&](const config::FragmentPtr& from) {
    if (const auto found = unused_of_.find(from); found != unused_of_.end()) add(unused, found->second);
  };
  if (const auto before = first_.find(router); before != first_.end()) {
    drop(routers_of_, before->second, router);
    touch(before->second);
    first_.erase(before);
  }
  const RouteDraft* draft = book.find(router);
  if (draft == nullptr || draft->router == nullptr) return;
  const config::FragmentPtr from = first_of(draft->router->origins);
  if (from == nullptr) return;
  routers_of_[from].insert(router);
  first_.emplace(router, from);
  touch(from);
}

// `router "web" leads to "web-2@docker"`, of the routers that the same containers define.
std::string StickyTable::leads_elsewhere(const config::FragmentPtr& from, const DraftBook& book) const {
  const auto routers = routers_of_.find(from);
  if (routers == routers_of_.end()) return {};
  const std::string& first = *routers->second.begin();
  return "; router " + config::quoted(first) + " leads to " + config::quoted(book.find(first)->route->config.service);
}

config::Problems StickyTable::unused_service(const std::string& name, const config::Merged& merged,
                                             const DraftBook& book) {
  if (const auto before = unused_.find(name); before != unused_.end()) {
    drop(unused_of_, before->second, name);
    unused_.erase(before);
  }
  const auto found = merged.services.find(name);
  if (found == merged.services.end() || !book.of_service(name).empty()) return {};
  const auto& sticky = found->second.config.sticky;
  if (!sticky) return {};
  const config::FragmentPtr from = first_of(found->second.origins);
  unused_of_[from].insert(name);
  unused_.emplace(name, from);
  const StickyCookie cookie{&sticky->cookie, name, true, &found->second.origins};
  return {sticky_problem(
      config::code::kStickyUnused, cookie, "",
      "service " + config::quoted(name) + " is sticky, but no router leads to it" + leads_elsewhere(from, book),
      "nobody gets its cookie", "lead the router to it, or move its sticky labels to the service that is used")};
}

void StickyTable::update(const TableChange& change, const config::Merged& merged, const DraftBook& book,
                         const Pools& pools, ProblemLedger& ledger) {
  std::set<Jar> jars;
  for (const std::string& router : looked_at(change, book)) {
    const RouteDraft* draft = book.find(router);
    tell(of_routes_, router, draft == nullptr ? config::Problems() : check_sticky_route(*draft, merged, options_),
         ledger);
    file_holders(router, merged, book, pools, jars);
  }
  for (const Jar& jar : jars) tell(of_jars_, jar, same_cookie(jar), ledger);

  Names services = change.services;
  Names middlewares = change.merge.middlewares.all;
  const auto named_by = [&](const RouteDraft& draft) {
    services.insert(draft.route->config.service);
    add(middlewares, draft.asked_middlewares);
  };
  for (const RouteDraft& draft : change.old | std::views::values) named_by(draft);
  for (const std::string& router : change.routers) {
    if (const RouteDraft* draft = book.find(router)) named_by(*draft);
    file_origin(router, book, services);
  }
  for (const std::string& name : services) tell(of_services_, name, unused_service(name, merged, book), ledger);
  for (const std::string& name : middlewares) {
    tell(of_middlewares_, name, unused_middleware(name, merged, book), ledger);
  }
}

}  // namespace mooring::routing
