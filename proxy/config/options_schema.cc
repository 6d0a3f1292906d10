#include "proxy/config/options_schema.h"

#include <array>
#include <cassert>
#include <utility>

#include "proxy/config/options_table.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

OptionKind kind_of(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, OptionKind>, 11> kWords{{
      {"", OptionKind::text},
      {"on", OptionKind::toggle},
      {"bool", OptionKind::boolean},
      {"true", OptionKind::on_boolean},
      {"int", OptionKind::integer},
      {"num", OptionKind::number},
      {"dur", OptionKind::duration},
      {"list", OptionKind::list},
      {"objects", OptionKind::objects},
      {"names", OptionKind::names},
      {"any", OptionKind::anything},
  }};
  for (const auto& [name, kind] : kWords) {
    if (name == word) return kind;
  }
  assert(false && "a kind that the option table does not have");
  return OptionKind::text;
}

// Words of `text` between `separator`s, each given to `take`.
template <typename Take>
void each_word(std::string_view text, char separator, const Take& take) {
  while (!text.empty()) {
    const auto end = text.find(separator);
    if (end != 0) take(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

OptionNode& child_of(OptionNode& parent, std::string_view name) {
  for (auto& child : parent.children) {
    if (child.name == name) return child;
  }
  OptionNode child;
  child.name = name;
  child.pattern = parent.pattern.empty() ? std::string{name} : parent.pattern + "." + std::string{name};
  return parent.children.emplace_back(std::move(child));
}

void add_group(OptionNode& root, const OptionGroup& group) {
  OptionNode* section = &root;
  each_word(group.prefix, '.', [&](std::string_view name) { section = &child_of(*section, name); });
  each_word(group.keys, ' ', [&](std::string_view word) {
    const auto colon = word.find(':');
    auto& node = child_of(*section, word.substr(0, colon));
    node.kind = kind_of(colon == std::string_view::npos ? "" : word.substr(colon + 1));
    node.status = group.status;
    node.note = group.note;
  });
}

bool holds_value(const OptionNode& node) {
  return node.kind != OptionKind::section;
}

// A section has the status that all its children have; where they differ it is done, and each child speaks for itself.
void settle(OptionNode& node) {
  for (auto& child : node.children) settle(child);
  if (node.children.empty()) {
    node.uniform = true;
    return;
  }
  const OptionStatus first = holds_value(node) ? node.status : node.children.front().status;
  node.uniform = true;
  for (const auto& child : node.children) {
    // A key that was removed long ago does not change what can be said of its section.
    if (child.status == OptionStatus::removed) continue;
    node.uniform = node.uniform && child.uniform && child.status == first;
  }
  if (!holds_value(node)) node.status = node.uniform ? first : OptionStatus::done;
}

void collect(const OptionNode& node, std::vector<const OptionNode*>& leaves) {
  if (holds_value(node)) leaves.push_back(&node);
  for (const auto& child : node.children) collect(child, leaves);
}

}  // namespace

const OptionNode* OptionNode::find(std::string_view child) const {
  const OptionNode* any = nullptr;
  for (const auto& candidate : children) {
    if (candidate.name == "*") {
      any = &candidate;
    } else if (equal_fold(candidate.name, child)) {
      return &candidate;
    }
  }
  return any;
}

const OptionNode& option_schema() {
  static const OptionNode root = [] {
    OptionNode tree;
    for (const auto& group : option_groups()) add_group(tree, group);
    for (auto& child : tree.children) settle(child);
    return tree;
  }();
  return root;
}

std::vector<const OptionNode*> option_leaves() {
  std::vector<const OptionNode*> leaves;
  collect(option_schema(), leaves);
  return leaves;
}

bool below(std::string_view key, std::string_view section) {
  return key.starts_with(section) && (key.size() == section.size() || key[section.size()] == '.');
}

}  // namespace mooring::config
