// The table behind the option schema: groups of keys that share a prefix and a status.
//
// A key is written `name` or `name:kind`; without a kind it is a text. Kinds: on (toggle), bool, true (a boolean that
// is true by default), int, num, dur, list, objects, names, any. "*" in a prefix stands for a name that the user
// chooses. Read by options_schema.cc alone. Constant data; any thread.
#pragma once

#include <span>
#include <string_view>

#include "proxy/config/options_schema.h"

namespace mooring::config {

struct OptionGroup {
  std::string_view prefix;
  OptionStatus status;
  std::string_view keys;
  std::string_view note = {};
};

std::span<const OptionGroup> option_groups();

}  // namespace mooring::config
