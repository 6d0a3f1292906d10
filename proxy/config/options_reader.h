// Reads the static options: defaults, then the configuration file, then variables, then the command line, each winning
// over the last, key by key; a list as a whole.
//
// The one entry into all of options_*. Everything that is wrong is reported at once; with an error among the Problems
// the caller prints them and exits with 2. Called by the main thread: at the start, and again at SIGHUP.
// Source: compat 6; unlike Traefik, which takes the first source that says anything, we merge.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "proxy/config/options.h"
#include "proxy/config/options_environment.h"
#include "proxy/config/options_setting.h"
#include "proxy/config/problem.h"

namespace mooring::config {

struct OptionsResult {
  Options options;
  Problems problems;
  std::map<std::string, Setting> origins{};  // by full key in lower case: what said a value that is no default

  bool ok() const;  // no Problem is an error
};

// `flags`: the arguments without the program's name and the subcommand.
OptionsResult read_options(const std::vector<std::string>& flags, const Environment& environment);

}  // namespace mooring::config
