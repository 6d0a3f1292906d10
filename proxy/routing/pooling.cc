#include "proxy/routing/pooling.h"

#include <algorithm>
#include <optional>
#include <ranges>
#include <utility>

namespace mooring::routing {
namespace {

const config::Origin& origin_of(const RouteDraft& draft) {
  static const config::Origin kNone;
  const auto& origins = draft.router->origins;
  return origins.empty() ? kNone : origins.front()->origin;
}

bool is_candidate(const RouteDraft& draft) {
  return draft.serves() && draft.router != nullptr && draft.rule.has_value();
}

// A router of the same project as all the containers of its service. Nobody else's routers may bring endpoints
// together: who writes the labels of one project would else add his own to the service of another.
bool at_home(const RouteDraft& draft) {
  const config::Origin& home = origin_of(draft);
  return std::ranges::all_of(draft.service->origins, [&](const config::FragmentPtr& from) {
    return from->origin.provider == home.provider && from->origin.project == home.project;
  });
}

}  // namespace

Pools::Key Pools::key_of(const RouteDraft& draft) {
  const config::Origin& origin = origin_of(draft);
  return {origin.provider,           origin.project,        draft.canonical,
          draft.route->entry_points, draft.route->priority, draft.chain};
}

const std::string& Pools::target(const std::string& service) const {
  const auto found = pooled_into_.find(service);
  return found == pooled_into_.end() ? service : found->second;
}

Names Pools::members(const std::string& target) const {
  const auto found = pooled_here_.find(target);
  Names names = found == pooled_here_.end() ? Names() : found->second;
  if (!pooled_into_.contains(target)) names.insert(target);
  return names;
}

void Pools::take_out(const std::string& service, std::vector<PoolMap::iterator>& touched) {
  const auto place = places_.find(service);
  if (place == places_.end()) return;
  place->second.pool->second.services.erase(place->second.router);
  touched.push_back(place->second.pool);
  places_.erase(place);
}

// With a router more on one side, that router would lead to endpoints that never asked for it: so all of them count.
void Pools::put_in(const std::string& service, const DraftBook& book, const config::Merged& merged,
                   std::vector<PoolMap::iterator>& touched) {
  const auto found = merged.services.find(service);
  if (found == merged.services.end()) return;
  Identity identity{.led_by = {}, .config = found->second.config};
  std::optional<std::string> first;
  const Names& routers = book.of_service(service);
  const auto on_standby = [&](const std::string& name) { return book.find(name)->route->config.standby; };
  // What is out of force says nothing of a service that others lead to. One that nobody else leads to keeps its
  // sessions in the pool: it is what a renamed router has left.
  const bool all = std::ranges::all_of(routers, on_standby);
  for (const std::string& name : routers) {
    const RouteDraft& draft = *book.find(name);
    if ((!all && on_standby(name)) || !is_candidate(draft) || !at_home(draft)) continue;
    identity.led_by.insert(key_of(draft));
    if (draft.sticky() && (!first || name_before(name, *first))) first = name;
  }
  if (!first) return;
  const auto pool = pools_.try_emplace(std::move(identity)).first;
  pool->second.services.emplace(*first, service);
  places_.emplace(service, Place{.pool = pool, .router = *first});
  touched.push_back(pool);
}

std::map<std::string, std::string> Pools::update(const Names& services, const DraftBook& book,
                                                 const config::Merged& merged) {
  std::vector<PoolMap::iterator> touched;
  for (const std::string& service : services) take_out(service, touched);
  for (const std::string& service : services) put_in(service, book, merged, touched);
  Names affected = services;
  std::set<const Pool*> seen;
  std::vector<PoolMap::iterator> empty;
  for (const PoolMap::iterator pool : touched) {
    if (!seen.insert(&pool->second).second) continue;
    auto& [members, head] = pool->second;
    if (members.empty()) {
      empty.push_back(pool);
      continue;
    }
    if (members.begin()->second == head) continue;
    head = members.begin()->second;
    for (const std::string& member : members | std::views::values) affected.insert(member);
  }
  for (const PoolMap::iterator pool : empty) pools_.erase(pool);
  std::map<std::string, std::string> moved;
  for (const std::string& service : affected) {
    const auto place = places_.find(service);
    const std::string now = place == places_.end() ? service : place->second.pool->second.head;
    const std::string before = target(service);
    if (now == before) continue;
    moved.emplace(service, before);
    if (before != service) {
      pooled_here_[before].erase(service);
      if (pooled_here_[before].empty()) pooled_here_.erase(before);
    }
    pooled_into_.erase(service);
    if (now == service) continue;
    pooled_into_.emplace(service, now);
    pooled_here_[now].insert(service);
  }
  return moved;
}

}  // namespace mooring::routing
