// Shadowing: routers that never get a request, because others in front of them take all they could have.
//
// Compared are routers whose rules are the same in their normal form, and routers of one host (or of none) where these
// are few: there a wider rule is found too. Only what a change touches is looked at again. Where the one in front leads
// to the same endpoints nothing is hidden from anybody. Control loop only. Source: design, section 7 (pooling).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "proxy/routing/draft_book.h"
#include "proxy/routing/pooling.h"
#include "proxy/routing/problem_ledger.h"

namespace mooring::routing {

class Shadows {
 public:
  // `routers`: drafted anew, come or gone; `moved`: services that are pooled otherwise now. Gives the routers of which
  // something else is said now.
  Names update(const Names& routers, const OldDrafts& old, const std::map<std::string, std::string>& moved,
               const DraftBook& book, const Pools& pools, ProblemLedger& ledger);
  // Null: nobody hides it.
  const config::Problem* find(const std::string& router) const;

 private:
  using Index = std::map<std::string, Names>;
  // The routers with one rule, those in front first; made when they are first asked for in an update.
  using Ordered = std::map<std::string, std::vector<const RouteDraft*>>;

  void file(const RouteDraft& draft, bool in, Names& again);
  const RouteDraft* hider(const RouteDraft& hidden, const DraftBook& book, const Pools& pools, Ordered& ordered) const;
  const std::vector<const RouteDraft*>& same_rule(const RouteDraft& draft, const DraftBook& book,
                                                  Ordered& ordered) const;
  std::vector<const RouteDraft*> wider_rules(const RouteDraft& hidden, const DraftBook& book) const;
  void say(const std::string& router, const RouteDraft* hidden, const RouteDraft* front, ProblemLedger& ledger,
           Names& different);

  Index by_rule_;
  Index by_host_;
  std::map<std::string, config::Problem> problems_;  // by the hidden router
};

}  // namespace mooring::routing
