// The configuration file: where it is looked for, and what is read from it.
//
// Only regular files of a bounded size are read, and a file that was asked for and cannot be read is a Problem. What a
// file is, YAML or TOML, its name says. Pure but for the Environment; any thread. Source: compat 6.1.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "proxy/config/options_environment.h"
#include "proxy/config/options_setting.h"

namespace mooring::config {

inline constexpr std::size_t kMaxFileBytes = 1024 * 1024;  // a real file has a few hundred lines

struct FileSettings {
  std::string file;  // its path, or empty when there is none
  Settings settings;
  Problems problems;
};

// Where a file is looked for when none is named, in this order: mooring.toml, .yaml and .yml in /etc/mooring and then
// wherever Traefik looks, then Traefik's own names.
std::vector<std::string> option_file_places(const Environment& environment);

// Reads the file that was named (the setting of --configFile), or else the first of those places that exists.
FileSettings read_options_file(const std::optional<Setting>& named, const Environment& environment);

}  // namespace mooring::config
