// test/golden/rules: rule × request → decision, rule → normal form, and bad rule → what its author is shown.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/routing/matcher.h"
#include "proxy/routing/rule_error.h"
#include "proxy/routing/rule_parser.h"
#include "test/unit/routing/request_line.h"

namespace mooring::routing {
namespace {

// Lines of a golden file: "rule …" (or "rule2 …", in v2's syntax), then "is …" (its normal form), "+ …" and "- …" (a
// request that matches, one that does not), or "> …" (the lines of the explanation). "#" and empty lines separate.
class GoldenFile {
 public:
  void read(const std::filesystem::path& path) {
    std::ifstream file(path);
    REQUIRE(file.is_open());
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
      INFO(path.filename().string() << ":" << number << ": " << line);
      take(line);
    }
    finish();
  }

  int rows = 0;

 private:
  static constexpr std::string_view kRule = "rule ";
  static constexpr std::string_view kRuleV2 = "rule2 ";

  void take(const std::string& line) {
    if (line.empty() || line.starts_with('#')) return;
    for (const auto& [word, dialect] : {std::pair{kRule, &dialect_v3()}, std::pair{kRuleV2, &dialect_v2()}}) {
      if (!line.starts_with(word)) continue;
      finish();
      rule_ = line.substr(word.size());
      dialect_ = dialect;
      return;
    }
    ++rows;
    if (line.starts_with("> ")) {
      explanation_ += (explanation_.empty() ? "" : "\n") + line.substr(2);
      return;
    }
    INFO("rule " << rule_);
    const auto rule = parse_rule(rule_, *dialect_);
    if (!rule) FAIL(explain(rule_, rule.error()));
    if (line.starts_with("is ")) {
      CHECK(canonical(*rule) == line.substr(3));
      // The normal form is v3's, whatever the rule was written in.
      const auto again = parse_rule(canonical(*rule));
      REQUIRE(again.has_value());
      CHECK(*again == *rule);
    } else {
      REQUIRE((line.starts_with("+ ") || line.starts_with("- ")));
      const RequestLine request(line.substr(2));
      CHECK(Matcher(*rule).matches(request.head, request.peer) == line.starts_with('+'));
    }
  }

  void finish() {
    if (!explanation_.empty()) {
      INFO("rule " << rule_);
      const auto rule = parse_rule(rule_, *dialect_);
      CHECK_FALSE(rule.has_value());
      if (!rule) CHECK(explain(rule_, rule.error()) == explanation_);
    }
    explanation_.clear();
  }

  std::string rule_;
  const RuleDialect* dialect_ = &dialect_v3();
  std::string explanation_;
};

TEST_CASE("rules decide as the golden files say") {
  int files = 0;
  int rows = 0;
  for (const auto& entry : std::filesystem::directory_iterator(MOORING_SOURCE_DIR "/test/golden/rules")) {
    if (entry.path().extension() != ".txt") continue;
    GoldenFile file;
    file.read(entry.path());
    CHECK(file.rows > 0);
    ++files;
    rows += file.rows;
  }
  CHECK(files >= 5);
  CHECK(rows >= 200);
}

}  // namespace
}  // namespace mooring::routing
