// `mooring config show`: the options that are in force, each with where it comes from.
//
// Reads what `run` would read from here: the flags that follow, the variables, the file. It does not ask a running
// process, so inside a container the flags of that container's command have to be repeated. Private keys and passwords
// are masked. Problems go to standard error. Main thread.
#pragma once

#include <string>
#include <vector>

#include "proxy/config/options_reader.h"

namespace mooring::cli {

struct ConfigShowOptions {
  bool json = false;
  std::vector<std::string> flags;  // of `run`

  bool operator==(const ConfigShowOptions&) const = default;
};

// Returns the exit code: 0, or 2 when the options are not understood.
int run_config_show(const ConfigShowOptions& options);

// What it prints to standard output for options that were understood.
std::string config_text(const config::OptionsResult& read, bool json);

}  // namespace mooring::cli
