#include "proxy/cli/check_dynamic.h"

#include <utility>

#include "proxy/config/dynamic_file.h"

namespace mooring::cli {

std::map<std::string, int> dynamic_lines(const config::ValueTree& tree) {
  std::map<std::string, int> lines;
  for (const config::FileEntry& entry : config::file_entries(tree)) {
    std::string key = "traefik";
    for (const std::string& element : entry.path) key.append(".").append(element);
    lines.emplace(std::move(key), entry.line);
  }
  return lines;
}

}  // namespace mooring::cli
