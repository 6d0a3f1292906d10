// Resolves a router's list of middlewares: chains expanded, unknown and broken ones named. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "proxy/config/merge.h"

namespace mooring::routing {

struct ResolvedChain {
  std::vector<std::string> names;  // qualified, in order, no chains
  std::set<std::string> asked;     // all names whose settings decided, chains and unknown ones too
  std::vector<std::string> missing;
  std::vector<config::Problem> problems;  // code, text, in_force and fix are set; where and key are the caller's
  bool ok() const { return problems.empty(); }
};

ResolvedChain resolve_chain(const std::vector<std::string>& names,
                            const std::map<std::string, config::MergedMiddleware>& middlewares);

}  // namespace mooring::routing
