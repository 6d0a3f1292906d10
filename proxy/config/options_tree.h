// A configuration file's tree as a flat list of settings, before anybody asks what its keys mean.
//
// A sequence of texts is one setting; in any other one each item has its index in the path: "domains", "[0]", "main".
// Pure; any thread.
#pragma once

#include <string>

#include "proxy/config/options_setting.h"
#include "proxy/config/value_tree.h"

namespace mooring::config {

struct TreeSettings {
  Settings settings;
  Problems problems;
};

// The text of a static configuration file, whole. `file` is the name that Problems give. When the text as a whole is
// refused there are no settings.
TreeSettings read_options_text(TextFormat format, std::string_view text, const std::string& file);

}  // namespace mooring::config
