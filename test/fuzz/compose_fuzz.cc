// Compose files, as `mooring check` reads them: whatever they hold, reading them ends in services and in Problems that
// can be printed, the same each time, and each label of a container has its place.
//
// Two texts with kBetween between are two files, of which the second overrides the first.
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/config/compose.h"
#include "proxy/config/problem_codes.h"

namespace {

using namespace mooring;

constexpr char kBetween = '\x1e';

void require(bool what) {
  if (!what) std::abort();
}

config::ComposeProject read(std::string_view text) {
  config::ComposeInput input;
  input.directory = "fuzz";
  input.variables = [](const std::string& name) -> std::optional<std::string> {
    if (name == "SET") return "value";
    if (name == "EMPTY") return "";
    return std::nullopt;
  };
  for (int number = 0; !text.empty() && number < 2; ++number) {
    const auto between = text.find(kBetween);
    const std::string name = "compose" + std::to_string(number) + ".yml";
    auto reading = config::read_yaml_tree(text.substr(0, between), name, {.values = 5'000, .fold_case = false});
    input.files.push_back({name, std::move(reading.tree)});
    text.remove_prefix(between == std::string_view::npos ? text.size() : between + 1);
  }
  return config::read_compose(std::move(input));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const config::ComposeProject project = read(text);
  for (const config::Problem& problem : project.problems) {
    require(!config::title_of(problem.code).empty());
    require(!problem.text.empty() && !problem.where.empty());
    for (const char c : config::to_line(problem)) require(static_cast<unsigned char>(c) >= 0x20);
  }
  for (const auto& [name, service] : project.services) {
    require(!service.where.empty());
    for (const auto& [key, label] : service.labels) require(!label.where.empty());
  }
  require(read(text).problems == project.problems);
  return 0;
}
