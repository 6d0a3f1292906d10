// The static options as the process reads them: from its flags, its variables and its file, with what the providers
// have to say to them.
//
// For `run`, and for `config show`, which answers for what `run` would do. Main thread.
#pragma once

#include <string>
#include <vector>

#include "proxy/config/options_environment.h"
#include "proxy/config/options_reader.h"

namespace mooring::cli {

config::OptionsResult read_process_options(const std::vector<std::string>& flags,
                                           const config::Environment& environment = config::system_environment());

}  // namespace mooring::cli
