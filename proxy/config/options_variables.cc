#include "proxy/config/options_variables.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/config/options_schema.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

constexpr std::string_view kTraefik = "TRAEFIK_";
constexpr std::string_view kMooring = "MOORING_";
constexpr std::size_t kMostSegments = 40;  // the deepest key has nine levels, names may have "_"

// Variables of Mooring's own that are no options: for the Compose files of the tree and for the tests.
constexpr std::array<std::string_view, 3> kOwn{"MOORING_PORT", "MOORING_API_PORT", "MOORING_UPDATE_GOLDEN"};
constexpr std::string_view kControlSocket = "MOORING_CONTROL_SOCKET";  // the commands read it too

bool has_prefix(std::string_view name, std::string_view prefix) {
  return name.size() > prefix.size() && equal_fold(name.substr(0, prefix.size()), prefix);
}

std::vector<std::string> segments_of(std::string_view text) {
  std::vector<std::string> segments;
  while (true) {
    const auto end = text.find('_');
    segments.push_back(ascii_lower(text.substr(0, end)));
    if (end == std::string_view::npos) return segments;
    text.remove_prefix(end + 1);
  }
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 6 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

const OptionNode* fixed_child(const OptionNode& node, std::string_view name) {
  const auto found = std::ranges::find_if(
      node.children, [&](const OptionNode& child) { return child.name != "*" && equal_fold(child.name, name); });
  return found == node.children.end() ? nullptr : &*found;
}

const OptionNode* chosen_child(const OptionNode& node) {
  const auto found = std::ranges::find(node.children, "*", &OptionNode::name);
  return found == node.children.end() ? nullptr : &*found;
}

std::string joined_segments(const std::vector<std::string>& segments, std::size_t from, std::size_t count) {
  std::string text = segments[from];
  for (std::size_t i = from + 1; i < from + count; ++i) text += "_" + segments[i];
  return text;
}

// Finds the path that a variable's segments mean.
class Match {
 public:
  explicit Match(std::vector<std::string> segments) : segments_(std::move(segments)) {}

  const OptionNode* find() { return segments_.size() > kMostSegments ? nullptr : at(option_schema(), 0, false); }
  std::vector<std::string> path;

 private:
  // The node where the segments from `index` on end, or nullptr; `path` is then as it was.
  const OptionNode* at(const OptionNode& node, std::size_t index, bool indexed);
  const OptionNode* into(const OptionNode& child, std::string element, std::size_t next, bool indexed = false);

  std::vector<std::string> segments_;
};

const OptionNode* Match::into(const OptionNode& child, std::string element, std::size_t next, bool indexed) {
  path.push_back(std::move(element));
  const OptionNode* found = at(child, next, indexed);
  if (found == nullptr) path.pop_back();
  return found;
}

const OptionNode* Match::at(const OptionNode& node, std::size_t index, bool indexed) {
  const std::size_t left = segments_.size() - index;
  if (left == 0) return &node;
  if (node.kind == OptionKind::names) {
    path.push_back(joined_segments(segments_, index, left));
    return &node;
  }
  if (node.kind == OptionKind::anything) {
    path.insert(path.end(), segments_.begin() + static_cast<std::ptrdiff_t>(index), segments_.end());
    return &node;
  }
  const bool list = node.kind == OptionKind::list || node.kind == OptionKind::objects;
  if (list && !indexed && is_number(segments_[index])) {
    return into(node, "[" + segments_[index] + "]", index + 1, true);
  }
  if (const OptionNode* child = fixed_child(node, segments_[index]); child != nullptr) {
    if (const OptionNode* found = into(*child, child->name, index + 1); found != nullptr) return found;
  }
  const OptionNode* chosen = chosen_child(node);
  if (chosen == nullptr) return nullptr;
  // A name with "_" ends before a key: by itself "web_adress" is a mistake, and no name.
  for (std::size_t count = 1; count == 1 || count < left; ++count) {
    const OptionNode* found = into(*chosen, joined_segments(segments_, index, count), index + count);
    if (found != nullptr) return found;
  }
  return nullptr;
}

std::string upper(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

// The same variable with the first wrong word put right, or nothing.
std::string suggestion(std::string_view prefix, std::vector<std::string> segments) {
  const OptionNode* node = &option_schema();
  for (std::string& segment : segments) {
    if (const OptionNode* child = node->find(segment); child != nullptr) {
      node = child;
      continue;
    }
    std::vector<std::string_view> words;
    for (const OptionNode& child : node->children) {
      if (child.name != "*" && child.status != OptionStatus::removed) words.push_back(child.name);
    }
    const std::string_view right = nearest(segment, words);
    if (right.empty()) return {};
    segment = ascii_lower(right);
    if (Match(segments).find() == nullptr) return {};
    return upper(std::string{prefix} + joined_segments(segments, 0, segments.size()));
  }
  return {};
}

Problem no_effect(const Setting& setting, std::string text, std::string fix) {
  Problem problem = option_warning(option_code::kEnvironment, setting, std::move(text), "the variable has no effect");
  problem.fix = std::move(fix);
  return problem;
}

// By path, indexes as numbers: the system gives variables in any order.
bool before(const Setting& a, const Setting& b) {
  const auto element_before = [](const std::string& x, const std::string& y) {
    const bool indexes = x.starts_with('[') && y.starts_with('[');
    return indexes && x.size() != y.size() ? x.size() < y.size() : x < y;
  };
  return std::ranges::lexicographical_compare(a.path, b.path, element_before);
}

void read_one(const std::string& name, std::string_view prefix, const Environment& environment, Settings& to,
              VariableSettings& out) {
  Setting setting;
  setting.source = SettingSource::variable;
  setting.where = "environment";
  setting.key = name;
  const auto segments = segments_of(std::string_view{name}.substr(prefix.size()));
  Match match(segments);
  const OptionNode* node =
      equal_fold(name, kControlSocket) ? fixed_child(option_schema(), "controlSocket") : match.find();
  if (node == nullptr) {
    const std::string right = suggestion(prefix, segments);
    out.problems.push_back(
        no_effect(setting, "no such option", right.empty() ? "" : "did you mean " + config::quoted(right) + "?"));
    return;
  }
  if (node->status == OptionStatus::removed) {
    out.problems.push_back(
        no_effect(setting, "a key of an older Traefik that Traefik 3 does not have", std::string{node->note}));
    return;
  }
  setting.path = match.path.empty() ? std::vector{node->name} : std::move(match.path);
  setting.values.push_back(environment.variable(name).value_or(""));
  if (setting.path.size() == 1 && equal_fold(setting.path.front(), "configFile")) {
    out.config_file = std::move(setting);
  } else {
    to.push_back(std::move(setting));
  }
}

}  // namespace

VariableSettings read_options_variables(const Environment& environment) {
  VariableSettings out;
  auto names = environment.variable_names();
  std::ranges::sort(names);
  for (const std::string& name : names) {
    if (std::ranges::any_of(kOwn, [&](std::string_view own) { return equal_fold(own, name); })) continue;
    if (has_prefix(name, kTraefik)) read_one(name, kTraefik, environment, out.traefik, out);
    if (has_prefix(name, kMooring)) read_one(name, kMooring, environment, out.mooring, out);
  }
  std::ranges::stable_sort(out.traefik, before);
  std::ranges::stable_sort(out.mooring, before);
  return out;
}

std::string variable_name(std::string_view key) {
  std::string name = std::string{kTraefik} + upper(key);
  std::ranges::replace(name, '.', '_');
  return name;
}

}  // namespace mooring::config
