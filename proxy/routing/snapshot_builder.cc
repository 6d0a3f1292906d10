#include "proxy/routing/snapshot_builder.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <set>
#include <utility>

#include "proxy/routing/chain_resolver.h"
#include "proxy/routing/entry_point_routers.h"
#include "proxy/routing/pooling.h"
#include "proxy/routing/route_draft.h"
#include "proxy/routing/service_builder.h"
#include "proxy/routing/sticky_check.h"
#include "proxy/routing/sticky_rules.h"

namespace mooring::routing {
namespace {

class Builder {
 public:
  explicit Builder(const BuildInput& input) : input_(input), snapshot_(std::make_shared<Snapshot>()) {}

  std::shared_ptr<Snapshot> build() {
    snapshot_->made_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    for (const auto& [name, options] : input_.options.entry_points) snapshot_->entry_points.push_back(name);
    snapshot_->middlewares = input_.merged.middlewares;
    collect_problems();
    draft_routes();
    pool();
    build_services();
    finish_routes();
    build_tables();
    append(check_stickiness(drafts_, input_.merged));
    append(check_sticky_rules(drafts_, input_.merged, input_.options));
    return snapshot_;
  }

 private:
  void append(const config::Problems& problems) {
    snapshot_->problems.insert(snapshot_->problems.end(), problems.begin(), problems.end());
  }

  void collect_problems() {
    for (const config::FragmentPtr& fragment : input_.fragments) append(fragment->problems);
    append(input_.merged.problems);
  }

  void add_draft(RouteDraft draft) {
    append(draft.problems);
    drafts_.push_back(std::move(draft));
  }

  void draft_routes() {
    const DraftInput input{.merged = input_.merged,
                           .options = input_.options,
                           .previous = input_.previous,
                           .internal_services = input_.internal_services};
    const bool split = entry_points_have_middlewares(input_.options);
    for (const auto& [name, router] : input_.merged.routers) {
      if (!split) {
        add_draft(draft_route(name, router, input));
        continue;
      }
      for (RouterPart& part : split_by_entry_point(name, router, input_.options)) {
        parts_.push_back(std::move(part));
        add_draft(draft_route(parts_.back().name, parts_.back().router, input));
      }
    }
    for (const InternalRoute& internal : input_.internal_routes) add_draft(draft_internal(internal, input));
    std::ranges::stable_sort(drafts_, {}, [](const RouteDraft& draft) { return draft.route->name; });
  }

  void pool() {
    std::vector<PoolCandidate> candidates;
    for (const RouteDraft& draft : drafts_) {
      if (draft.route->status == RouteStatus::disabled || draft.service == nullptr || !draft.rule) continue;
      candidates.push_back({.name = draft.route->name,
                            .router = draft.router,
                            .service = draft.service,
                            .rule = &*draft.rule,
                            .priority = draft.route->priority,
                            .entry_points = draft.route->entry_points,
                            .chain = draft.chain,
                            .sticky = draft.sticky_middleware || draft.service->config.sticky.has_value()});
    }
    pools_ = find_pools(candidates);
    append(pools_.problems);
    for (const config::Problem& problem : pools_.problems) {
      for (RouteDraft& draft : drafts_) {
        if (draft.route->name == problem.key) draft.warn(problem.text);
      }
    }
    for (RouteDraft& draft : drafts_) {
      const auto found = pools_.pooled_into.find(draft.route->service);
      if (found != pools_.pooled_into.end()) draft.route->service = found->second;
    }
  }

  void build_services() {
    std::set<std::string> routed;
    for (const RouteDraft& draft : drafts_) {
      if (draft.service != nullptr) routed.insert(draft.route->service);
    }
    services_ = build_balancers(input_, pools_.pooled_into, routed, *snapshot_);
    for (const RouteDraft& draft : drafts_) {
      const auto found = snapshot_->services.find(draft.route->service);
      if (found != snapshot_->services.end()) found->second.used_by.push_back(draft.route->name);
      for (const std::string& middleware : draft.chain) {
        snapshot_->middleware_users[middleware].push_back(draft.route->name);
      }
    }
  }

  void finish_routes() {
    const StickyNames shared = shared_cookie_names(drafts_, snapshot_->services, input_.merged);
    for (RouteDraft& draft : drafts_) {
      attach_handlers(draft, input_, services_, shared, snapshot_->services);
      snapshot_->routes.push_back(draft.route);
    }
  }

  void build_tables() {
    for (const std::string& entry_point : snapshot_->entry_points) {
      std::vector<RouteTable::Entry> entries;
      for (std::uint32_t i = 0; i < snapshot_->routes.size(); ++i) {
        const Route& route = *snapshot_->routes[i];
        const bool mounted = route.status != RouteStatus::disabled || route.unserved;
        if (!mounted || std::ranges::find(route.entry_points, entry_point) == route.entry_points.end()) continue;
        entries.push_back({.index = i, .priority = route.priority, .name = route.name, .matcher = route.matcher});
      }
      snapshot_->tables.emplace_back(std::move(entries));
    }
  }

  const BuildInput& input_;
  std::shared_ptr<Snapshot> snapshot_;
  std::deque<RouterPart> parts_;  // drafts refer to their routers
  std::vector<RouteDraft> drafts_;
  Pools pools_;
  Balancers services_;
};

}  // namespace

std::shared_ptr<Snapshot> build_snapshot(const BuildInput& input) {
  return Builder(input).build();
}

}  // namespace mooring::routing
