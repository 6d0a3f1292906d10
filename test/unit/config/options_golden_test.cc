// Files, flags and variables above the line, the options and Problems that they give below.
//
// Lines of the input: `$ --flag …` is the command line, `@env NAME=value` a variable, `@file path` names the file that
// the lines after it fill (./traefik.yml without one), `@hex 00ff` and `@repeat 9 text` write what a text file cannot
// show, and `@directory path` says that there is one. Every other line is a line of that file.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "proxy/config/options_reader.h"
#include "test/support/golden.h"
#include "test/unit/config/options_text.h"

namespace mooring::config {
namespace {

struct Input {
  std::vector<std::string> flags;
  std::map<std::string, std::string> variables;
  std::map<std::string, std::string> files;
  std::set<std::string> directories;
};

std::string from_hex(const std::string& digits) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string repeated(const std::string& rest) {
  const auto blank = rest.find(' ');
  std::string text;
  for (int count = std::stoi(rest.substr(0, blank)); count > 0; --count) text += rest.substr(blank + 1);
  return text;
}

Input read_input(const std::string& text) {
  Input input;
  std::string file = "./traefik.yml";
  std::istringstream lines(text);
  std::string line;
  while (std::getline(lines, line)) {
    if (line.starts_with("$ ")) {
      std::istringstream words(line.substr(2));
      for (std::string word; words >> word;) input.flags.push_back(word);
    } else if (line.starts_with("@env ")) {
      const auto equals = line.find('=');
      input.variables[line.substr(5, equals - 5)] = line.substr(equals + 1);
    } else if (line.starts_with("@file ")) {
      file = line.substr(6);
      input.files[file];
    } else if (line.starts_with("@directory ")) {
      input.directories.insert(line.substr(11));
    } else if (line.starts_with("@hex ")) {
      input.files[file] += from_hex(line.substr(5));
    } else if (line.starts_with("@repeat ")) {
      input.files[file] += repeated(line.substr(8));
    } else {
      input.files[file] += line + "\n";
    }
  }
  return input;
}

std::string produce(const std::string& text) {
  const Input input = read_input(text);
  Environment environment;
  environment.read_file = [&](const std::string& path, std::size_t limit) -> std::expected<std::string, ReadFailure> {
    const auto found = input.files.find(path);
    if (found == input.files.end()) return std::unexpected(ReadFailure{true, "No such file or directory"});
    if (found->second.size() > limit) return std::unexpected(ReadFailure{false, "it is larger than 1024 KiB"});
    return found->second;
  };
  environment.variable = [&](const std::string& name) -> std::optional<std::string> {
    const auto found = input.variables.find(name);
    if (found == input.variables.end()) return std::nullopt;
    return found->second;
  };
  environment.variable_names = [&] {
    std::vector<std::string> names;
    for (const auto& [name, value] : input.variables) names.push_back(name);
    return names;
  };
  environment.is_directory = [&](const std::string& path) { return input.directories.contains(path); };
  return result_text(read_options(input.flags, environment));
}

TEST_CASE("options: files, flags and variables give these options and problems") {
  test::check_golden("options", 90, produce);
}

}  // namespace
}  // namespace mooring::config
