// Fragments and options made into a routing table as the proxy would, for the Problems that only the whole shows.
//
// Every endpoint is taken to be ready; nothing is served and nothing is kept. Main thread.
#pragma once

#include <vector>

#include "proxy/config/dynamic.h"
#include "proxy/config/options.h"
#include "proxy/config/problem.h"

namespace mooring::cli {

// Those of the fragments, the merge and the build.
config::Problems table_problems(const std::vector<config::FragmentPtr>& fragments, const config::Options& options);

// Without a static configuration every entry point that a router names is taken to be there.
void assume_entry_points(const std::vector<config::FragmentPtr>& fragments, config::Options& options);

}  // namespace mooring::cli
