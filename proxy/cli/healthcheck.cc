#include "proxy/cli/healthcheck.h"

#include <chrono>
#include <cstdio>

namespace mooring::cli {
namespace {

constexpr std::chrono::seconds kTime{5};

}  // namespace

int run_healthcheck(const HealthcheckOptions& options) {
  const ControlClient client(options.control_socket);
  const auto answer = client.get("/ping", kTime);
  if (answer) {
    std::puts("OK");
    return kExitOk;
  }
  // Docker keeps what a health check says, from both outputs.
  std::fprintf(stderr, "mooring healthcheck: %s\n", answer.error().text.c_str());
  return kExitFailure;
}

}  // namespace mooring::cli
