#include "proxy/config/options_file.h"

#include <string_view>
#include <utility>

#include "proxy/config/options_tree.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

Problem file_problem(const std::string& where, const std::string& path, std::string text, std::string fix) {
  return {std::string{option_code::kUnreadableFile},
          Severity::error,
          where,
          printable(path),
          std::move(text),
          std::string{kNoStart},
          std::move(fix)};
}

Problem unknown_kind(const std::string& where, const std::string& path) {
  return file_problem(where, path, "the name does not say what the file is", "let it end in .yml, .yaml or .toml");
}

void take_content(const std::string& path, TextFormat format, std::string_view content, FileSettings& result) {
  auto read = read_options_text(format, content, printable(path));
  result.settings = std::move(read.settings);
  result.problems = std::move(read.problems);
}

FileSettings read_named(const Setting& named, const Environment& environment) {
  FileSettings result;
  result.file = named.values.empty() ? "" : named.values.front();
  if (result.file.empty()) {
    result.problems.push_back(option_error(option_code::kBadValue, named, "expected the path of a YAML or TOML file"));
    return result;
  }
  const auto format = text_format(result.file);
  if (!format) {
    result.problems.push_back(unknown_kind(named.where, result.file));
    return result;
  }
  const auto content = environment.read_file(result.file, kMaxFileBytes);
  if (content) {
    take_content(result.file, *format, *content, result);
  } else {
    result.problems.push_back(
        file_problem(named.where, result.file, "cannot be read: " + content.error().text, "correct " + named.key));
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

  std::vector<std::string> places;
  const auto add = [&](const std::string& stem) {
    for (const std::string_view ending : {".toml", ".yaml", ".yml"}) places.push_back(stem + std::string{ending});
  };
  add("/etc/mooring/mooring");
  for (const auto& folder : folders) add(folder + "mooring");
  for (const auto& folder : folders) add(folder + "traefik");
  return places;
}

FileSettings read_options_file(const std::optional<Setting>& named, const Environment& environment) {
  if (named) return read_named(*named, environment);
  FileSettings result;
  for (const auto& path : option_file_places(environment)) {
    const auto content = environment.read_file(path, kMaxFileBytes);
    if (!content && content.error().missing) continue;
    result.file = path;
    if (!content) {
      result.problems.push_back(file_problem("configuration file", path, "cannot be read: " + content.error().text,
                                             "make it readable, or delete it"));
    } else {
      take_content(path, text_format(path).value_or(TextFormat::yaml), *content, result);
    }
    return result;
  }
  return result;
}

}  // namespace mooring::config
