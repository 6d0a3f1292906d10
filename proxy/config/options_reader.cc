#include "proxy/config/options_reader.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "proxy/config/options_apply.h"
#include "proxy/config/options_docker.h"
#include "proxy/config/options_entry_points.h"
#include "proxy/config/options_file.h"
#include "proxy/config/options_file_provider.h"
#include "proxy/config/options_flags.h"
#include "proxy/config/options_resolve.h"
#include "proxy/config/options_schema.h"
#include "proxy/config/options_variables.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

constexpr std::size_t kMostProblems = 100;  // nobody reads more, and a hostile file could make thousands

void append(Problems& to, Problems from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// The provider that a setting is about, done or not; nullptr for what concerns them all.
const OptionNode* provider_of(const Setting& setting) {
  if (setting.path.size() < 2 || !equal_fold(setting.path[0], "providers")) return nullptr;
  const OptionNode* node = option_schema().find("providers")->find(setting.path[1]);
  const bool is_one = node != nullptr && (node->kind == OptionKind::toggle || node->kind == OptionKind::anything) &&
                      node->status != OptionStatus::removed;
  return is_one ? node : nullptr;
}

// What the sources say about providers.
struct Named {
  bool any = false;
  bool others = false;  // besides Docker

  void add(const Settings& settings) {
    for (const Setting& setting : settings) {
      const OptionNode* node = provider_of(setting);
      any = any || node != nullptr;
      others = others || (node != nullptr && node->name != "docker");
    }
  }
};

void take_source(const Settings& settings, OptionsDraft& draft, Problems& problems) {
  auto resolved = resolve_options(settings);
  append(problems, std::move(resolved.problems));
  apply_options(resolved.options, draft, problems);
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
  auto variables = read_options_variables(environment);
  auto file =
      read_options_file(command_line.config_file ? command_line.config_file : variables.config_file, environment);
  append(result.problems, std::move(file.problems));
  append(result.problems, std::move(variables.problems));
  append(result.problems, std::move(command_line.problems));

  Named named;
  for (const Settings* source : {&file.settings, &variables.traefik, &variables.mooring, &command_line.settings}) {
    named.add(*source);
    take_source(*source, draft, result.problems);
  }
  settle_docker(named.others, environment, draft, result.problems);
  settle_file_provider(named.any, file.file, environment, draft, result.problems);
  settle_entry_points(draft, result.problems);
  shorten(result.problems);

  result.options = std::move(draft.options);
  result.options.file = std::move(file.file);
  result.origins = std::move(draft.origins);
  return result;
}

}  // namespace mooring::config
