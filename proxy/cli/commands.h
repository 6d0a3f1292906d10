// Runs what the command line asks for and returns the exit code (exit_code.h). Main thread; `main` does nothing else.
#pragma once

#include <string>
#include <vector>

namespace mooring::cli {

// The proxy itself, from its flags to its end (run.h); given by the caller, so that tests can do without.
using RunProxy = int (*)(const std::vector<std::string>& flags);

// `arguments` without the program's name.
int run_command(const std::vector<std::string>& arguments, RunProxy run_proxy);

}  // namespace mooring::cli
