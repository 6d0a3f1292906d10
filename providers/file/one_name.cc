#include "providers/file/one_name.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"

namespace mooring::file {

namespace {

constexpr std::array<std::string_view, 4> kKinds = {"router", "middleware", "service", "servers transport"};

}  // namespace

void OneName::claim(Names& names, const std::string& file, const std::string& name, std::set<std::string>& others) {
  const auto [owner, fresh] = names.owners.try_emplace(name, file);
  if (fresh) return;
  std::set<std::string>& all = names.contested[name];
  all.insert(owner->second);
  all.insert(file);
  owner->second = *all.begin();
  others.insert(all.begin(), all.end());
}

void OneName::withdraw(Names& names, const std::string& file, const std::string& name, std::set<std::string>& others) {
  const auto contested = names.contested.find(name);
  if (contested == names.contested.end()) {
    names.owners.erase(name);
    return;
  }
  std::set<std::string>& all = contested->second;
  all.erase(file);
  others.insert(all.begin(), all.end());
  names.owners[name] = *all.begin();
  if (all.size() == 1) names.contested.erase(contested);
}

// Both are in the order of names: one walk finds what came and what went.
template <typename Map>
void OneName::change(Names& names, const std::string& file, const Map& before, const Map& now,
                     std::set<std::string>& others) {
  auto old = before.begin();
  for (const auto& [name, config] : now) {
    for (; old != before.end() && old->first < name; ++old) withdraw(names, file, old->first, others);
    if (old != before.end() && old->first == name) {
      ++old;
    } else {
      claim(names, file, name, others);
    }
  }
  for (; old != before.end(); ++old) withdraw(names, file, old->first, others);
}

std::set<std::string> OneName::say(const std::string& file, const config::FragmentPtr& before,
                                   const config::FragmentPtr& now) {
  static const config::Fragment kNothing;
  const config::Fragment& old = before == nullptr ? kNothing : *before;
  const config::Fragment& fresh = now == nullptr ? kNothing : *now;
  std::set<std::string> others;
  change(kinds_[0], file, old.routers, fresh.routers, others);
  change(kinds_[1], file, old.middlewares, fresh.middlewares, others);
  change(kinds_[2], file, old.services, fresh.services, others);
  change(kinds_[3], file, old.servers_transports, fresh.servers_transports, others);
  others.erase(file);
  return others;
}

template <typename Map>
void OneName::drop_taken(std::size_t kind, Map& map, config::Fragment& fragment) const {
  const Names& names = kinds_[kind];
  if (names.contested.empty()) return;
  std::erase_if(map, [&](const auto& item) {
    const std::string& owner = names.owners.at(item.first);
    if (owner == fragment.id) return false;
    config::Problem problem;
    problem.code = config::code::kFileTwice;
    problem.where = fragment.id;
    problem.text = std::string(kKinds[kind]) + " " + config::quoted(item.first) + " is defined in " +
                   config::printable(owner) + " and in " + config::printable(fragment.id);
    problem.in_force = "the one of " + config::printable(owner) + ", the first by its path";
    problem.fix = "give one of them another name";
    fragment.problems.push_back(std::move(problem));
    return true;
  });
}

config::FragmentPtr OneName::first_come(config::FragmentPtr fragment) const {
  if (std::ranges::all_of(kinds_, [](const Names& names) { return names.contested.empty(); })) return fragment;
  config::Fragment rest = *fragment;
  drop_taken(0, rest.routers, rest);
  drop_taken(1, rest.middlewares, rest);
  drop_taken(2, rest.services, rest);
  drop_taken(3, rest.servers_transports, rest);
  if (rest == *fragment) return fragment;
  return std::make_shared<const config::Fragment>(std::move(rest));
}

}  // namespace mooring::file
