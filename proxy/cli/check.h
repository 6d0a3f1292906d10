// What `mooring check` does: configuration texts in, what is wrong with them out, each with file and line.
//
// The same decoding as the proxy's, from labels to the snapshot, over static options, dynamic files and compose files;
// told apart by their content. Nothing is connected to, resolved or looked up: a port that only an image knows is not
// known here. Pure; main thread. Source: field notes 3.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "proxy/config/compose_variables.h"
#include "proxy/config/problem.h"

namespace mooring::cli {

struct CheckSource {
  std::string name;  // as the findings give it: a path
  std::string text;
};

struct Finding {
  std::string file;  // empty: of no file
  int line = 0;      // from 1; 0: of the whole file
  config::Problem problem;

  bool operator==(const Finding&) const = default;
};

struct CheckInput {
  std::vector<CheckSource> sources;
  config::Variables variables;     // for compose files
  std::string project;             // asked for, or empty
  std::string directory;           // the folder's name: what Compose calls a project that nobody named
  std::set<std::string> profiles;  // of Compose
  std::vector<Finding> not_read;   // of what was asked for
};

struct CheckResult {
  std::vector<Finding> findings;  // by file and line, each once
  std::size_t files = 0;
  std::vector<std::string> left_out;  // services of Compose profiles that were not asked for

  std::size_t count(config::Severity severity) const;
};

CheckResult check(const CheckInput& input);

}  // namespace mooring::cli
