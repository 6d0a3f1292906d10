// `mooring healthcheck`: asks the control socket's /ping: what a container's HEALTHCHECK runs every few seconds.
//
// Docker knows two answers, so it exits with 0 or 1 whatever is wrong. Blocks for at most five seconds.
#pragma once

#include <string>

#include "proxy/cli/control_client.h"

namespace mooring::cli {

struct HealthcheckOptions {
  std::string control_socket = kDefaultControlSocket;

  bool operator==(const HealthcheckOptions&) const = default;
};

int run_healthcheck(const HealthcheckOptions& options);

}  // namespace mooring::cli
