// Configuration files, static and dynamic: whatever the bytes are, reading them ends in a tree within its limits, or in
// Problems that can be printed; the same each time; in bounded time whatever aliases repeat.
//
// The first byte chooses: an odd one is TOML, an even one YAML; the rest is the text.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "proxy/config/options_resolve.h"
#include "proxy/config/options_tree.h"
#include "proxy/config/problem_codes.h"
#include "proxy/config/value_tree.h"
#include "proxy/config/value_tree_plain.h"

namespace {

using namespace mooring;

constexpr std::size_t kMostValues = 2'000;
constexpr std::size_t kMostDepth = 12;

void require(bool what) {
  if (!what) std::abort();
}

std::size_t depth_of(const config::ValueTree& tree) {
  std::size_t deepest = 0;
  for (const auto& child : tree.children) deepest = std::max(deepest, depth_of(child) + 1);
  return deepest;
}

void check_lines(const config::ValueTree& tree) {
  for (const auto& child : tree.children) {
    require(child.line >= 1);
    require(tree.shape == config::ValueShape::map || tree.shape == config::ValueShape::list);
    check_lines(child);
  }
}

// `full` was read by yaml-cpp, because it folds case: what the other reader takes it reads the same. Only a key that is
// there in two cases may be told by one of them alone.
void check_plain(std::string_view text, const config::TreeLimits& limits, const config::TreeReading& full) {
  const auto plain = config::read_plain_yaml(text, limits);
  if (!plain) return;
  const bool one_case = std::ranges::none_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
  require(full.problems.empty() || !one_case);
  require(!full.problems.empty() || *plain == full.tree);
}

void check_printable(std::string_view line) {
  for (const char c : line) require(static_cast<unsigned char>(c) >= 0x20);
}

void check(const config::Problems& problems) {
  for (const config::Problem& problem : problems) {
    require(!config::title_of(problem.code).empty());
    require(!problem.text.empty() && !problem.where.empty());
    check_printable(config::to_line(problem));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto format = data[0] % 2 == 1 ? config::TextFormat::toml : config::TextFormat::yaml;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  config::TreeLimits limits;
  limits.values = kMostValues;
  limits.depth = kMostDepth;
  const auto read = config::read_tree(format, text, "fuzz", limits);
  require(read.tree.values() <= kMostValues);
  require(depth_of(read.tree) <= kMostDepth);
  check_lines(read.tree);
  check(read.problems);
  if (format == config::TextFormat::yaml) check_plain(text, limits, read);
  require(config::read_tree(format, text, "fuzz", limits).tree == read.tree);

  const auto settings = config::read_options_text(format, text, "fuzz");
  check(settings.problems);
  check(config::resolve_options(settings.settings).problems);
  return 0;
}
