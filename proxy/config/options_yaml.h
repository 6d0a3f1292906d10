// YAML text as a flat list of settings: the static configuration's file, before anybody asks what its keys mean.
//
// Hostile and broken text ends as Problems with file and line, never as an exception: encoding, depth, nodes (aliases
// counted each time they are followed) and duplicate keys are checked here. Merge keys ("<<") are followed. Pure; any
// thread. Source: YAML 1.2, by yaml-cpp; case of keys as Traefik.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "proxy/config/options_setting.h"

namespace mooring::config {

inline constexpr std::size_t kMaxYamlDepth = 24;      // the deepest key of the schema has seven levels
inline constexpr std::size_t kMaxYamlNodes = 20'000;  // what an alias bomb multiplies

struct YamlSettings {
  Settings settings;
  Problems problems;
};

// `file` is the name that Problems give. When the text as a whole is refused there are no settings.
YamlSettings read_options_yaml(std::string_view text, const std::string& file);

}  // namespace mooring::config
