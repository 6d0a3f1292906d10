// `mooring check` against the files of test/golden/check and test/golden/mistakes.
//
// check: the input holds files, each opened by a line "@@ name", and perhaps "@@ environment" with NAME=value lines.
// mistakes: the labels of one container, one a line; a line "--flag" is an option of the proxy, and "@ports 80, 81:80"
// says what the container exposes or publishes.
#include <catch2/catch_test_macros.hpp>
#include <sstream>
#include <string>

#include "proxy/config/compose_variables.h"
#include "test/support/golden.h"
#include "test/unit/cli/check_bench.h"

namespace mooring::cli {
namespace {

constexpr std::string_view kFileMark = "@@ ";

std::string check_files(const std::string& text) {
  Texts files;
  Texts variables;
  std::string current;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kFileMark)) {
      current = line.substr(kFileMark.size());
      if (current != "environment") files[current];
    } else if (current == "environment") {
      variables.merge(config::read_env_file(line, [](const std::string&) { return std::nullopt; }));
    } else if (!current.empty()) {
      files[current] += line + "\n";
    }
  }
  return check_report(check_texts(files, variables), CheckFormat::text);
}

// In double quotes, as YAML reads them; a dollar sign is doubled for Compose.
std::string yaml_quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '$') out += '$';
    out += c;
  }
  return out + "\"";
}

std::string check_labels(const std::string& text) {
  std::string labels;
  std::string ports;
  std::string flags = "      - --entryPoints.web.address=:80\n";
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with("# ")) continue;
    if (line.starts_with("--")) {
      flags += "      - " + yaml_quoted(line) + "\n";
    } else if (line.starts_with("@ports ")) {
      ports = "    ports: [\"" + line.substr(7) + "\"]\n";
      for (auto at = ports.find(", "); at != std::string::npos; at = ports.find(", ", at + 4)) {
        ports.replace(at, 2, "\", \"");
      }
    } else {
      labels += "      - " + yaml_quoted(line) + "\n";
    }
  }
  const std::string file = "services:\n  proxy:\n    image: mooring\n    command:\n" + flags +
                           "  web:\n    image: shop\n" + ports + (labels.empty() ? "" : "    labels:\n" + labels);
  std::string out;
  for (const Finding& finding : check_texts({{"compose.yaml", file}}).findings) {
    out += config::to_line(finding.problem) + "\n";
  }
  return out.empty() ? "nothing\n" : out;
}

TEST_CASE("check says of files what the golden files say") {
  test::check_golden("check", 20, check_files);
}

TEST_CASE("each mistake gives exactly its Problems") {
  test::check_golden("mistakes", 150, check_labels);
}

}  // namespace
}  // namespace mooring::cli
