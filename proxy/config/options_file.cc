#include "proxy/config/options_file.h"

#include <string_view>
#include <utility>

#include "proxy/config/options_yaml.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

bool has_ending(std::string_view path, std::string_view ending) {
  return path.size() > ending.size() && equal_fold(path.substr(path.size() - ending.size()), ending);
}

bool is_toml(std::string_view path) {
  return has_ending(path, ".toml");
}
bool is_yaml(std::string_view path) {
  return has_ending(path, ".yaml") || has_ending(path, ".yml");
}

Problem file_problem(const std::string& where, const std::string& path, std::string text, std::string fix) {
  return {std::string{option_code::kUnreadableFile},
          Severity::error,
          where,
          printable(path),
          std::move(text),
          std::string{kNoStart},
          std::move(fix)};
}

// What is wrong with the file's kind, before it is read; nothing for YAML.
std::optional<Problem> refuse_kind(const std::string& path, const std::string& where) {
  if (is_yaml(path)) return std::nullopt;
  if (is_toml(path)) {
    return file_problem(where, path, "TOML is known to Traefik but not done yet in Mooring",
                        "write the same options in YAML, in a file that ends in .yml");
  }
  return file_problem(where, path, "the name does not say what the file is", "let it end in .yml or .yaml");
}

void take_content(const std::string& path, std::string_view content, FileSettings& result) {
  auto yaml = read_options_yaml(content, printable(path));
  result.settings = std::move(yaml.settings);
  result.problems = std::move(yaml.problems);
}

FileSettings read_named(const Setting& named, const Environment& environment) {
  FileSettings result;
  result.file = named.values.empty() ? "" : named.values.front();
  if (result.file.empty()) {
    result.problems.push_back(option_error(option_code::kBadValue, named, "expected the path of a YAML file"));
    return result;
  }
  if (auto problem = refuse_kind(result.file, named.where)) {
    result.problems.push_back(std::move(*problem));
    return result;
  }
  const auto content = environment.read_file(result.file, kMaxFileBytes);
  if (content) {
    take_content(result.file, *content, result);
  } else {
    result.problems.push_back(
        file_problem(named.where, result.file, "cannot be read: " + content.error().text, "correct --configFile"));
  }
  return result;
}

}  // namespace

std::vector<std::string> option_file_places(const Environment& environment) {
  std::vector<std::string> folders{"/etc/traefik/"};
  if (const auto folder = environment.variable("XDG_CONFIG_HOME"); folder && !folder->empty()) {
    folders.push_back(*folder + "/");
  }
  if (const auto home = environment.variable("HOME"); home && !home->empty()) folders.push_back(*home + "/.config/");
  folders.emplace_back("./");

  std::vector<std::string> places{"/etc/mooring/mooring.yaml", "/etc/mooring/mooring.yml"};
  for (const auto& folder : folders) {
    for (const std::string_view name : {"mooring.yaml", "mooring.yml"}) places.push_back(folder + std::string{name});
  }
  for (const auto& folder : folders) {
    for (const std::string_view name : {"traefik.toml", "traefik.yaml", "traefik.yml"}) {
      places.push_back(folder + std::string{name});
    }
  }
  return places;
}

FileSettings read_options_file(const std::optional<Setting>& named, const Environment& environment) {
  if (named) return read_named(*named, environment);
  FileSettings result;
  for (const auto& path : option_file_places(environment)) {
    const auto content = environment.read_file(path, kMaxFileBytes);
    if (!content && content.error().missing) continue;
    result.file = path;
    if (auto problem = refuse_kind(path, "configuration file")) {
      result.problems.push_back(std::move(*problem));
    } else if (!content) {
      result.problems.push_back(file_problem("configuration file", path, "cannot be read: " + content.error().text,
                                             "make it readable, or delete it"));
    } else {
      take_content(path, *content, result);
    }
    return result;
  }
  return result;
}

}  // namespace mooring::config
