#include "test/support/golden.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace mooring::test {
namespace {

constexpr std::string_view kCase = "==== ";
constexpr std::string_view kDivider = "----";

struct Case {
  std::string title;  // the "==== name" line, or empty
  std::string input;
  std::string expected;
};

// A file without a "==== name" line is one case.
std::vector<Case> read_cases(const std::string& text) {
  std::vector<Case> cases;
  bool below = false;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto end = std::min(text.find('\n', at), text.size() - 1);
    const std::string line = text.substr(at, end - at + 1);
    at = end + 1;
    const bool opens = line.starts_with(kCase);
    if (opens || cases.empty()) {
      cases.push_back({opens ? line : "", "", ""});
      below = false;
      if (opens) continue;
    }
    if (!below && (line == std::string{kDivider} + "\n" || line == kDivider)) {
      below = true;
      continue;
    }
    (below ? cases.back().expected : cases.back().input) += line;
  }
  return cases;
}

std::string with_newline(std::string text) {
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text;
}

std::size_t check_file(const std::filesystem::path& path, bool update, const Produce& produce) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::string rewritten;
  const auto cases = read_cases(text);
  for (const auto& one : cases) {
    INFO(path.filename().string() << " " << one.title);
    const std::string actual = with_newline(produce(one.input));
    if (!update) CHECK(actual == one.expected);
    rewritten += one.title + with_newline(one.input) + std::string{kDivider} + "\n" + actual;
  }
  if (update && rewritten != text) std::ofstream(path, std::ios::binary) << rewritten;
  return cases.size();
}

}  // namespace

void check_golden(std::string_view topic, std::size_t at_least, const Produce& produce) {
  const char* variable = std::getenv("MOORING_UPDATE_GOLDEN");
  const bool update = variable != nullptr && std::string_view{variable} == "1";
  const auto folder = std::filesystem::path(MOORING_SOURCE_DIR) / "test" / "golden" / topic;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  std::size_t count = 0;
  for (const auto& file : files) count += check_file(file, update, produce);
  CHECK(count >= at_least);
}

}  // namespace mooring::test
