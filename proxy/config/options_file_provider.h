// The file provider's part of a draft: one file or one directory, and the directory that is found by itself.
//
// Looks whether the directory is there, and reads nothing. Pure but for the Environment; any thread.
// Source: compat 6.1; the directory `dynamic_conf` is ours, for Compose files that mount one beside traefik.yml.
#pragma once

#include <string>

#include "proxy/config/options_draft.h"
#include "proxy/config/options_environment.h"

namespace mooring::config {

// `any_provider`: whether the sources name one at all. Without any, `dynamic_conf` beside the static file `file` is
// read.
void settle_file_provider(bool any_provider, const std::string& file, const Environment& environment,
                          OptionsDraft& draft, Problems& problems);

}  // namespace mooring::config
