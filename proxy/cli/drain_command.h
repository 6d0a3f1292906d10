// `mooring drain NAME` and `mooring undrain NAME`: a person takes a container, or one endpoint, out of service and lets
// it in again.
//
// Asks the control socket, writes to standard output, returns the exit code: 0 when it is drained (with --wait) or the
// order is given, 124 when the deadline passed first, as timeout(1) does. Blocks; ends with the signal that it gets,
// and then the order holds all the same.
#pragma once

#include <chrono>
#include <string>

#include "proxy/cli/control_client.h"
#include "proxy/cli/json_fields.h"

namespace mooring::cli {

struct DrainOptions {
  std::string control_socket = kDefaultControlSocket;
  std::string name;
  bool wait = false;
  std::chrono::milliseconds deadline = std::chrono::minutes(30);

  bool operator==(const DrainOptions&) const = default;
};

struct UndrainOptions {
  std::string control_socket = kDefaultControlSocket;
  std::string name;

  bool operator==(const UndrainOptions&) const = default;
};

int run_drain(const DrainOptions& options);
int run_undrain(const UndrainOptions& options);

// One line on how far a drain is: "shop-web-1: draining for 12s · 3 sessions · 1 request in flight · 2 WebSockets · 29m
// left".
std::string drain_progress(const Json& order, std::int64_t now_ms);

}  // namespace mooring::cli
