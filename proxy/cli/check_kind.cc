#include "proxy/cli/check_kind.h"

#include <algorithm>
#include <string>
#include <vector>

#include "proxy/config/options_schema.h"
#include "proxy/config/suggest.h"

namespace mooring::cli {
namespace {

using config::ValueShape;
using config::ValueTree;

constexpr std::string_view kDynamic[] = {"http", "tcp", "udp", "tls", "mooring"};

std::vector<std::string> option_sections() {
  std::vector<std::string> names;
  for (const config::OptionNode& node : config::option_schema().children) names.push_back(node.name);
  return names;
}

bool has_any(const ValueTree& tree, const auto& names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return tree.find(name) != nullptr; });
}

bool is_inspected(const ValueTree& tree) {
  return tree.shape == ValueShape::list && !tree.children.empty() && tree.children.front().find("Id") != nullptr &&
         tree.children.front().find("Config") != nullptr;
}

}  // namespace

FileKind kind_of(const ValueTree& tree) {
  if (tree.shape == ValueShape::empty) return FileKind::empty;
  if (is_inspected(tree)) return FileKind::inspected;
  if (tree.shape != ValueShape::map) return FileKind::unknown;
  if (tree.find("services") != nullptr) return FileKind::compose;
  const auto sections = option_sections();
  if (has_any(tree, sections)) return FileKind::options;
  if (has_any(tree, kDynamic)) return FileKind::dynamic;
  // A slip of the pen in the first keys.
  for (const ValueTree& member : tree.children) {
    if (!config::nearest(member.key, std::vector<std::string>{"services"}).empty()) return FileKind::compose;
    if (!config::nearest(member.key, sections).empty()) return FileKind::options;
  }
  return FileKind::unknown;
}

}  // namespace mooring::cli
