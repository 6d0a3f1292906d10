#include "proxy/cli/docs_command.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "proxy/cli/exit_code.h"
#include "proxy/config/label_reference.h"
#include "proxy/config/option_reference.h"
#include "proxy/config/problem_pages.h"

namespace mooring::cli {
namespace {

int print(const std::string& page) {
  std::fputs(page.c_str(), stdout);
  return kExitOk;
}

int write_problems(const std::filesystem::path& directory) {
  for (const auto& [name, text] : config::problem_pages()) {
    std::ofstream file{directory / name, std::ios::binary};
    if (!(file << text)) {
      std::fprintf(stderr, "mooring docs: cannot write %s\n", (directory / name).c_str());
      return kExitFailure;
    }
  }
  return kExitOk;
}

}  // namespace

int run_docs(const DocsOptions& options) {
  if (options.what == "labels" && options.directory.empty()) return print(config::label_reference());
  if (options.what == "problems" && !options.directory.empty()) return write_problems(options.directory);
  if (options.what == "options" && options.directory.empty()) return print(config::option_reference());
  std::fputs("usage: mooring docs labels | mooring docs options | mooring docs problems DIR\n", stderr);
  return kExitUsage;
}

}  // namespace mooring::cli
