// StickyCheck: finds the pitfall of sticky sessions: routers that lead to the same endpoints of which only some are
// sticky.
//
// Keeps for each endpoint the sticky routers that lead to it, and looks again only at the routers that changed, at
// those of services that changed, and at the neighbours whose first sticky router is another one now. Control loop
// only.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "proxy/routing/draft_book.h"
#include "proxy/routing/problem_ledger.h"

namespace mooring::routing {

class StickyCheck {
 public:
  // `routers`: drafted anew, come or gone; `services`: changed, come or gone.
  void update(const Names& routers, const Names& services, const config::Merged& merged, const DraftBook& book,
              ProblemLedger& ledger);

  // The services that had that server, by its id, when they were last looked at.
  const Names& services_with(const std::string& server_id) const;

 private:
  using Index = std::map<std::string, Names>;

  void file_servers(const Names& services, const config::Merged& merged, Names& touched);
  void file_router(const std::string& name, const DraftBook& book, Names& touched);
  const RouteDraft* sticky_neighbour(const RouteDraft& plain, const DraftBook& book) const;

  Index services_;                                           // by server id
  std::map<std::string, std::vector<std::string>> servers_;  // ids, by service
  Index sticky_;                                             // by server id: sticky routers that lead there
  std::map<std::string, std::vector<std::string>> filed_;    // ids, by sticky router
  std::map<std::string, config::Problem> problems_;          // by router
};

}  // namespace mooring::routing
