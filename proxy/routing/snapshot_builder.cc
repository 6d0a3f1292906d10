#include "proxy/routing/snapshot_builder.h"

#include <ranges>
#include <utility>

#include "proxy/observe/timestamp.h"

namespace mooring::routing {
namespace {

template <typename Map>
config::NameChanges everything(const Map& map) {
  config::NameChanges changes;
  for (const auto& [name, entry] : map) changes.all.insert(name);
  changes.settings = changes.existence = changes.all;
  return changes;
}

// The services to which these routers lead, as their settings name them.
Names services_of(const Names& routers, const DraftBook& book, const OldDrafts& old) {
  Names services;
  for (const RouteDraft& draft : old | std::views::values) services.insert(draft.route->config.service);
  for (const std::string& name : routers) {
    const RouteDraft* draft = book.find(name);
    if (draft != nullptr) services.insert(draft->route->config.service);
  }
  return services;
}

}  // namespace

SnapshotBuilder::SnapshotBuilder(TableSetup setup)
    : setup_(std::move(setup)),
      drafts_(setup_),
      transports_(setup_.options),
      balancers_(setup_, transports_),
      sticky_table_(setup_.options),
      routes_(setup_) {}

Built SnapshotBuilder::build(const config::Merged& merged, const config::MergeChange& change,
                             const std::vector<std::string>& shared_addresses) {
  edition_ = config::next_edition();
  Built built;
  OldDrafts old;
  const Names routers = drafts_.update(merged, change, old);
  const Names led = services_of(routers, drafts_, old);
  Names changed = transports_.update(merged, change, ledger_);
  for (const std::string& id : shared_addresses) {
    const Names& services = sticky_check_.services_with(id);
    changed.insert(services.begin(), services.end());
  }
  Names looked_at = changed;
  looked_at.insert(led.begin(), led.end());
  const auto moved = pools_.update(looked_at, drafts_, merged);
  Names services = balancers_.update(changed, led, moved, merged, drafts_, pools_, built.reach);

  // Checks over routes: of those that were drafted anew, and of the services that changed.
  tell_drafts(routers, old);
  const Names hidden = shadows_.update(routers, old, moved, drafts_, pools_, ledger_);
  sticky_check_.update(routers, changed, merged, drafts_, ledger_);
  sticky_table_.update({.merge = change, .routers = routers, .old = old, .services = changed, .moved = moved}, merged,
                       drafts_, pools_, ledger_);

  Names unfinished = routers;
  unfinished.insert(hidden.begin(), hidden.end());
  Names led_elsewhere = services;
  for (const std::string& service : moved | std::views::keys) led_elsewhere.insert(service);
  for (const std::string& service : led_elsewhere) {
    for (const std::string& member : pools_.members(service)) {
      const Names& users = drafts_.of_service(member);
      unfinished.insert(users.begin(), users.end());
    }
    const Names& users = drafts_.of_service(service);
    unfinished.insert(users.begin(), users.end());
  }
  const RouteParts parts{
      .merged = merged, .book = drafts_, .pools = pools_, .shadows = shadows_, .balancers = balancers_};
  services.merge(routes_.update(std::move(unfinished), parts, edition_));
  services.insert(changed.begin(), changed.end());
  for (const auto& [service, before] : moved) services.insert({service, before, pools_.target(service)});
  file_services(services, merged);
  file_middlewares(merged, change, routers, old);
  ledger_.add(change.problems_added);
  ledger_.drop(change.problems_dropped);
  built.fresh = ledger_.settle(edition_);
  built.snapshot = snapshot();
  return built;
}

void SnapshotBuilder::tell_drafts(const Names& routers, const OldDrafts& old) {
  for (const RouteDraft& draft : old | std::views::values) ledger_.drop(draft.problems);
  for (const std::string& name : routers) {
    const RouteDraft* draft = drafts_.find(name);
    if (draft != nullptr) ledger_.add(draft->problems);
  }
}

void SnapshotBuilder::file_services(const Names& services, const config::Merged& merged) {
  for (const std::string& name : services) {
    const auto found = merged.services.find(name);
    if (found == merged.services.end()) {
      services_.erase(name, edition_);
      continue;
    }
    Service service;
    service.name = name;
    service.config = found->second.config;
    service.origins = found->second.origins;
    if (!service.config.broken.empty()) service.errors.push_back(service.config.broken);
    if (std::string why = transports_.error_of(name); !why.empty()) service.errors.push_back(std::move(why));
    const std::string& target = pools_.target(name);
    if (target != name) service.pooled_into = target;
    service.balancer = balancers_.find(name);
    service.used_by = routes_.users_of(name);
    service.cookie_name = routes_.cookie_of(name);
    services_.set(name, std::move(service), edition_);
  }
}

void SnapshotBuilder::file_middlewares(const config::Merged& merged, const config::MergeChange& change,
                                       const Names& routers, const OldDrafts& old) {
  for (const std::string& name : change.middlewares.all) {
    const auto found = merged.middlewares.find(name);
    if (found == merged.middlewares.end()) {
      middlewares_.erase(name, edition_);
    } else {
      middlewares_.set(name, found->second, edition_);
    }
  }
  const auto edit = [&](const std::string& middleware, auto&& what) {
    const auto found = middleware_users_.find(middleware);
    config::SharedNames users = found == middleware_users_.end() ? config::SharedNames() : found->second;
    what(users);
    if (users.empty()) {
      middleware_users_.erase(middleware, edition_);
    } else {
      middleware_users_.set(middleware, std::move(users), edition_);
    }
  };
  for (const auto& [name, draft] : old) {
    for (const std::string& middleware : draft.chain) {
      edit(middleware, [&](config::SharedNames& users) { users.erase(name, edition_); });
    }
  }
  for (const std::string& name : routers) {
    const RouteDraft* draft = drafts_.find(name);
    if (draft == nullptr) continue;
    for (const std::string& middleware : draft->chain) {
      edit(middleware, [&](config::SharedNames& users) { users.add(name, edition_); });
    }
  }
}

std::shared_ptr<Snapshot> SnapshotBuilder::snapshot() const {
  auto made = std::make_shared<Snapshot>();
  made->made_ms = observe::wall_ms();
  for (const auto& [name, options] : setup_.options.entry_points) made->entry_points.push_back(name);
  made->routes = routes_.routes();
  made->tables = routes_.tables();
  made->services = services_;
  made->middlewares = middlewares_;
  made->middleware_users = middleware_users_;
  made->problems = ledger_.standing();
  return made;
}

std::shared_ptr<Snapshot> build_snapshot(const BuildInput& input) {
  SnapshotBuilder builder(input.setup);
  config::MergeChange all{.routers = everything(input.merged.routers),
                          .middlewares = everything(input.merged.middlewares),
                          .services = everything(input.merged.services),
                          .servers_transports = everything(input.merged.servers_transports),
                          .problems_added = {input.merged.problems.begin(), input.merged.problems.end()},
                          .problems_dropped = {}};
  for (const config::FragmentPtr& fragment : input.fragments) {
    all.problems_added.insert(all.problems_added.end(), fragment->problems.begin(), fragment->problems.end());
  }
  return builder.build(input.merged, all).snapshot;
}

}  // namespace mooring::routing
