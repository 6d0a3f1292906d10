// The program: hands the command line to its command. Everything else is in the folders beside this file.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "proxy/cli/commands.h"
#include "proxy/cli/run.h"

int main(int count, char** arguments) {
  try {
    return mooring::cli::run_command(std::vector<std::string>(arguments + (count > 0 ? 1 : 0), arguments + count),
                                     mooring::cli::run_proxy);
  } catch (const std::exception& error) {
    // What is expected to fail is not thrown: this is a bug.
    std::fprintf(stderr, "mooring: internal error: %s\n", error.what());
    return 1;
  }
}
