// Gives up root: uid 65532, the Docker socket's group as the only supplementary group, no capability.
//
// Called on the main thread after every socket is bound and before the first thread starts: credentials are per thread
// in Linux, and what comes from the network must not meet root. Where that cannot be, the process stays as it was
// started and a Problem says so. Source: credentials(7), capabilities(7).
#pragma once

#include <optional>
#include <string>

#include "proxy/config/problem.h"

namespace mooring::cli {

// `docker_socket`: the path of the engine's socket, or empty when it is reached otherwise.
std::optional<config::Problem> give_up_root(const std::string& docker_socket);

}  // namespace mooring::cli
