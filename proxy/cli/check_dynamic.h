// The lines of a dynamic file's keys, for the Problems that only the whole table shows.
//
// Pure; any thread. What is in the file is read by the file provider's own reader (config/dynamic_file.h).
#pragma once

#include <map>
#include <string>

#include "proxy/config/value_tree.h"

namespace mooring::cli {

// By key as labels write it: "traefik.http.routers.web.rule".
std::map<std::string, int> dynamic_lines(const config::ValueTree& tree);

}  // namespace mooring::cli
