#include "proxy/cli/reload.h"

#include <algorithm>
#include <utility>

#include "proxy/cli/process_options.h"
#include "proxy/config/printable.h"
#include "proxy/observe/log.h"

namespace mooring::cli {
namespace {

constexpr const char* kNothingChanges = "nothing changes: the options that were in force stay in force";

// The file of the start is not there any more: what else is found in its stead is not what was meant.
config::Problem gone(const std::string& file) {
  return {std::string{config::option_code::kUnreadableFile},
          config::Severity::error,
          "SIGHUP",
          config::printable(file),
          "the configuration file is gone",
          kNothingChanges,
          "put it back, or start anew without it"};
}

}  // namespace

Reload reload_options(const std::vector<std::string>& flags, const config::Options& running,
                      const config::Problems& known, const config::Environment& environment) {
  config::OptionsResult read = read_process_options(flags, environment);
  Reload reload;
  reload.options = running;
  reload.refused = !read.ok();
  for (config::Problem& problem : read.problems) {
    if (problem.severity == config::Severity::error) problem.in_force = kNothingChanges;
    if (std::ranges::find(known, problem) == known.end()) reload.problems.push_back(std::move(problem));
  }
  if (!reload.refused && read.options.file != running.file && !running.file.empty()) {
    reload.refused = true;
    reload.problems.push_back(gone(running.file));
  }
  if (reload.refused) return reload;
  reload.options = config::take_live_changes(running, read.options);
  reload.applied = config::option_changes(running, reload.options);
  reload.withheld = config::option_changes(reload.options, read.options);
  return reload;
}

void log_reload(const Reload& reload) {
  for (const config::Problem& problem : reload.problems) observe::log_problem(problem);
  if (reload.refused) {
    observe::log_error("SIGHUP: the static options cannot be read: {}", kNothingChanges);
    return;
  }
  for (const auto& change : reload.applied) observe::log_info("SIGHUP: {}", config::to_line(change));
  for (const auto& change : reload.withheld) {
    observe::log_warning("SIGHUP: {} takes a restart", config::to_line(change));
  }
  if (reload.applied.empty() && reload.withheld.empty()) observe::log_info("SIGHUP: the static options are unchanged");
}

}  // namespace mooring::cli
