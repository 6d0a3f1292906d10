// All of a table that somebody can see, as text: two tables are equal when these are.
//
// Routes with their chains, services with their endpoints, who uses what, the Problems, and which route each entry
// point gives a set of requests to. Not in it: what is only identity (pointers), counters, the generation. For tests
// only.
#pragma once

#include <string>
#include <vector>

#include "proxy/routing/snapshot.h"

namespace mooring::routing {

std::string described(const Snapshot& snapshot, const std::vector<std::string>& requests = {});

}  // namespace mooring::routing
