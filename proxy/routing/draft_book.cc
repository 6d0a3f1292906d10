#include "proxy/routing/draft_book.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "proxy/routing/unknown_reference.h"

namespace mooring::routing {
namespace {

void drop(std::map<std::string, Names>& index, const std::string& key, const std::string& name) {
  const auto found = index.find(key);
  if (found == index.end()) return;
  found->second.erase(name);
  if (found->second.empty()) index.erase(found);
}

// Whether what is said of a missing name would be something else after these names came or went. Only the names
// themselves are looked at, not all there are.
bool proposal_moves(const std::string& missing, const Names& came_or_went) {
  return std::ranges::any_of(came_or_went, [&](const std::string& name) { return may_mean(missing, name); });
}

// "web@docker" with one mark: "web~@docker".
void mark(std::string& name) {
  name.insert(std::min(name.rfind('@'), name.size()), "~");
}

}  // namespace

const Names& DraftBook::look(const Index& index, const std::string& key) {
  static const Names kNone;
  const auto found = index.find(key);
  return found == index.end() ? kNone : found->second;
}

const RouteDraft* DraftBook::find(const std::string& name) const {
  const auto found = drafts_.find(name);
  return found == drafts_.end() ? nullptr : &found->second;
}

void DraftBook::add_hinted(const config::MergeChange& change, Names& names) const {
  if (change.middlewares.existence.empty() && change.services.existence.empty()) return;
  for (const std::string& name : missing_) {
    const RouteDraft& draft = drafts_.at(name);
    const bool moves = (draft.missing_service && proposal_moves(*draft.missing_service, change.services.existence)) ||
                       std::ranges::any_of(draft.missing_middlewares, [&](const std::string& missing) {
                         return proposal_moves(missing, change.middlewares.existence);
                       });
    if (moves) names.insert(name);
  }
}

// The drafts that what they refer to has changed for.
Names DraftBook::touched(const config::MergeChange& change) const {
  Names names;
  for (const std::string& middleware : change.middlewares.settings) {
    const Names& users = of_middleware(middleware);
    names.insert(users.begin(), users.end());
  }
  for (const std::string& service : change.services.existence) {
    const Names& users = of_service(service);
    names.insert(users.begin(), users.end());
  }
  add_hinted(change, names);
  return names;
}

// Files what a router's parts would be called now; `rivals` gets all who would have one of the names, or had.
void DraftBook::claim(const std::string& router, const std::vector<RouterPart>& parts, Names& rivals) {
  const auto meet = [&](const std::string& name) {
    const auto found = claims_.find(name);
    if (found == claims_.end()) return;
    for (const auto& [is_part, rival] : found->second) rivals.insert(rival);
  };
  if (const auto before = wanted_.find(router); before != wanted_.end()) {
    for (const std::string& name : before->second) {
      auto& claimants = claims_.at(name);
      claimants.erase({name != router, router});
      if (claimants.empty()) claims_.erase(name);
      meet(name);
    }
    wanted_.erase(before);
  }
  for (const RouterPart& part : parts) {
    meet(part.name);
    claims_[part.name].emplace(part.name != router, router);
    wanted_[router].insert(part.name);
  }
}

// What routers are split into, and those too whose names depend on what happened to these.
DraftBook::Parts DraftBook::parts_of(Names& routers, const config::Merged& merged) {
  Parts parts;
  const auto split = [&](const std::string& name) {
    const auto router = merged.routers.find(name);
    if (router == merged.routers.end()) return std::vector<RouterPart>();
    return split_by_entry_point(name, router->second, setup_.options);
  };
  Names rivals;
  for (const std::string& name : routers) {
    const auto [entry, fresh] = parts.emplace(name, split(name));
    claim(name, entry->second, rivals);
  }
  for (const std::string& name : rivals) {
    if (routers.insert(name).second) parts.emplace(name, split(name));
  }
  return parts;
}

// Two routers may want one name: "web-x" itself, and "x" as its part on "web". Both are served: the later one is
// marked.
std::string DraftBook::name_of_part(const std::string& wanted, const std::string& router) const {
  const auto& claimants = claims_.at(wanted);
  std::string name = wanted;
  for (auto one = claimants.begin(); one != claimants.end() && one->second != router; ++one) mark(name);
  return name;
}

std::string DraftBook::free_name(std::string name) const {
  while (drafts_.contains(name)) mark(name);
  return name;
}

void DraftBook::take_out(std::vector<std::string>& names, OldDrafts& old) {
  for (const std::string& name : names) {
    const auto before = drafts_.find(name);
    unfile(name, before->second);
    old.emplace(name, std::move(before->second));
    drafts_.erase(before);
    routers_.erase(name);
  }
  names.clear();
}

void DraftBook::put_in(const std::string& name, RouteDraft draft, std::vector<std::string>& names, Names& changed) {
  file(name, drafts_.emplace(name, std::move(draft)).first->second);
  names.push_back(name);
  changed.insert(name);
}

// Ours have the names they want: they are drafted before all others, and never go.
void DraftBook::draft_internals(const Names& touched, bool first, const DraftInput& input, OldDrafts& old,
                                Names& changed) {
  for (std::size_t i = 0; i < internal_.size(); ++i) {
    if (!first && !touched.contains(internal_[i])) continue;
    std::vector<std::string> names;
    if (!first) names.push_back(internal_[i]);
    take_out(names, old);
    if (first) internal_[i] = free_name(setup_.internal_routes[i].name);
    const auto was = old.find(internal_[i]);
    const RouteDraft* previous = was == old.end() ? nullptr : &was->second;
    put_in(internal_[i], draft_internal(internal_[i], setup_.internal_routes[i], input, previous), names, changed);
  }
}

Names DraftBook::update(const config::Merged& merged, const config::MergeChange& change, OldDrafts& old) {
  const DraftInput input{.merged = merged, .options = setup_.options, .internal_services = setup_.internal_services};
  const Names drafts = touched(change);
  Names changed;
  draft_internals(drafts, !std::exchange(internals_drafted_, true), input, old, changed);

  Names routers = change.routers.all;
  for (const std::string& name : drafts) {
    if (drafts_.at(name).router == nullptr) continue;
    const auto router = routers_.find(name);
    routers.insert(router == routers_.end() ? name : router->second);
  }
  Parts parts;
  if (split_) parts = parts_of(routers, merged);
  for (const std::string& router : routers) {
    const auto made = made_.find(router);
    if (made == made_.end()) continue;
    changed.insert(made->second.begin(), made->second.end());
    take_out(made->second, old);
    made_.erase(made);
  }
  for (const std::string& router : routers) {
    const auto found = merged.routers.find(router);
    if (found == merged.routers.end()) continue;
    const auto put = [&](std::string name, const config::MergedRouter& as, auto&& finish) {
      name = free_name(std::move(name));
      const auto was = old.find(name);
      RouteDraft draft = draft_route(name, as, input, was == old.end() ? nullptr : &was->second);
      finish(draft);
      if (name != router) routers_.emplace(name, router);
      put_in(name, std::move(draft), made_[router], changed);
    };
    if (!split_) {
      put(router, found->second, [](RouteDraft&) {});
      continue;
    }
    for (RouterPart& part : parts.at(router)) {
      const auto kept = std::make_shared<const config::MergedRouter>(std::move(part.router));
      put(name_of_part(part.name, router), *kept, [&](RouteDraft& draft) { draft.part = kept; });
    }
  }
  return changed;
}

void DraftBook::file(const std::string& name, const RouteDraft& draft) {
  by_service_[draft.route->config.service].insert(name);
  for (const std::string& middleware : draft.asked_middlewares) by_middleware_[middleware].insert(name);
  if (draft.missing_service || !draft.missing_middlewares.empty()) missing_.insert(name);
}

void DraftBook::unfile(const std::string& name, const RouteDraft& draft) {
  drop(by_service_, draft.route->config.service, name);
  for (const std::string& middleware : draft.asked_middlewares) drop(by_middleware_, middleware, name);
  missing_.erase(name);
}

}  // namespace mooring::routing
