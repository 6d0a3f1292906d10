// `mooring status`: what the Mooring that runs here is doing, as a table or as JSON, once or again at each change.
//
// Asks the control socket, writes to standard output, returns the exit code. Blocks; ends with the signal that it gets.
#pragma once

#include <string>

#include "proxy/cli/control_client.h"

namespace mooring::cli {

struct StatusOptions {
  std::string control_socket = kDefaultControlSocket;
  bool json = false;
  bool watch = false;

  bool operator==(const StatusOptions&) const = default;
};

int run_status(const StatusOptions& options);

}  // namespace mooring::cli
