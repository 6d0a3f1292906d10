#include "test/unit/config/options_text.h"

#include <algorithm>

#include "proxy/config/options_show.h"

namespace mooring::config {
namespace {

// What an entry point is like that says nothing but its address.
bool usual(const ShownOption& option, const std::vector<ShownOption>& defaults) {
  if (option.pattern.ends_with(".address")) return false;
  return std::ranges::any_of(
      defaults, [&](const ShownOption& one) { return one.pattern == option.pattern && one.value == option.value; });
}

std::vector<ShownOption> defaults() {
  Options options;
  options.entry_points["x"].name = "x";
  options.docker.enabled = true;
  auto all = show_options(options);
  // Below sections that are off by default: what is there once they are on.
  options.api.enabled = options.ping.enabled = options.access_log.enabled = options.file_provider.enabled = true;
  for (auto& one : show_options(options)) {
    const bool section = one.pattern.find('.') == std::string::npos || one.pattern == "providers.file";
    if (!section) all.push_back(one);
  }
  return all;
}

}  // namespace

std::string options_text(const Options& options) {
  static const auto kDefaults = defaults();
  std::string text = options.file.empty() ? "" : "file = " + options.file + "\n";
  for (const auto& option : show_options(options)) {
    if (!usual(option, kDefaults)) text += option.key + " = " + option.value + "\n";
  }
  return text;
}

std::string result_text(const OptionsResult& result) {
  std::string text = result.ok() ? options_text(result.options) : "";
  for (const auto& problem : result.problems) text += to_line(problem) + "\n";
  return text + (result.ok() ? "starts\n" : "does not start\n");
}

}  // namespace mooring::config
