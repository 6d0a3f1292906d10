// Options as text, key by key: what is in force, in the spelling in which it can be configured.
//
// Behind `mooring config show`, the comparison of two Options (options_change.h) and the defaults in the reference.
// Every key that is done has a row here; a test holds that. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/options.h"

namespace mooring::config {

struct ShownOption {
  std::string key;      // "entryPoints.web.address"
  std::string pattern;  // "entryPoints.*.address"
  std::string value;    // as it can be written in a flag; lists with commas
  bool operator==(const ShownOption&) const = default;
};

// In the order of the schema. What stands below a section that is off, and what has no value, is left out.
std::vector<ShownOption> show_options(const Options& options);

// The value without what must not be shown: private keys, and a password in a URL.
std::string masked(const ShownOption& option);

// The patterns that show_options knows. For the test that none is forgotten.
std::vector<std::string_view> shown_keys();

}  // namespace mooring::config
