// DraftBook: the drafts of all routers, and who refers to what, so that a change drafts anew only the routers it
// touches.
//
// Told what a merge changed, it drafts those routers, the ones whose chain asked for a middleware that changed, the
// ones whose service came or went, and the ones whose "did you mean" would be another now; routers of our own with
// them. Where entry points have middlewares, a router may be several drafts (entry_point_routers.h). Owned by
// SnapshotBuilder; control loop only. Says nothing of pools and balancers: these follow from what it gives out.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proxy/config/merger.h"
#include "proxy/routing/entry_point_routers.h"
#include "proxy/routing/route_draft.h"
#include "proxy/routing/table_setup.h"

namespace mooring::routing {

using Names = std::set<std::string>;

// The old form of a draft that was made anew or went; what indices have of it is taken out by it.
using OldDrafts = std::map<std::string, RouteDraft>;

class DraftBook {
 public:
  explicit DraftBook(const TableSetup& setup)
      : setup_(setup), split_(entry_points_have_middlewares(setup.options)), internal_(setup.internal_routes.size()) {}

  // The names of the drafts that were made anew, came or went. `old` gets what they were before.
  Names update(const config::Merged& merged, const config::MergeChange& change, OldDrafts& old);

  const RouteDraft* find(const std::string& name) const;
  // The drafts whose settings name that service, in the order of names.
  const Names& of_service(const std::string& service) const { return look(by_service_, service); }
  // The drafts whose chain asked for that middleware, whether it is there or not.
  const Names& of_middleware(const std::string& middleware) const { return look(by_middleware_, middleware); }

 private:
  using Index = std::map<std::string, Names>;
  // Who would have a name: a router that has it already comes before one of whose parts it would be.
  using Claims = std::map<std::string, std::set<std::pair<bool, std::string>>>;
  using Parts = std::map<std::string, std::vector<RouterPart>>;  // by router

  static const Names& look(const Index& index, const std::string& key);

  Names touched(const config::MergeChange& change) const;
  void add_hinted(const config::MergeChange& change, Names& names) const;
  Parts parts_of(Names& routers, const config::Merged& merged);
  void claim(const std::string& router, const std::vector<RouterPart>& parts, Names& rivals);
  std::string name_of_part(const std::string& wanted, const std::string& router) const;
  std::string free_name(std::string name) const;
  void take_out(std::vector<std::string>& names, OldDrafts& old);
  void put_in(const std::string& name, RouteDraft draft, std::vector<std::string>& names, Names& changed);
  void draft_internals(const Names& touched, bool first, const DraftInput& input, OldDrafts& old, Names& changed);
  void file(const std::string& name, const RouteDraft& draft);
  void unfile(const std::string& name, const RouteDraft& draft);

  const TableSetup& setup_;
  const bool split_;
  bool internals_drafted_ = false;
  std::map<std::string, RouteDraft> drafts_;
  std::vector<std::string> internal_;                     // the names that ours have, in the order of the setup
  std::map<std::string, std::vector<std::string>> made_;  // by router: the names of its drafts
  std::map<std::string, std::string> routers_;            // by draft: its router, where that has another name
  std::map<std::string, Names> wanted_;                   // by router: what its parts would be called
  Claims claims_;
  Index by_service_;
  Index by_middleware_;
  Names missing_;  // drafts that name something that is not there
};

}  // namespace mooring::routing
