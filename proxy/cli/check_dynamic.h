// A dynamic file as a fragment, with the lines of its keys for the Problems that the whole table shows.
//
// What providers.file would read of it; Problems have the name and line of the file. Pure; any thread.
// Source: compat page, sections 2.1, 3.1 and 4.
#pragma once

#include <map>
#include <string>

#include "proxy/config/dynamic.h"
#include "proxy/config/value_tree.h"

namespace mooring::cli {

struct DynamicFile {
  config::FragmentPtr fragment;
  std::map<std::string, int> lines;  // of the keys, as labels write them
};

DynamicFile read_dynamic(const config::ValueTree& tree, const std::string& file);

}  // namespace mooring::cli
