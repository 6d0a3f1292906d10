#include "proxy/config/problem_codes.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mooring::config {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// String literals of the form of a code, "L001" or "S01", in one source file.
void collect_codes(const std::filesystem::path& path, std::set<std::string>& codes) {
  std::ifstream file{path, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  for (std::size_t open = text.find('"'); open != std::string::npos; open = text.find('"', open + 1)) {
    const std::size_t close = text.find('"', open + 1);
    if (close == std::string::npos) return;
    const std::string word = text.substr(open + 1, close - open - 1);
    if (word.size() < 3 || word.size() > 4 || word[0] < 'A' || word[0] > 'Z') continue;
    if (std::ranges::all_of(word.substr(1), is_digit)) codes.insert(word);
  }
}

std::set<std::string> codes_in_sources() {
  std::set<std::string> codes;
  for (const auto* folder : {"proxy", "providers", "middleware"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator{std::filesystem::path{MOORING_SOURCE_DIR} / folder}) {
      const auto extension = entry.path().extension();
      if (extension == ".cc" || extension == ".h") collect_codes(entry.path(), codes);
    }
  }
  return codes;
}

TEST_CASE("codes stand in the table once, in order, with a title") {
  CHECK(title_of(code::kUnknownKey) == "Unknown key");
  CHECK(title_of("L999").empty());
  CHECK(title_of("").empty());
  const auto codes = problem_codes();
  for (std::size_t i = 1; i < codes.size(); ++i) CHECK(codes[i - 1].code < codes[i].code);
  for (const ProblemCode& each : codes) CHECK_FALSE(each.title.empty());
}

TEST_CASE("each code that a source file uses stands in the table") {
  const auto used = codes_in_sources();
  REQUIRE(used.size() > 30);
  for (const std::string& code : used) {
    INFO(code);
    CHECK_FALSE(title_of(code).empty());
  }
}

// Where "error L001 …" or the like begins in a line, whatever stands before it; npos: nowhere.
std::size_t problem_in(std::string_view line, std::string_view severity) {
  for (auto at = line.find(severity); at != std::string_view::npos; at = line.find(severity, at + 1)) {
    const std::string_view code = line.substr(at + severity.size());
    const bool first = at == 0 || line[at - 1] == ' ';
    if (first && code.size() > 2 && code[0] >= 'A' && code[0] <= 'Z' && is_digit(code[1]) && is_digit(code[2])) {
      return at;
    }
  }
  return std::string_view::npos;
}

bool shows(std::string_view line, const std::vector<std::string_view>& severities) {
  return std::ranges::any_of(severities,
                             [line](std::string_view one) { return problem_in(line, one) != std::string_view::npos; });
}

// What the golden files of this folder show of Problems: from a line that begins one to the next that does, or that
// begins another case.
void each_problem(const std::filesystem::path& folder, const auto& look) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path());
    std::string block;
    for (std::string line; std::getline(file, line); block += line + "\n") {
      if (!line.starts_with("====") && !shows(line, {"error ", "warning ", "info "})) continue;
      look(block);
      block.clear();
    }
    look(block);
  }
}

TEST_CASE("every error and warning says what was expected or how to mend it") {
  std::size_t seen = 0;
  for (const char* folder : {"check", "files", "fragments", "labels", "mistakes", "options"}) {
    each_problem(std::filesystem::path(MOORING_SOURCE_DIR) / "test/golden" / folder, [&](const std::string& block) {
      if (!shows(block.substr(0, block.find('\n')), {"error ", "warning "})) return;
      ++seen;
      CAPTURE(block);
      CHECK((block.contains("fix: ") || block.starts_with("expected ") || block.contains(" expected ")));
    });
  }
  CHECK(seen > 300);
}

}  // namespace
}  // namespace mooring::config
