// The command line in Traefik's spelling, as a flat list of settings: `--entrypoints.web.address=:80`.
//
// Knows which keys take no value (`--api.insecure`), because that decides what the next argument is; all else about
// keys and values is options_resolve's. Help and subcommands are the command line's (proxy/cli). Pure; any thread.
// Source: compat 6.1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proxy/config/options_setting.h"

namespace mooring::config {

struct FlagSettings {
  Settings settings;
  std::optional<Setting> config_file;  // --configFile, which is no option but says where they are
  Problems problems;
};

// `arguments`: without the program's name and the subcommand.
FlagSettings read_options_flags(const std::vector<std::string>& arguments);

}  // namespace mooring::config
