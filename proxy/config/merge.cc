#include "proxy/config/merge.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <type_traits>
#include <utility>

#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"

namespace mooring::config {
namespace {

// How many containers a Problem names; with more, the rest is counted.
constexpr std::size_t kMostNamed = 5;

template <typename Config>
struct Claim {
  FragmentPtr from;
  Config config;
};

// The claims of one Compose service on one name; a container outside Compose is a family of its own.
template <typename Config>
struct Family {
  std::vector<Claim<Config>> claims;  // oldest first
  std::size_t chosen = 0;             // the generation that has its way

  const Claim<Config>& choice() const { return claims[chosen]; }
};

bool older(const Fragment& a, const Fragment& b) {
  return std::tie(a.origin.created, a.id) < std::tie(b.origin.created, b.id);
}

std::string family_of(const Fragment& fragment) {
  const Origin& origin = fragment.origin;
  if (origin.project.empty() || origin.service.empty()) return "one/" + fragment.id;
  return "compose/" + std::to_string(origin.project.size()) + "/" + origin.project + "/" + origin.service;
}

template <typename Config>
void choose_generation(Family<Config>& family, const ReadyCheck& ready) {
  family.chosen = family.claims.size() - 1;
  for (std::size_t i = family.claims.size(); i-- > 0;) {
    if (!ready(*family.claims[i].from)) continue;
    family.chosen = i;
    return;
  }
}

// The claims on one name by family, the family with the oldest container first.
template <typename Config>
std::vector<Family<Config>> families_of(std::vector<Claim<Config>> claims, const ReadyCheck& ready) {
  std::vector<Family<Config>> families;
  std::map<std::string, std::size_t> index;
  for (Claim<Config>& claim : claims) {
    const auto [at, fresh] = index.try_emplace(family_of(*claim.from), families.size());
    if (fresh) families.emplace_back();
    families[at->second].claims.push_back(std::move(claim));
  }
  for (Family<Config>& family : families) choose_generation(family, ready);
  return families;
}

std::string list_of(const std::set<std::string>& labels) {
  std::string list;
  std::size_t count = 0;
  for (const std::string& label : labels) {
    if (count++ == kMostNamed) return list + " and " + std::to_string(labels.size() - kMostNamed) + " more";
    list += (list.empty() ? "" : ", ") + printable(label);
  }
  return list;
}

// One name's resource, for the text of Problems.
struct Subject {
  std::string_view kind;  // "router"
  std::string name;       // qualified

