#include "proxy/config/options_reader.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "proxy/config/options_apply.h"
#include "proxy/config/options_docker.h"
#include "proxy/config/options_entry_points.h"
#include "proxy/config/options_file.h"
#include "proxy/config/options_flags.h"
#include "proxy/config/options_resolve.h"
#include "proxy/config/options_schema.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

constexpr std::size_t kMostProblems = 100;  // nobody reads more, and a hostile file could make thousands

void append(Problems& to, Problems from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// Whether a source names a provider besides Docker, done or not.
bool names_other_provider(const Settings& settings) {
  const OptionNode* providers = option_schema().find("providers");
  return std::ranges::any_of(settings, [&](const Setting& setting) {
    if (setting.path.size() < 2 || !equal_fold(setting.path[0], "providers")) return false;
    const OptionNode* node = providers->find(setting.path[1]);
    if (node == nullptr || node->status == OptionStatus::done) return false;
    return node->kind == OptionKind::toggle || node->kind == OptionKind::anything;
  });
}

void take_source(const Settings& settings, OptionsDraft& draft, Problems& problems) {
  auto resolved = resolve_options(settings);
  append(problems, std::move(resolved.problems));
  apply_options(resolved.options, draft, problems);
}

// Traefik reads TRAEFIK_* when there is neither a file nor a flag: whoever relies on that must hear that we do not.
void mention_variables(const Environment& environment, Problems& problems) {
  for (const auto& name : environment.variable_names()) {
    if (!equal_fold(std::string_view{name}.substr(0, 8), "TRAEFIK_")) continue;
    Setting at;
    at.where = "environment";
    at.key = name;
    problems.push_back(option_warning(option_code::kEnvironment, at,
                                      "options in variables are known to Traefik, but not done yet in Mooring",
                                      "TRAEFIK_* variables have no effect: use a file or flags"));
    return;
  }
}

void shorten(Problems& problems) {
  if (problems.size() <= kMostProblems) return;
  const auto cut = problems.begin() + kMostProblems;
  const auto worst = std::max_element(cut, problems.end(), [](const Problem& a, const Problem& b) {
                       return a.severity < b.severity;
                     })->severity;
  const std::size_t count = problems.size() - kMostProblems;
  problems.erase(cut, problems.end());
  problems.push_back({std::string{option_code::kTooMany}, worst, "", "", "and " + std::to_string(count) + " more", "",
                      "mend the first ones and look again"});
}

}  // namespace

bool OptionsResult::ok() const {
  return std::ranges::none_of(problems, [](const Problem& one) { return one.severity == Severity::error; });
}

OptionsResult read_options(const std::vector<std::string>& flags, const Environment& environment) {
  OptionsResult result;
  OptionsDraft draft;
  auto command_line = read_options_flags(flags);
  auto file = read_options_file(command_line.config_file, environment);

  append(result.problems, std::move(file.problems));
  take_source(file.settings, draft, result.problems);
  append(result.problems, std::move(command_line.problems));
  take_source(command_line.settings, draft, result.problems);

  if (file.file.empty() && command_line.settings.empty()) mention_variables(environment, result.problems);
  const bool others = names_other_provider(file.settings) || names_other_provider(command_line.settings);
  settle_docker(others, environment, draft, result.problems);
  settle_entry_points(draft, result.problems);
  shorten(result.problems);

  result.options = std::move(draft.options);
  result.options.file = std::move(file.file);
  return result;
}

}  // namespace mooring::config
