// What `docker inspect` printed, compared with the compose file: labels that were edited and not applied, and
// containers that are not ready. L042 and L043.
//
// Pure; any thread. Source: field notes 3, mistakes 12 and 14.
#pragma once

#include <expected>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "providers/docker/container.h"
#include "proxy/config/compose.h"
#include "proxy/config/problem.h"

namespace mooring::cli {

// The containers of a JSON array of `docker inspect`, or why it cannot be read.
std::expected<std::vector<docker::Container>, std::string> read_inspected(std::string_view text);

// Problems name the container as the proxy does ("shop/web-1"); without projects only the states are looked at.
config::Problems compare_running(const std::vector<docker::Container>& running,
                                 const std::list<config::ComposeProject>& projects);

}  // namespace mooring::cli
