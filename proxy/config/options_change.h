// What differs between two sets of options, key by key, and which of it a running process can take.
//
// For SIGHUP: the sources are read again and compared with what the process runs on. Sockets, threads and providers are
// made once; what the logs show can change at any time. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/options.h"

namespace mooring::config {

struct OptionChange {
  std::string key;     // "log.level"; "entryPoints.web" when the whole of it is new or gone
  std::string before;  // as options_show says it, secrets masked; empty where it was not there
  std::string after;
  bool live = false;  // in force without a restart
  bool operator==(const OptionChange&) const = default;
};

// In the order of options_show: what is new or different first, then what is gone.
std::vector<OptionChange> option_changes(const Options& before, const Options& after);

// `running` with everything of `wanted` that needs no restart.
Options take_live_changes(const Options& running, const Options& wanted);

// "log.level: INFO → DEBUG"
std::string to_line(const OptionChange& change);

// Patterns of the keys, and of the sections, that are taken without a restart. For the documentation.
std::vector<std::string_view> live_option_keys();

}  // namespace mooring::config
