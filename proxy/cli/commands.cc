#include "proxy/cli/commands.h"

#include <cstdio>
#include <variant>

#include "proxy/cli/command_line.h"

namespace mooring::cli {
namespace {

struct Execute {
  RunProxy run_proxy;

  int operator()(const RunFlags& command) const { return run_proxy(command.flags); }
  int operator()(const StatusOptions& options) const { return run_status(options); }
  int operator()(const DrainOptions& options) const { return run_drain(options); }
  int operator()(const UndrainOptions& options) const { return run_undrain(options); }
  int operator()(const HealthcheckOptions& options) const { return run_healthcheck(options); }
  int operator()(const VersionOptions& options) const { return run_version(options); }
  int operator()(const WhoamiOptions& options) const { return run_whoami(options); }
  int operator()(const CheckOptions& options) const { return run_check(options); }
  int operator()(const ConfigShowOptions& options) const { return run_config_show(options); }
  int operator()(const DocsOptions& options) const { return run_docs(options); }
  int operator()(const Message& message) const {
    std::fputs(message.text.c_str(), message.code == kExitOk ? stdout : stderr);
    return message.code;
  }
};

}  // namespace

int run_command(const std::vector<std::string>& arguments, RunProxy run_proxy) {
  return std::visit(Execute{run_proxy}, read_command_line(arguments));
}

}  // namespace mooring::cli
