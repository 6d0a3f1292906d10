// StickyTable: what people get wrong about sticky cookies, kept up to date: what a route shows (sticky_rules.h), and
// what takes a look at all routes and services: S03, two services with one cookie, and S05, a cookie that nobody gets.
//
// Keeps who has which cookie where, and which routers the containers of an unused cookie define; looks again only at
// the cookies that something changed about. Nothing here changes what is served. Owned by SnapshotBuilder; control loop
// only. Source: field notes 2.2.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proxy/config/merger.h"
#include "proxy/config/options.h"
#include "proxy/routing/draft_book.h"
#include "proxy/routing/pooling.h"
#include "proxy/routing/problem_ledger.h"

namespace mooring::routing {

// What a change of the table was, as SnapshotBuilder::build() has found out.
struct TableChange {
  const config::MergeChange& merge;
  const Names& routers;  // drafted anew, come or gone
  const OldDrafts& old;
  const Names& services;  // changed, come or gone
  const std::map<std::string, std::string>& moved;
};

class StickyTable {
 public:
  explicit StickyTable(const config::Options& options) : options_(options) {}

  void update(const TableChange& change, const config::Merged& merged, const DraftBook& book, const Pools& pools,
              ProblemLedger& ledger);

 private:
  // Where a cookie is kept by a browser: two of the same name are one only where domain and path are the same, too.
  using Jar = std::pair<std::string, std::string>;  // host or domain and path, name
  struct Holder {
    std::string service;   // that has the servers
    config::Problem told;  // where and with what key it is said
  };
  using Said = std::map<std::string, config::Problems>;

  static Names looked_at(const TableChange& change, const DraftBook& book);
  void file_holders(const std::string& router, const config::Merged& merged, const DraftBook& book, const Pools& pools,
                    std::set<Jar>& touched);
  config::Problems same_cookie(const Jar& jar) const;
  void file_origin(const std::string& router, const DraftBook& book, Names& unused);
  std::string leads_elsewhere(const config::FragmentPtr& from, const DraftBook& book) const;
  config::Problems unused_service(const std::string& name, const config::Merged& merged, const DraftBook& book);
  template <typename Key>
  static void tell(std::map<Key, config::Problems>& said, const Key& key, config::Problems now, ProblemLedger& ledger);

  const config::Options& options_;
  std::map<Jar, std::map<std::string, Holder>> jars_;  // by router: its first cookie there
  std::map<std::string, std::vector<Jar>> filed_;      // by router
  std::map<config::FragmentPtr, Names> routers_of_;    // by who defines them first
  std::map<std::string, config::FragmentPtr> first_;   // by router
  std::map<config::FragmentPtr, Names> unused_of_;     // services that nobody leads to, by who defines them first
  std::map<std::string, config::FragmentPtr> unused_;
  Said of_routes_;
  Said of_services_;
  Said of_middlewares_;
  std::map<Jar, config::Problems> of_jars_;
};

}  // namespace mooring::routing
