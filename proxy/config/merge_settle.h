// What several claims on one name come to: the settings in force, who has part in them, and what has to be told.
//
// The pure heart of the merge, for one name of one kind: a template over RouterConfig, MiddlewareConfig and the like,
// used by merger.cc only. Claims of one Compose service are generations of each other, the newest ready one has its
// way; between strangers the first by creation has. Values only, any thread. Source: design, section 7 (conflicts).
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/config/generations.h"
#include "proxy/config/merge.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"

namespace mooring::config {

// How many containers a Problem names; with more, the rest is counted.
inline constexpr std::size_t kMostClaimantsNamed = 5;

template <typename Config>
struct Claim {
  FragmentPtr from;                   // who: without what else he says
  Config config;                      // its references are qualified; without servers
  std::vector<ServerConfig> servers;  // of a service
};

// The claims of one Compose service on one name; a container outside Compose is a family of its own.
template <typename Config>
struct Family {
  std::vector<const Claim<Config>*> claims;  // oldest first
  std::size_t chosen = 0;                    // the generation that has its way

  const Claim<Config>& choice() const { return *claims[chosen]; }
};

template <typename Config>
void choose_generation(Family<Config>& family, const ReadyCheck& ready) {
  const auto best =
      newest_ready(family.claims, ready, [](const Claim<Config>* claim) -> const Fragment& { return *claim->from; });
  family.chosen = std::min(best, family.claims.size() - 1);
}

// The claims on one name by family, the family with the oldest container first. Those of containers that ended count
// only among themselves.
template <typename Config>
std::vector<Family<Config>> families_of(const std::vector<Claim<Config>>& claims, const ReadyCheck& ready) {
  std::vector<Family<Config>> families;
  std::map<std::string, std::size_t> index;
  const bool living = std::ranges::any_of(claims, [](const Claim<Config>& claim) { return !claim.from->ended; });
  for (const Claim<Config>& claim : claims) {
    if (living && claim.from->ended) continue;
    const auto [at, fresh] = index.try_emplace(family_of(*claim.from), families.size());
    if (fresh) families.emplace_back();
    families[at->second].claims.push_back(&claim);
  }
  for (Family<Config>& family : families) choose_generation(family, ready);
  return families;
}

inline std::string list_of(const std::set<std::string>& labels) {
  std::string list;
  std::size_t count = 0;
  for (const std::string& label : labels) {
    if (count++ == kMostClaimantsNamed)
      return list + " and " + std::to_string(labels.size() - kMostClaimantsNamed) + " more";
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
  for (const Claim<Config>* claim : family.claims) {
    if (claim->config == winner.config) continue;
    others.insert(claim->from->origin.label);
    problems.push_back({std::string{code::kOtherGeneration},
                        Severity::info,
                        printable(claim->from->origin.label),
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

// Of a router that the container which decides does not define.
inline void tell_standby(const Subject& subject, const std::map<std::string, std::set<std::string>>& by_decider,
                         Problems& problems) {
  for (const auto& [decider, others] : by_decider) {
    const std::string in_force =
        "the settings of " + printable(decider) + ", the newest that is ready, are in force: without this router";
    for (const std::string& other : others) {
      problems.push_back({std::string{code::kOtherGeneration},
                          Severity::info,
                          printable(other),
                          {},
                          subject.text() + " is not defined in " + printable(decider),
                          in_force,
                          {}});
    }
    problems.push_back({std::string{code::kOtherGeneration},
                        Severity::info,
                        printable(decider),
                        {},
                        subject.text() + " is defined in " + list_of(others) + " and not here",
                        in_force,
                        {}});
  }
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
  std::vector<const Claim<Config>*> members;
};

template <typename Config>
Outcome<Config> settle(const Subject& subject, const std::vector<Claim<Config>>& claims, const ReadyCheck& ready,
                       Problems& problems) {
  const auto families = families_of(claims, ready);
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
  std::ranges::sort(outcome.members, [](const auto& a, const auto& b) { return older(*a->from, *b->from); });
  return outcome;
}

}  // namespace mooring::config
