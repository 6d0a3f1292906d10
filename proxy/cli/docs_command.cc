#include "proxy/cli/docs_command.h"

#include <cstdio>

#include "proxy/cli/exit_code.h"
#include "proxy/config/option_reference.h"

namespace mooring::cli {
namespace {

int print(const std::string& page) {
  std::fputs(page.c_str(), stdout);
  return kExitOk;
}

}  // namespace

int run_docs(const DocsOptions& options) {
  if (options.what == "options" && options.directory.empty()) return print(config::option_reference());
  std::fputs("usage: mooring docs options\n", stderr);
  return kExitUsage;
}

}  // namespace mooring::cli
