// Settings looked up in the schema: what each one means, or the Problem that it is.
//
// Unknown keys get the nearest right one; what Traefik knows and this version does not gets one warning a section;
// shapes (a value where a section belongs) are checked here, values are options_apply's. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "proxy/config/options_schema.h"
#include "proxy/config/options_setting.h"

namespace mooring::config {

struct ResolvedOption {
  const OptionNode* node = nullptr;
  std::string key;                 // in proper case: "entryPoints.web.address"
  std::vector<std::string> names;  // what the user chose for each "*": {"web"}
  Setting setting;                 // a list given in parts (a[0], a[1], or twice) is one with all values
};

struct ResolvedOptions {
  std::vector<ResolvedOption> options;  // in the order in which they were written; known ones too: they open sections
  Problems problems;
};

// One source's settings: a file's, or the command line's.
ResolvedOptions resolve_options(const Settings& settings);

}  // namespace mooring::config
