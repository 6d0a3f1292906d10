// An entry point as Traefik's API shows it: its static options, with what is in force where nothing was said.
//
// Limits of HTTP/2 and UDP stand there with Traefik's defaults, as they do for every entry point of Traefik's; neither
// is served. Pure; any thread. Source: traefik-compat 7 and 5.3.
#pragma once

#include <string>

#include "proxy/admin/json_text.h"
#include "proxy/config/options.h"

namespace mooring::admin {

Json entry_point_object(const std::string& name, const config::EntryPointOptions& options);

}  // namespace mooring::admin
