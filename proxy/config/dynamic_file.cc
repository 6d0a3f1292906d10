#include "proxy/config/dynamic_file.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "proxy/config/problem_codes.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

void add(const ValueTree& value, std::vector<std::string>& path, std::vector<FileEntry>& entries);

bool all_scalars(const ValueTree& list) {
  return std::ranges::all_of(list.children, [](const ValueTree& item) {
    return item.shape == ValueShape::scalar || item.shape == ValueShape::empty;
  });
}

void add_items(const ValueTree& list, std::vector<std::string>& path, std::vector<FileEntry>& entries) {
  const std::string name = path.back();
  for (std::size_t i = 0; i < list.children.size(); ++i) {
    path.back() = name + "[" + std::to_string(i) + "]";
    add(list.children[i], path, entries);
  }
  path.back() = name;
}

void add(const ValueTree& value, std::vector<std::string>& path, std::vector<FileEntry>& entries) {
  if (value.shape == ValueShape::map && !value.children.empty()) {
    for (const ValueTree& member : value.children) {
      path.push_back(member.key);
      add(member, path, entries);
      path.pop_back();
    }
    return;
  }
  if (path.empty()) return;
  const bool list = value.shape == ValueShape::list;
  if (list && !all_scalars(value)) return add_items(value, path, entries);
  FileEntry entry{.path = path, .value = value.text, .items = {}, .line = value.line};
  if (value.shape == ValueShape::empty) entry.kind = FileEntry::Kind::nothing;
  if (value.shape == ValueShape::map) entry.kind = FileEntry::Kind::section;
  if (list) entry.kind = FileEntry::Kind::list;
  for (const ValueTree& item : value.children) entry.items.push_back(item.text);
  entries.push_back(std::move(entry));
}

Problem refusal(std::string_view code, std::string where, std::string text, const std::string& in_force,
                std::string fix) {
  return {std::string{code}, Severity::error, std::move(where), {}, std::move(text), in_force, std::move(fix)};
}

// Traefik runs templates over the whole file, comments too: one that leaves out, or repeats, what stands behind it.
bool is_action(std::string_view behind) {
  static constexpr std::array<std::string_view, 8> kActions = {"if",   "else",   "end",   "range",
                                                               "with", "define", "block", "template"};
  behind.remove_prefix(std::min(behind.find_first_not_of("- \t"), behind.size()));
  return std::ranges::any_of(kActions, [behind](std::string_view word) {
    return behind.starts_with(word) && (behind.size() == word.size() || !is_letter(behind[word.size()]));
  });
}

std::optional<std::size_t> action_in(std::string_view text) {
  for (auto at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 2)) {
    if (is_action(text.substr(at + 2))) return at;
  }
  return std::nullopt;
}

// The line of the first Go template in a key or a value; what stands in a comment and does nothing may stand there.
std::optional<std::size_t> template_in(const ValueTree& tree) {
  if (tree.key.contains("{{") || tree.text.contains("{{")) return tree.line;
  for (const ValueTree& child : tree.children) {
    if (const auto line = template_in(child)) return line;
  }
  return std::nullopt;
}

// A template often makes that the file cannot be read: then the first that looks like one is what is to be said of it.
std::optional<std::size_t> template_line(std::string_view text, const TreeReading& reading) {
  const auto first = text.find("{{");
  if (first == std::string_view::npos) return std::nullopt;
  const auto action = action_in(text);
  if (!action && reading.problems.empty()) return template_in(reading.tree);
  const std::size_t at = reading.problems.empty() ? action.value_or(first) : first;
  return static_cast<std::size_t>(1 + std::ranges::count(text.substr(0, at), '\n'));
}

}  // namespace

std::vector<FileEntry> file_entries(const ValueTree& tree) {
  std::vector<FileEntry> entries;
  std::vector<std::string> path;
  add(tree, path, entries);
  return entries;
}

std::size_t most_values(std::string_view text) {
  constexpr std::size_t kAlways = 200'000;
  return std::clamp(text.size() / 2, kAlways, kMostFileValues);
}

DynamicFile read_dynamic_file(std::string_view text, const std::string& file, const std::string& in_force) {
  DynamicFile read;
  const auto format = text_format(file);
  if (!format) {
    read.problems.push_back(
        refusal(code::kFileUnreadable, file, "its name ends in neither .yml, .yaml nor .toml", in_force, "rename it"));
    return read;
  }
  TreeReading reading =
      read_tree(*format, text, file, {.values = most_values(text), .fold_case = false, .in_force = in_force});
  if (const auto line = template_line(text, reading)) {
    read.problems.push_back(refusal(code::kFileTemplate, file + ":" + std::to_string(*line),
                                    "\"{{\" begins a Go template, which is known to Traefik and not done here",
                                    in_force, "write out what the template makes"));
    return read;
  }
  if (!reading.problems.empty()) {
    read.problems = std::move(reading.problems);
    return read;
  }
  if (reading.tree.shape == ValueShape::list || reading.tree.shape == ValueShape::scalar) {
    read.problems.push_back(refusal("O006", file + ":1", "the file holds no section, but a list or a text", in_force,
                                    "begin with \"http:\""));
    return read;
  }
  read.plain = reading.plain;
  read.fragment = file_fragment(file_entries(reading.tree), file);
  return read;
}

}  // namespace mooring::config
