// Every static key that is done, given in each of the four ways: as a flag, as a variable, in YAML and in TOML. All
// four must give the same options.
//
// A case in test/golden/option_sources has the key's pattern for its name; its lines are `key = value`, the key that
// the case is about first, lists with commas. Below the line stands what differs from the defaults.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "proxy/config/go_values.h"
#include "proxy/config/options_reader.h"
#include "proxy/config/options_schema.h"
#include "proxy/config/options_variables.h"
#include "test/support/golden.h"
#include "test/unit/config/options_text.h"

namespace mooring::config {
namespace {

struct Line {
  std::string key;
  std::string value;
  OptionKind kind = OptionKind::text;
};

std::vector<std::string> split_key(const std::string& key) {
  std::vector<std::string> elements;
  std::istringstream in(key);
  for (std::string element; std::getline(in, element, '.');) elements.push_back(element);
  return elements;
}

OptionKind kind_of(const std::string& key) {
  const OptionNode* node = &option_schema();
  for (const auto& element : split_key(key)) {
    if (node->kind == OptionKind::names) return OptionKind::text;
    node = node->find(element);
    REQUIRE(node != nullptr);
  }
  return node->kind;
}

std::vector<Line> read_lines(const std::string& input) {
  std::vector<Line> lines;
  std::istringstream in(input);
  for (std::string text; std::getline(in, text);) {
    const auto equals = text.find(" = ");
    REQUIRE(equals != std::string::npos);
    const std::string key = text.substr(0, equals);
    lines.push_back({key, text.substr(equals + 3), kind_of(key)});
  }
  return lines;
}

std::string quoted_text(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  return out + "\"";
}

// The same in YAML's flow style and in TOML.
std::string literal(const Line& line) {
  switch (line.kind) {
    case OptionKind::toggle:
    case OptionKind::boolean:
    case OptionKind::on_boolean:
    case OptionKind::integer:
      return line.value;
    case OptionKind::list: {
      std::string text;
      for (const auto& item : split_list(line.value)) text += (text.empty() ? "" : ", ") + quoted_text(item);
      return "[" + text + "]";
    }
    default:
      return quoted_text(line.value);
  }
}

struct Branch {
  std::string leaf;
  std::map<std::string, Branch> below;
};

std::string flow(const Branch& branch) {
  if (branch.below.empty()) return branch.leaf;
  std::string text;
  for (const auto& [name, child] : branch.below) {
    text += (text.empty() ? "" : ", ") + quoted_text(name) + ": " + flow(child);
  }
  return "{" + text + "}";
}

std::string yaml_of(const std::vector<Line>& lines) {
  Branch root;
  for (const Line& line : lines) {
    Branch* at = &root;
    for (const auto& element : split_key(line.key)) at = &at->below[element];
    at->leaf = literal(line);
  }
  return flow(root) + "\n";
}

std::string toml_of(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) {
    // A table with keys cannot be `true` as well.
    const bool has_keys =
        std::ranges::any_of(lines, [&](const Line& other) { return other.key.starts_with(line.key + "."); });
    if (has_keys) continue;
    std::string key;
    for (const auto& element : split_key(line.key)) key += (key.empty() ? "" : ".") + quoted_text(element);
    text += key + " = " + literal(line) + "\n";
  }
  return text;
}

using Variables = std::map<std::string, std::string>;

Variables variables_of(const std::vector<Line>& lines) {
  Variables variables;
  for (const Line& line : lines) {
    const std::string name = variable_name(line.key);
    if (line.kind != OptionKind::list) {
      variables[name] = line.value;
      continue;
    }
    std::size_t index = 0;
    for (const auto& item : split_list(line.value)) variables[name + "_" + std::to_string(index++)] = item;
  }
  return variables;
}

std::vector<std::string> flags_of(const std::vector<Line>& lines) {
  std::vector<std::string> flags;
  for (const Line& line : lines) flags.push_back("--" + line.key + "=" + line.value);
  return flags;
}

OptionsResult read_from(const std::vector<std::string>& flags, const Variables& variables, const std::string& path,
                        const std::string& content) {
  Environment environment;
  environment.read_file = [&](const std::string& wanted, std::size_t) -> std::expected<std::string, ReadFailure> {
    if (wanted != path) return std::unexpected(ReadFailure{true, "none"});
    return content;
  };
  environment.variable = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  };
  environment.variable_names = [&] {
    std::vector<std::string> names;
    for (const auto& [name, value] : variables) names.push_back(name);
    return names;
  };
  auto result = read_options(flags, environment);
  result.options.file.clear();
  return result;
}

std::string texts_of(const Problems& problems) {
  std::string text;
  for (const auto& problem : problems) {
    text += std::string{to_string(problem.severity)} + " " + problem.code + " " + problem.text + "\n";
  }
  return text;
}

std::string produce_from_all(const std::string& input) {
  const auto lines = read_lines(input);
  const auto by_flag = read_from(flags_of(lines), {}, "", "");
  const std::vector<std::pair<std::string, OptionsResult>> others{
      {"variables", read_from({}, variables_of(lines), "", "")},
      {"YAML", read_from({}, {}, "./traefik.yml", yaml_of(lines))},
      {"TOML", read_from({}, {}, "./traefik.toml", toml_of(lines))}};
  std::string text = options_text(by_flag.options) + texts_of(by_flag.problems);
  for (const auto& [name, other] : others) {
    const std::string shown = options_text(other.options) + texts_of(other.problems);
    if (!(other.options == by_flag.options) || shown != text) text += name + " gives something else:\n" + shown;
  }
  return text;
}

TEST_CASE("options: flags, variables, YAML and TOML give the same") {
  test::check_golden("option_sources", 85, produce_from_all);
}

TEST_CASE("options: every key that is done has a row of sources, and shows there that it has an effect") {
  std::map<std::string, std::string> rows;  // by pattern: the case, down to the next
  const std::filesystem::path folder = std::filesystem::path{MOORING_SOURCE_DIR} / "test/golden/option_sources";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path());
    std::string* row = nullptr;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("==== ")) {
        row = &rows[line.substr(5)];
      } else if (row != nullptr) {
        *row += line + "\n";
      }
    }
  }
  std::set<std::string> done;
  for (const OptionNode* leaf : option_leaves()) {
    if (leaf->status == OptionStatus::done) done.insert(leaf->pattern);
  }
  for (const auto& pattern : done) {
    INFO(pattern);
    REQUIRE(rows.contains(pattern));
    std::string key = rows[pattern].substr(0, rows[pattern].find(" = "));
    // The case is about this key, and the key is among what the options show.
    std::string spelled = pattern;
    if (const auto star = spelled.find('*'); star != std::string::npos) spelled.replace(star, 1, "web");
    CHECK(key.starts_with(spelled));
    const auto below = rows[pattern].find("----\n");
    REQUIRE(below != std::string::npos);
    CHECK(rows[pattern].find("\n" + spelled, below) != std::string::npos);
    CHECK(rows[pattern].find("gives something else") == std::string::npos);
  }
  for (const auto& [pattern, row] : rows) {
    INFO(pattern);
    CHECK(done.contains(pattern));
  }
}

}  // namespace
}  // namespace mooring::config
