// Entry points of a draft: their addresses read, the ones that Traefik makes by itself added, conflicts found.
//
// What cannot be opened is left out with a Problem; an address that cannot be understood is an error. Nothing is bound
// here. Pure; any thread. Source: compat 5.3 and 6.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/config/options_draft.h"

namespace mooring::config {

struct ReadAddress {
  std::string host;  // an IP address without brackets; empty: all
  std::uint16_t port = 0;
  bool udp = false;

  bool operator==(const ReadAddress&) const = default;
};

// "[host]:port[/tcp or /udp]". The host is an IP address, "localhost" or nothing.
std::optional<ReadAddress> parse_listen_address(std::string_view text);

// Fills draft.options.entry_points and settles where ping is served. `http` on :80 stands in when nothing was
// configured; `traefik` on :8080 is made when the API or ping needs it.
void settle_entry_points(OptionsDraft& draft, Problems& problems);

}  // namespace mooring::config
