// A dynamic file as a fragment: its keys are the labels' keys without "traefik.", and are read by the same decoder.
//
// Servers are given by URL, which labels cannot. Problems have the file's name and line. Pure; any thread.
// Source: compat page, sections 2.1, 3.1 and 4.
#pragma once

#include <string>

#include "proxy/config/dynamic.h"
#include "proxy/config/value_tree.h"

namespace mooring::cli {

config::FragmentPtr dynamic_fragment(const config::ValueTree& tree, const std::string& file);

}  // namespace mooring::cli
