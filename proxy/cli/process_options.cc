#include "proxy/cli/process_options.h"

#include <utility>

#include "providers/docker/constraints.h"
#include "providers/docker/default_rule.h"

namespace mooring::cli {

config::OptionsResult read_process_options(const std::vector<std::string>& flags,
                                           const config::Environment& environment) {
  config::OptionsResult read = config::read_options(flags, environment);
  if (!read.ok() || !read.options.docker.enabled) return read;
  if (auto bad = docker::validate_default_rule(read.options.docker.default_rule)) {
    read.problems.push_back(std::move(*bad));
  }
  if (auto bad = docker::validate_constraints(read.options.docker.constraints)) {
    read.problems.push_back(std::move(*bad));
  }
  return read;
}

}  // namespace mooring::cli
