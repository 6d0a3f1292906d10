// Builds Snapshots from the merged configuration: resolves names, compiles rules, pools services, and says what is
// wrong; each from the one before, at the cost of what changed.
//
// The table that comes of many small changes is equal to the one that comes of all at once: build_snapshot() is a
// builder that was told everything in one step (test/unit/routing/incremental_test.cc holds both together). A check
// over routes and services has its place in build(): it gets the routers that were drafted anew, and says what it finds
// to the ledger. What is equal is taken over: compiled rules, counters, places in schedules. Control loop only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/config/merger.h"
#include "proxy/routing/balancer_book.h"
#include "proxy/routing/draft_book.h"
#include "proxy/routing/pooling.h"
#include "proxy/routing/problem_ledger.h"
#include "proxy/routing/route_book.h"
#include "proxy/routing/shadowing.h"
#include "proxy/routing/snapshot.h"
#include "proxy/routing/sticky_check.h"
#include "proxy/routing/sticky_table.h"
#include "proxy/routing/table_setup.h"
#include "proxy/routing/transport_book.h"

namespace mooring::routing {

struct Built {
  std::shared_ptr<Snapshot> snapshot;
  config::Problems fresh;  // Problems that did not stand before
  Reach reach;             // what the endpoint registry has to know
};

class SnapshotBuilder {
 public:
  explicit SnapshotBuilder(TableSetup setup);
  SnapshotBuilder(const SnapshotBuilder&) = delete;
  SnapshotBuilder& operator=(const SnapshotBuilder&) = delete;

  // `merged` must be the same object each time, and `change` what was done to it since the last time.
  // `shared_addresses`: ids of servers that are no longer the only ones at their address (TableSetup::sole_owner).
  Built build(const config::Merged& merged, const config::MergeChange& change,
              const std::vector<std::string>& shared_addresses = {});

 private:
  void file_middlewares(const config::Merged& merged, const config::MergeChange& change, const Names& routers,
                        const OldDrafts& old);
  void file_services(const Names& services, const config::Merged& merged);
  void tell_drafts(const Names& routers, const OldDrafts& old);
  std::shared_ptr<Snapshot> snapshot() const;

  const TableSetup setup_;
  config::Edition edition_ = 0;
  DraftBook drafts_;
  Pools pools_;
  Shadows shadows_;
  TransportBook transports_;
  BalancerBook balancers_;
  StickyCheck sticky_check_;
  StickyTable sticky_table_;
  RouteBook routes_;
  ProblemLedger ledger_;
  config::SharedMap<Service> services_;
  config::SharedMap<config::MergedMiddleware> middlewares_;
  config::SharedMap<config::SharedNames> middleware_users_;
};

// All at once, of the whole of `merged`; the problems of `fragments` with it.
struct BuildInput {
  const config::Merged& merged;
  const std::vector<config::FragmentPtr>& fragments;
  TableSetup setup;
};

std::shared_ptr<Snapshot> build_snapshot(const BuildInput& input);

}  // namespace mooring::routing
