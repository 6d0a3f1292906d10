// Options while they are being put together: what the sources said so far, before defaults and checks across keys.
//
// Owned by options_reader for the time of one reading. Values only; one thread.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "proxy/config/options.h"
#include "proxy/config/options_setting.h"

namespace mooring::config {

struct EntryPointDraft {
  EntryPointOptions options;
  std::optional<Setting> address;
  std::optional<Setting> redirection;  // where a wrong target is reported
  Setting first;                       // what named the entry point first: where a missing address is reported
  bool udp = false;
  bool closed = false;  // it asks for something that is not done and would widen access if it were left out
};

struct OptionsDraft {
  Options options;
  std::map<std::string, EntryPointDraft> entry_points;  // by name in lower case
  std::optional<bool> docker;                           // whether providers.docker was switched on or off by name
  std::optional<Setting> docker_endpoint;
  std::optional<Setting> ping_entry_point;
  std::optional<Setting> file_place;       // what named the file provider's file or directory
  std::map<std::string, Setting> origins;  // by key in lower case: what said the value that is in force
};

}  // namespace mooring::config
