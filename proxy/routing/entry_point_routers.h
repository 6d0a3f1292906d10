// Middlewares of entry points, put in front of those of the routers that are served there.
//
// A router that is served on several entry points becomes one for each that has middlewares, named
// "<entry point>-<router>", and one for the rest, as in Traefik. Where no entry point has any, nothing changes and
// nothing is copied. Pure; control loop.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/merge.h"
#include "proxy/config/options.h"

namespace mooring::routing {

bool entry_points_have_middlewares(const config::Options& options);

// The names of an entry point's middlewares, as a router of that name sees them: bare ones are of its own provider.
std::vector<std::string> entry_point_middlewares(const config::EntryPointOptions& entry_point, std::string_view router);

struct RouterPart {
  std::string name;
  config::MergedRouter router;
};

std::vector<RouterPart> split_by_entry_point(const std::string& name, const config::MergedRouter& router,
                                             const config::Options& options);

}  // namespace mooring::routing
