// What SIGHUP does to the static options: the sources are read again, and compared with what the process runs on.
//
// Decides and says; to put it in force is run.cc's. A source that is broken now changes nothing at all. Main thread.
#pragma once

#include <string>
#include <vector>

#include "proxy/config/options_change.h"
#include "proxy/config/options_environment.h"
#include "proxy/config/options_reader.h"

namespace mooring::cli {

struct Reload {
  bool refused = false;                        // something is broken: everything stays as it is
  config::Options options;                     // what the process runs on from now on
  std::vector<config::OptionChange> applied;   // in force with `options`
  std::vector<config::OptionChange> withheld;  // need a restart
  config::Problems problems;                   // new ones; errors when it is refused
};

// `flags`: those of the start. `running`: what is in force. `known`: Problems that have been told before.
Reload reload_options(const std::vector<std::string>& flags, const config::Options& running,
                      const config::Problems& known,
                      const config::Environment& environment = config::system_environment());

// The application log's lines about it.
void log_reload(const Reload& reload);

}  // namespace mooring::cli