  std::string text() const { return std::string{kind} + " " + config::quoted(name); }
};

template <typename Config>
void tell_generations(const Subject& subject, const Family<Config>& family, Problems& problems) {
  const Claim<Config>& winner = family.choice();
  const std::string winner_label = printable(winner.from->origin.label);
  std::set<std::string> others;
  for (const Claim<Config>& claim : family.claims) {
    if (claim.config == winner.config) continue;
    others.insert(claim.from->origin.label);
    problems.push_back({std::string{code::kOtherGeneration},
                        Severity::info,
                        printable(claim.from->origin.label),
                        {},
                        subject.text() + " has other settings here than in " + winner_label,
                        "the settings of " + winner_label + ", the newest that is ready, are in force",
                        {}});
  }
  if (others.empty()) return;
  problems.push_back({std::string{code::kOtherGeneration},
                      Severity::info,
                      winner_label,
                      {},
                      subject.text() + " has other settings here than in " + list_of(others),
                      "the settings of " + winner_label + ", the newest that is ready, are in force",
                      {}});
}

template <typename Config>
void tell_conflict(const Subject& subject, const Claim<Config>& winner, const std::vector<const Claim<Config>*>& losers,
                   Problems& problems) {
  if (losers.empty()) return;
  const std::string winner_label = printable(winner.from->origin.label);
  const std::string in_force = "the settings of " + winner_label + ", the first by creation, are in force" +
                               (subject.kind == "service" ? ", and only its servers get requests" : "");
  std::set<std::string> others;
  for (const Claim<Config>* loser : losers) {
    others.insert(loser->from->origin.label);
    problems.push_back({std::string{code::kConflict},
                        Severity::error,
                        printable(loser->from->origin.label),
                        {},
                        subject.text() + " is also defined by " + winner_label + ", with other settings",
                        in_force,
                        "give one of them another name"});
  }
  problems.push_back({std::string{code::kConflict},
                      Severity::warning,
                      winner_label,
                      {},
                      subject.text() + " is also defined by " + list_of(others) + ", with other settings",
                      in_force,
                      "give one of them another name"});
}

// What one name comes to: the settings in force, and the claims that have part in it (oldest first).
template <typename Config>
struct Outcome {
  Config config;
  std::vector<Claim<Config>> members;
};

template <typename Config>
Outcome<Config> settle(const Subject& subject, std::vector<Claim<Config>> claims, const ReadyCheck& ready,
                       Problems& problems) {
  const auto families = families_of(std::move(claims), ready);
  const Claim<Config>& winner = families.front().choice();
  Outcome<Config> outcome{winner.config, {}};
  std::vector<const Claim<Config>*> losers;
  for (const Family<Config>& family : families) {
    if (family.choice().config != winner.config) {
      losers.push_back(&family.choice());
      continue;
    }
    tell_generations(subject, family, problems);
    outcome.members.insert(outcome.members.end(), family.claims.begin(), family.claims.end());
  }
  tell_conflict(subject, winner, losers, problems);
  std::ranges::sort(outcome.members, [](const auto& a, const auto& b) { return older(*a.from, *b.from); });
  return outcome;
}

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

template <typename Config>
using Claims = std::map<std::string, std::vector<Claim<Config>>>;

template <typename Config>
Claims<Config> claims_of(const std::vector<FragmentPtr>& sorted, std::map<std::string, Config> Fragment::* part) {
  Claims<Config> claims;
  for (const FragmentPtr& fragment : sorted) {
    const std::string& provider = fragment->origin.provider;
    for (const auto& [name, config] : (*fragment).*part) {
      // The provider is always added: a router called "a@file" in a label must not pass for the file's router "a".
      claims[name + "@" + provider].push_back({fragment, qualified_config(config, provider)});
    }
  }
  return claims;
}

template <typename Config, typename MergedConfig>
void merge_part(std::string_view kind, Claims<Config> claims, const ReadyCheck& ready, Problems& problems,
                std::map<std::string, MergedConfig>& merged) {
  for (auto& [name, of_name] : claims) {
    Outcome<Config> outcome = settle<Config>({kind, name}, std::move(of_name), ready, problems);
    MergedConfig& entry = merged[name];
    entry.config = std::move(outcome.config);
    for (const Claim<Config>& member : outcome.members) {
      // A router's or middleware's origins are those who say the same; a service has the servers of all members.
      if constexpr (!std::is_same_v<MergedConfig, MergedService>) {
        if (member.config != entry.config) continue;
      }
      entry.origins.push_back(member.from);
    }
  }
}

void add_servers(const std::string& qualified_name, MergedService& service) {
  std::set<std::string_view> ids;
  for (const FragmentPtr& origin : service.origins) {
    const std::string name = qualified_name.substr(0, qualified_name.size() - origin->origin.provider.size() - 1);
    const auto found = origin->services.find(name);
    if (found == origin->services.end()) continue;
    for (const ServerConfig& server : found->second.servers) {
      if (ids.insert(server.id).second) service.servers.push_back({server, origin});
    }
  }
}

}  // namespace

std::string qualified(std::string_view name, std::string_view provider) {
  std::string out{name};
  if (name.find('@') == std::string_view::npos) out.append("@").append(provider);
  return out;
}

Merged merge(const std::vector<FragmentPtr>& fragments, const ReadyCheck& ready) {
  std::vector<FragmentPtr> sorted = fragments;
  std::erase(sorted, nullptr);
  std::ranges::sort(sorted, [](const FragmentPtr& a, const FragmentPtr& b) {
    if (a->origin.provider != b->origin.provider) return a->origin.provider < b->origin.provider;
    return older(*a, *b);
  });
  Merged merged;
  merge_part("router", claims_of(sorted, &Fragment::routers), ready, merged.problems, merged.routers);
  merge_part("middleware", claims_of(sorted, &Fragment::middlewares), ready, merged.problems, merged.middlewares);
  merge_part("service", claims_of(sorted, &Fragment::services), ready, merged.problems, merged.services);
  merge_part("servers transport", claims_of(sorted, &Fragment::servers_transports), ready, merged.problems,
             merged.servers_transports);
  for (auto& [name, service] : merged.services) add_servers(name, service);
  std::ranges::sort(merged.problems);
  return merged;
}

}  // namespace mooring::config
