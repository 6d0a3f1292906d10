#include "proxy/routing/shadowing.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <ranges>
#include <utility>

#include "proxy/config/problem_codes.h"
#include "proxy/routing/rule_analysis.h"

namespace mooring::routing {
namespace {

// So many routers of one host (or of none) are compared with each other, rule by rule; where there are more, only equal
// rules are found. It bounds what one change may cost.
constexpr std::size_t kMostCompared = 32;

bool is_candidate(const RouteDraft* draft) {
  if (draft == nullptr || !draft->serves() || draft->router == nullptr || !draft->rule) return false;
  // One goes in a moment, the other takes nothing now: nobody has to be told.
  return !draft->route->config.ended && !draft->route->config.standby;
}

std::string label_of(const RouteDraft& draft) {
  const auto& origins = draft.router->origins;
  return origins.empty() ? std::string() : origins.front()->origin.label;
}

bool is_on(const RouteDraft& draft, const std::string& entry_point) {
  return std::ranges::find(draft.route->entry_points, entry_point) != draft.route->entry_points.end();
}

bool before(const RouteDraft& a, const RouteDraft& b) {
  return in_front(a.route->priority, a.route->name, b.route->priority, b.route->name);
}

config::Problem shadowed(const RouteDraft& hidden, const RouteDraft& front) {
  config::Problem problem;
  problem.code = config::code::kShadowed;
  problem.severity = config::Severity::warning;
  problem.where = label_of(hidden);
  problem.key = hidden.route->name;
  problem.text = "router " + hidden.route->name + " is shadowed by " + front.route->name + " (" + label_of(front) +
                 "): every request it could take goes there";
  problem.in_force = front.route->name + " gets the requests";
  problem.fix = hidden.canonical == front.canonical
                    ? "give one of them another rule or a higher priority; to share the requests between both "
                      "containers, give both routers the same rule and the same sticky middleware, or use one service "
                      "name"
                    : "give " + hidden.route->name + " a higher priority, or " + front.route->name + " a narrower rule";
  return problem;
}

// Where a router is filed: under each host that it needs, each wildcard, or with those that need none.
std::vector<std::string> keys_of(const RouteDraft& draft) {
  const auto& hosts = draft.route->matcher->required_hosts();
  if (!hosts) return {""};
  std::vector<std::string> keys = hosts->exact;
  for (const std::string& suffix : hosts->wildcard) keys.push_back("*." + suffix);
  return keys;
}

// The first of the list, which is in the order of precedence, that is in front of `hidden` on that entry point.
const RouteDraft* first_on(const std::string& entry_point, const std::vector<const RouteDraft*>& list,
                           const RouteDraft& hidden) {
  for (const RouteDraft* one : list) {
    if (!before(*one, hidden)) return nullptr;
    if (is_on(*one, entry_point)) return one;
  }
  return nullptr;
}

}  // namespace

const config::Problem* Shadows::find(const std::string& router) const {
  const auto found = problems_.find(router);
  return found == problems_.end() ? nullptr : &found->second;
}

// Puts a router in or takes it out; `again` gets those who shared a place with it.
void Shadows::file(const RouteDraft& draft, bool in, Names& again) {
  const std::string& name = draft.route->name;
  const auto edit = [&](Index& index, const std::string& key, std::size_t most) {
    Names& names = index[key];
    if (in) {
      names.insert(name);
    } else {
      names.erase(name);
    }
    // With one more than are compared: those who were compared until now.
    if (names.size() <= most) again.insert(names.begin(), names.end());
    if (names.empty()) index.erase(key);
  };
  edit(by_rule_, draft.canonical, std::numeric_limits<std::size_t>::max());
  for (const std::string& key : keys_of(draft)) edit(by_host_, key, kMostCompared + 1);
}

const std::vector<const RouteDraft*>& Shadows::same_rule(const RouteDraft& draft, const DraftBook& book,
                                                         Ordered& ordered) const {
  std::vector<const RouteDraft*>& list = ordered[draft.canonical];
  if (!list.empty()) return list;
  for (const std::string& name : by_rule_.at(draft.canonical)) list.push_back(book.find(name));
  std::ranges::sort(list, [](const RouteDraft* a, const RouteDraft* b) { return before(*a, *b); });
  return list;
}

// A rule that takes all that another one takes needs no other hosts: to look under one of its hosts is enough.
std::vector<const RouteDraft*> Shadows::wider_rules(const RouteDraft& hidden, const DraftBook& book) const {
  std::vector<const RouteDraft*> list;
  const std::vector<std::string> keys = keys_of(hidden);
  if (keys.empty()) return list;
  const Names& neighbours = by_host_.at(keys.front());
  if (neighbours.size() > kMostCompared) return list;
  for (const std::string& name : neighbours) {
    const RouteDraft* one = book.find(name);
    if (one->canonical == hidden.canonical || !before(*one, hidden)) continue;
    if (one->rule && hidden.rule && shadows(*one->rule, *hidden.rule)) list.push_back(one);
  }
  std::ranges::sort(list, [](const RouteDraft* a, const RouteDraft* b) { return before(*a, *b); });
  return list;
}

// Who gets all that `hidden` could take, when that goes to other endpoints; null when it gets something itself.
const RouteDraft* Shadows::hider(const RouteDraft& hidden, const DraftBook& book, const Pools& pools,
                                 Ordered& ordered) const {
  const std::vector<const RouteDraft*>& same = same_rule(hidden, book, ordered);
  const std::vector<const RouteDraft*> wider = wider_rules(hidden, book);
  const RouteDraft* stranger = nullptr;
  for (const std::string& entry_point : hidden.route->entry_points) {
    const RouteDraft* front = first_on(entry_point, same, hidden);
    const RouteDraft* wide = first_on(entry_point, wider, hidden);
    if (front == nullptr || (wide != nullptr && before(*wide, *front))) front = wide;
    if (front == nullptr) return nullptr;
    // Two routers to the same endpoints hide nothing from anybody.
    const bool shared = pools.target(front->route->config.service) == pools.target(hidden.route->config.service);
    if (stranger == nullptr && !shared) stranger = front;
  }
  return stranger;
}

void Shadows::say(const std::string& router, const RouteDraft* hidden, const RouteDraft* front, ProblemLedger& ledger,
                  Names& different) {
  const auto was = problems_.find(router);
  if (front == nullptr) {
    if (was == problems_.end()) return;
    ledger.drop(was->second);
    problems_.erase(was);
  } else {
    config::Problem now = shadowed(*hidden, *front);
    if (was != problems_.end() && was->second == now) return;
    if (was != problems_.end()) ledger.drop(was->second);
    ledger.add(now);
    problems_.insert_or_assign(router, std::move(now));
  }
  different.insert(router);
}

Names Shadows::update(const Names& routers, const OldDrafts& old, const std::map<std::string, std::string>& moved,
                      const DraftBook& book, const Pools& pools, ProblemLedger& ledger) {
  Names again = routers;
  for (const RouteDraft& draft : old | std::views::values) {
    const auto same = by_rule_.find(draft.canonical);
    if (same != by_rule_.end() && same->second.contains(draft.route->name)) file(draft, false, again);
  }
  for (const std::string& name : routers) {
    if (is_candidate(book.find(name))) file(*book.find(name), true, again);
  }
  for (const std::string& service : moved | std::views::keys) {
    for (const std::string& name : book.of_service(service)) {
      const RouteDraft* draft = book.find(name);
      if (!is_candidate(draft)) continue;
      const Names& same = by_rule_.at(draft->canonical);
      again.insert(same.begin(), same.end());
      for (const std::string& key : keys_of(*draft)) {
        const Names& neighbours = by_host_.at(key);
        if (neighbours.size() <= kMostCompared) again.insert(neighbours.begin(), neighbours.end());
      }
    }
  }
  Names different;
  Ordered ordered;
  for (const std::string& name : again) {
    const RouteDraft* draft = book.find(name);
    const bool candidate = is_candidate(draft);
    say(name, draft, candidate ? hider(*draft, book, pools, ordered) : nullptr, ledger, different);
  }
  return different;
}

}  // namespace mooring::routing
