// `mooring version`: which version this is, and what it was built with. Pure; needs nothing that runs.
#pragma once

#include <string>

namespace mooring::cli {

struct VersionOptions {
  bool json = false;

  bool operator==(const VersionOptions&) const = default;
};

// One line, or one JSON document, without the line feed.
std::string version_text(bool json);
int run_version(const VersionOptions& options);

}  // namespace mooring::cli
