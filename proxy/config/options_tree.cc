#include "proxy/config/options_tree.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace mooring::config {
namespace {

class Walker {
 public:
  Walker(const std::string& file, Settings& settings) : file_(file), settings_(settings) {}

  void walk(const ValueTree& tree, std::vector<std::string>& path);

 private:
  void walk_list(const ValueTree& tree, std::vector<std::string>& path);
  Setting setting(const ValueTree& tree, SettingShape shape, const std::vector<std::string>& path) const {
    return {path, shape, {}, file_ + ":" + std::to_string(tree.line), joined(path), SettingSource::file};
  }

  const std::string& file_;
  Settings& settings_;
};

void Walker::walk(const ValueTree& tree, std::vector<std::string>& path) {
  switch (tree.shape) {
    case ValueShape::empty:
      settings_.push_back(setting(tree, SettingShape::section, path));
      return;
    case ValueShape::scalar: {
      auto scalar = setting(tree, SettingShape::scalar, path);
      scalar.values.push_back(tree.text);
      settings_.push_back(std::move(scalar));
      return;
    }
    case ValueShape::list:
      walk_list(tree, path);
      return;
    case ValueShape::map:
      if (tree.children.empty()) settings_.push_back(setting(tree, SettingShape::section, path));
      for (const ValueTree& member : tree.children) {
        path.push_back(member.key);
        walk(member, path);
        path.pop_back();
      }
      return;
  }
}

void Walker::walk_list(const ValueTree& tree, std::vector<std::string>& path) {
  const auto is_text = [](const ValueTree& item) { return item.shape == ValueShape::scalar; };
  if (std::ranges::all_of(tree.children, is_text)) {
    auto list = setting(tree, SettingShape::list, path);
    for (const ValueTree& item : tree.children) list.values.push_back(item.text);
    settings_.push_back(std::move(list));
    return;
  }
  std::size_t index = 0;
  for (const ValueTree& item : tree.children) {
    path.push_back("[" + std::to_string(index++) + "]");
    walk(item, path);
    path.pop_back();
  }
}

}  // namespace

TreeSettings read_options_text(TextFormat format, std::string_view text, const std::string& file) {
  TreeLimits limits;
  limits.in_force = kNoStart;
  auto reading = read_tree(format, text, file, limits);
  TreeSettings out;
  out.problems = std::move(reading.problems);
  if (reading.tree.shape == ValueShape::empty) return out;
  if (reading.tree.shape != ValueShape::map) {
    out.problems.push_back({std::string{option_code::kBrokenText}, Severity::error, file + ":1", "",
                            "expected sections such as \"entryPoints:\" at the top of the file", std::string{kNoStart},
                            ""});
    return out;
  }
  std::vector<std::string> path;
  if (!reading.tree.children.empty()) Walker(file, out.settings).walk(reading.tree, path);
  return out;
}

}  // namespace mooring::config
