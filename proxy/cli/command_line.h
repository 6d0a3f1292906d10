// What the command line asks for: `mooring [run] [flags…]`, `check`, `config show`, `status`, `drain`, `undrain`,
// `healthcheck`, `version`, `whoami`, help.
//
// The flags of `run` are Traefik's and go on untouched (proxy/config/options_reader.h reads them). Everything else is
// checked here, with the nearest right word for a wrong one. Pure but for MOORING_CONTROL_SOCKET and the WHOAMI_*
// variables, which stand in for flags that are not there. Main thread.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "proxy/cli/check_command.h"
#include "proxy/cli/config_command.h"
#include "proxy/cli/docs_command.h"
#include "proxy/cli/drain_command.h"
#include "proxy/cli/exit_code.h"
#include "proxy/cli/healthcheck.h"
#include "proxy/cli/status_command.h"
#include "proxy/cli/version.h"
#include "proxy/cli/whoami.h"

namespace mooring::cli {

struct RunFlags {
  std::vector<std::string> flags;

  bool operator==(const RunFlags&) const = default;
};

// Nothing to do but to say something: help to standard output, a mistake to standard error.
struct Message {
  std::string text;  // with its line feed
  ExitCode code = kExitOk;

  bool operator==(const Message&) const = default;
};

using CommandLine = std::variant<RunFlags, StatusOptions, DrainOptions, UndrainOptions, HealthcheckOptions,
                                 VersionOptions, WhoamiOptions, CheckOptions, ConfigShowOptions, DocsOptions, Message>;

// `arguments` without the program's name.
CommandLine read_command_line(std::vector<std::string> arguments);

}  // namespace mooring::cli
