#include "proxy/config/merger.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <type_traits>
#include <variant>

#include "proxy/config/merge_settle.h"

namespace mooring::config {
namespace {

void qualify(std::vector<std::string>& names, std::string_view provider) {
  for (std::string& name : names) name = qualified(name, provider);
}

RouterConfig qualified_config(RouterConfig config, std::string_view provider) {
  qualify(config.middlewares, provider);
  if (!config.service.empty()) config.service = qualified(config.service, provider);
  return config;
}

MiddlewareConfig qualified_config(MiddlewareConfig config, std::string_view provider) {
  if (auto* chain = std::get_if<ChainConfig>(&config)) qualify(chain->middlewares, provider);
  return config;
}

// Servers are what replicas differ in: they are compared and kept apart from the rest.
ServiceConfig qualified_config(ServiceConfig config, std::string_view provider) {
  config.servers.clear();
  if (!config.servers_transport.empty()) config.servers_transport = qualified(config.servers_transport, provider);
  return config;
}

ServersTransportConfig qualified_config(ServersTransportConfig config, std::string_view /*provider*/) {
  return config;
}

// The provider is always added: a router called "a@file" in a label must not pass for the file's router "a".
std::string full_name(const std::string& name, const Fragment& fragment) {
  return name + "@" + fragment.origin.provider;
}

FragmentPtr who_alone(const Fragment& fragment) {
  auto who = std::make_shared<Fragment>();
  who->id = fragment.id;
  who->origin = fragment.origin;
  who->ended = fragment.ended;
  return who;
}

// The claims on a router less those whose Compose service has a definition in force that does not know it; nothing
// where that is all of them.
std::vector<Claim<RouterConfig>> in_force(const Subject& subject, const std::vector<Claim<RouterConfig>>& claims,
                                          const Generations& generations, Problems& problems) {
  std::set<FragmentPtr> claimants;
  for (const Claim<RouterConfig>& claim : claims) claimants.insert(claim.from);
  std::vector<Claim<RouterConfig>> rest;
  std::map<std::string, std::set<std::string>> left_out;  // labels, by that of who decides
  for (const Claim<RouterConfig>& claim : claims) {
    const FragmentPtr decides = generations.decides(*claim.from);
    if (decides == nullptr || claimants.contains(decides)) {
      rest.push_back(claim);
    } else if (!claim.from->ended) {
      left_out[decides->origin.label].insert(claim.from->origin.label);
    }
  }
  tell_standby(subject, left_out, problems);
  return rest;
}

// One name from all its claims.
template <typename Config, typename MergedConfig>
MergedConfig settled(const Subject& subject, const std::vector<Claim<Config>>& claims, const ReadyCheck& ready,
                     Problems& problems) {
  Outcome<Config> outcome = settle<Config>(subject, claims, ready, problems);
  MergedConfig entry;
  entry.config = std::move(outcome.config);
  std::set<std::string_view> ids;
  for (const Claim<Config>* member : outcome.members) {
    if constexpr (std::is_same_v<MergedConfig, MergedService>) {
      for (const ServerConfig& server : member->servers) {
        if (ids.insert(server.id).second) entry.servers.push_back({server, member->from});
      }
    } else if (member->config != entry.config) {
      continue;  // a router's or middleware's origins are those who say the same
    }
    entry.origins.push_back(member->from);
  }
  if constexpr (std::is_same_v<Config, RouterConfig>) entry.config.ended = outcome.members.front()->from->ended;
  std::ranges::sort(problems);
  return entry;
}

}  // namespace

template <typename Config>
void Merger::claim(const FragmentPtr& who, const std::string& name, const Config& config, Part<Config>& part) {
  const std::string full = full_name(name, *who);
  std::vector<Claim<Config>>& claims = part.claims[full];
  const auto after = std::ranges::upper_bound(
      claims, who, [](const FragmentPtr& a, const FragmentPtr& b) { return older(*a, *b); }, &Claim<Config>::from);
  Claim<Config> made{.from = who, .config = qualified_config(config, who->origin.provider), .servers = {}};
  if constexpr (std::is_same_v<Config, ServiceConfig>) made.servers = config.servers;
  claims.insert(after, std::move(made));
  part.dirty.insert(full);
}

template <typename Config>
void Merger::withdraw(const FragmentPtr& who, const std::string& name, Part<Config>& part) {
  const std::string full = full_name(name, *who);
  const auto found = part.claims.find(full);
  std::erase_if(found->second, [&](const Claim<Config>& claim) { return claim.from == who; });
  if (found->second.empty()) part.claims.erase(found);
  part.dirty.insert(full);
}

// Both are in the order of names: one walk finds what is no more, what is new and what is another.
template <typename Config>
void Merger::change_claims(const FragmentPtr& who, const std::map<std::string, Config>& before,
                           const std::map<std::string, Config>& now, Part<Config>& part) {
  auto old = before.begin();
  for (const auto& [name, config] : now) {
    for (; old != before.end() && old->first < name; ++old) withdraw(who, old->first, part);
    if (old != before.end() && old->first == name) {
      const bool same = old->second == config;
      ++old;
      if (same) continue;
      withdraw(who, name, part);
    }
    claim(who, name, config, part);
  }
  for (; old != before.end(); ++old) withdraw(who, old->first, part);
}

template <typename Config>
bool Merger::mark_contested(const Fragment& fragment, const std::map<std::string, Config>& configs,
                            Part<Config>& part) {
  bool any = false;
  for (const auto& [name, config] : configs) {
    const std::string full = full_name(name, fragment);
    // Who is ready matters only where something was told: generations that differ, or strangers.
    if (!part.problems.contains(full) && !part.dirty.contains(full)) continue;
    part.dirty.insert(full);
    any = true;
  }
  return any;
}

void Merger::change_source(const FragmentPtr& who, const Fragment& before, const Fragment& now) {
  generations_.change(who, before.routers, now.routers);
  change_claims(who, before.routers, now.routers, routers_);
  change_claims(who, before.middlewares, now.middlewares, middlewares_);
  change_claims(who, before.services, now.services, services_);
  change_claims(who, before.servers_transports, now.servers_transports, transports_);
  if (before.problems == now.problems) return;
  std::ranges::copy(now.problems, std::back_inserter(change_.problems_added));
  std::ranges::copy(before.problems, std::back_inserter(change_.problems_dropped));
}

void Merger::put(FragmentPtr fragment) {
  if (fragment == nullptr) return;
  const Key key{fragment->origin.provider, fragment->id};
  const auto known = sources_.find(key);
  if (known != sources_.end()) {
    const Fragment& who = *known->second.who;
    if (who.origin != fragment->origin || who.ended != fragment->ended) remove(key.first, key.second);
  }
  Source& source = sources_[key];
  static const Fragment kNothing;
  const FragmentPtr before = std::exchange(source.fragment, std::move(fragment));
  if (before == nullptr) {
    source.who = who_alone(*source.fragment);
    if (!source.who->origin.container_id.empty()) of_container_[source.who->origin.container_id].insert(key);
  }
  change_source(source.who, before == nullptr ? kNothing : *before, *source.fragment);
}

void Merger::remove(const std::string& provider, const std::string& id) {
  const auto found = sources_.find({provider, id});
  if (found == sources_.end()) return;
  const Source& source = found->second;
  change_source(source.who, *source.fragment, {});
  if (const auto container = of_container_.find(source.who->origin.container_id); container != of_container_.end()) {
    container->second.erase(found->first);
    if (container->second.empty()) of_container_.erase(container);
  }
  sources_.erase(found);
}

bool Merger::end(const std::string& provider, const std::string& id) {
  const auto found = sources_.find({provider, id});
  if (found == sources_.end()) return false;
  if (found->second.fragment->ended) return true;
  auto ended = std::make_shared<Fragment>(*found->second.fragment);
  ended->ended = true;
  ended->problems.clear();
  put(std::move(ended));
  return true;
}

bool Merger::readiness_changed(const std::string& container_id) {
  const auto found = of_container_.find(container_id);
  if (found == of_container_.end()) return false;
  bool any = false;
  for (const Key& key : found->second) {
    const Fragment& fragment = *sources_.at(key).fragment;
    any = generations_.readiness_changed(fragment) || any;
    any = mark_contested(fragment, fragment.routers, routers_) || any;
    any = mark_contested(fragment, fragment.middlewares, middlewares_) || any;
    any = mark_contested(fragment, fragment.services, services_) || any;
    any = mark_contested(fragment, fragment.servers_transports, transports_) || any;
  }
  return any;
}

void Merger::tell(Problems& before, Problems now) {
  if (before == now) return;
  for (const Problem& problem : now) {
    change_.problems_added.push_back(problem);
    merged_.problems.insert(problem);
  }
  for (Problem& problem : before) {
    merged_.problems.erase(merged_.problems.find(problem));
    change_.problems_dropped.push_back(std::move(problem));
  }
  before = std::move(now);
}

template <typename Config, typename MergedConfig>
MergedConfig Merger::settle_name(const Subject& subject, const std::vector<Claim<Config>>& claims,
                                 const ReadyCheck& ready, Problems& problems) const {
  if constexpr (std::is_same_v<Config, RouterConfig>) {
    if (generations_.any()) {
      const std::vector<Claim<Config>> heard = in_force(subject, claims, generations_, problems);
      auto entry = settled<Config, MergedConfig>(subject, heard.empty() ? claims : heard, ready, problems);
      entry.config.standby = heard.empty();
      return entry;
    }
  }
  return settled<Config, MergedConfig>(subject, claims, ready, problems);
}

template <typename Config, typename MergedConfig>
void Merger::settle_part(std::string_view kind, Part<Config>& part, std::map<std::string, MergedConfig>& merged,
                         const ReadyCheck& ready, NameChanges& changes) {
  for (const std::string& name : std::exchange(part.dirty, {})) {
    const auto claims = part.claims.find(name);
    const auto before = merged.find(name);
    Problems problems;
    if (claims == part.claims.end()) {
      if (before == merged.end()) continue;
      merged.erase(before);
      for (std::set<std::string>* names : {&changes.all, &changes.settings, &changes.existence}) names->insert(name);
    } else {
      auto entry = settle_name<Config, MergedConfig>({kind, name}, claims->second, ready, problems);
      const bool is_new = before == merged.end();
      if (is_new) changes.existence.insert(name);
      if (is_new || before->second.config != entry.config) changes.settings.insert(name);
      if (is_new || before->second != entry) {
        changes.all.insert(name);
        merged.insert_or_assign(name, std::move(entry));
      }
    }
    const auto told = part.problems.find(name);
    if (told == part.problems.end() && problems.empty()) continue;
    tell(part.problems[name], std::move(problems));
    if (part.problems[name].empty()) part.problems.erase(name);
  }
}

MergeChange Merger::settle(const ReadyCheck& ready) {
  routers_.dirty.merge(generations_.settle(ready));
  settle_part("router", routers_, merged_.routers, ready, change_.routers);
  settle_part("middleware", middlewares_, merged_.middlewares, ready, change_.middlewares);
  settle_part("service", services_, merged_.services, ready, change_.services);
  settle_part("servers transport", transports_, merged_.servers_transports, ready, change_.servers_transports);
  return std::exchange(change_, {});
}

std::string qualified(std::string_view name, std::string_view provider) {
  std::string out{name};
  if (name.find('@') == std::string_view::npos) out.append("@").append(provider);
  return out;
}

Merged merge(const std::vector<FragmentPtr>& fragments, const ReadyCheck& ready) {
  Merger merger;
  for (const FragmentPtr& fragment : fragments) merger.put(fragment);
  merger.settle(ready);
  return merger.merged();
}

}  // namespace mooring::config
