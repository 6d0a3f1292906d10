// Options in environment variables: TRAEFIK_LOG_LEVEL, and MOORING_LOG_LEVEL with the same keys, as flat settings.
//
// "_" separates levels, case does not matter, a list's index stands between two ("_0_"). Where the user chooses a name
// it is read in lower case; it may hold "_" itself, and the shortest name with which the rest is a key counts. What is
// no key is a warning, never an error: a neighbour in Compose or Kubernetes makes variables too. Values are never
// shown. Pure but for the Environment; any thread. Source: compat 6.1.
#pragma once

#include <optional>

#include "proxy/config/options_environment.h"
#include "proxy/config/options_setting.h"

namespace mooring::config {

struct VariableSettings {
  Settings traefik;                    // TRAEFIK_*
  Settings mooring;                    // MOORING_*, which win over them
  std::optional<Setting> config_file;  // TRAEFIK_CONFIGFILE: no option, but says where they are
  Problems problems;
};

VariableSettings read_options_variables(const Environment& environment);

// How a key is written as a variable: "entryPoints.web.address" → "TRAEFIK_ENTRYPOINTS_WEB_ADDRESS".
std::string variable_name(std::string_view key);

}  // namespace mooring::config
