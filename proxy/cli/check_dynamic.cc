#include "proxy/cli/check_dynamic.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proxy/config/dynamic_file.h"

namespace mooring::cli {

DynamicFile read_dynamic(const config::ValueTree& tree, const std::string& file) {
  const std::vector<config::FileEntry> entries = config::file_entries(tree);
  DynamicFile read;
  read.fragment = std::make_shared<const config::Fragment>(config::file_fragment(entries, file));
  for (const config::FileEntry& entry : entries) {
    std::string key = "traefik";
    for (const std::string& element : entry.path) key.append(".").append(element);
    read.lines.emplace(std::move(key), entry.line);
  }
  return read;
}

}  // namespace mooring::cli
