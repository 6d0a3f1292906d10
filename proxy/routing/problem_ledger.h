// ProblemLedger: how many have reason for each Problem, the set of all that stand now, and which of them are new.
//
// The same Problem may be said from two sides, and be gone when both have taken it back. What is dropped and added
// again between two calls of settle() is no news. Cost follows what is said anew. Owned by SnapshotBuilder; control
// loop only.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "proxy/config/problem.h"
#include "proxy/routing/snapshot.h"

namespace mooring::routing {

class ProblemLedger {
 public:
  void add(const config::Problem& problem) { ++changes_[problem]; }
  void drop(const config::Problem& problem) { --changes_[problem]; }
  void add(const config::Problems& problems) {
    for (const config::Problem& problem : problems) add(problem);
  }
  void drop(const config::Problems& problems) {
    for (const config::Problem& problem : problems) drop(problem);
  }

  // Brings standing() up to date and gives the Problems that did not stand before.
  config::Problems settle(config::Edition edition);
  const ProblemSet& standing() const { return standing_; }

 private:
  std::map<config::Problem, long> changes_;
  std::map<config::Problem, long> reasons_;
  ProblemSet standing_;
};

}  // namespace mooring::routing
