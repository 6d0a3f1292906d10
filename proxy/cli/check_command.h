// `mooring check [FILE…]`: finds the files and the variables, has them checked, prints what is wrong.
//
// Exit code 0, 3 (an error was found; with --strict, anything), or 2 (a file cannot be read, or there is none). Reads
// files and the environment; connects to nothing. Main thread.
#pragma once

#include <string>
#include <vector>

#include "proxy/cli/check_report.h"

namespace mooring::cli {

struct CheckOptions {
  std::vector<std::string> files;  // empty: those of the usual names in this directory
  CheckFormat format = CheckFormat::text;
  bool strict = false;
  std::string project = {};
  std::vector<std::string> profiles = {};

  bool operator==(const CheckOptions&) const = default;
};

int run_check(const CheckOptions& options);

}  // namespace mooring::cli
