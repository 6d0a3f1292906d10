#include "proxy/cli/status_table.h"

#include <catch2/catch_test_macros.hpp>
#include <sstream>
#include <string>

#include "test/support/golden.h"

namespace mooring::cli {
namespace {

constexpr std::int64_t kNow = 1'763'830'800'000;  // 2025-11-22T17:00:00Z

// The input is a line of style ("width=80 color", or "-"), then the document.
std::string rendered(const std::string& input) {
  const auto end = input.find('\n');
  TextStyle style;
  std::istringstream words(input.substr(0, end));
  for (std::string word; words >> word;) {
    if (word == "color") style.color = true;
    if (word.starts_with("width=")) style.width = std::stoul(word.substr(6));
  }
  const Json document = Json::parse(input.substr(end + 1), nullptr, false);
  REQUIRE_FALSE(document.is_discarded());
  std::string table = status_table(document, kNow, style);
  // What a colour does to a terminal must not happen to whoever reads the golden file.
  for (std::size_t at = 0; (at = table.find('\x1b', at)) != std::string::npos;) table.replace(at, 1, "ESC");
  return table;
}

TEST_CASE("the status table is what the golden files say") {
  test::check_golden("status_table", 9, rendered);
}

TEST_CASE("a table is never wider than the terminal, as long as a column keeps six letters") {
  Json document = Json::parse(R"({"services": [{"name": "web@docker", "endpoints": []}]})");
  for (int i = 0; i < 40; ++i) {
    document["services"][0]["endpoints"].push_back({{"container", std::string(static_cast<std::size_t>(i * 7), 'c')},
                                                    {"address", "172.18.0." + std::to_string(i) + ":80"},
                                                    {"state", "unhealthy"},
                                                    {"why", std::string(static_cast<std::size_t>(i * 11), 'w')}});
  }
  for (const std::size_t width : {100U, 120U, 200U}) {
    std::istringstream lines(status_table(document, kNow, {.width = width, .color = false}));
    for (std::string line; std::getline(lines, line);) CHECK(columns_of(line) <= width);
  }
}

TEST_CASE("documents of any shape give a table") {
  for (
      const char* text :
      {"{}", R"({"routers": 5, "services": "x", "engine": [], "workers": null, "problems": {}})",
       R"({"routers": [1, null, "x", []], "services": [{"endpoints": [7, {}], "sticky": []}, 3], "problems": [2]})",
       R"({"generation": -1.5e300, "since": "yesterday", "startedAt": 5, "engine": {"lastEvent": "2025-99-99T00:00:00Z"}})",
       R"({"routers": [{"errors": [1, {}, null], "hits": 1e400, "name": ["a"]}]})"}) {
    INFO(text);
    const Json document = Json::parse(text, nullptr, false);
    if (document.is_discarded()) continue;  // 1e400 is no JSON number for every reader
    CHECK(status_table(document, kNow, {}).starts_with("Mooring"));
  }
}

TEST_CASE("an age has one unit") {
  CHECK(age(-5'000) == "0s");
  CHECK(age(0) == "0s");
  CHECK(age(119'999) == "119s");
  CHECK(age(120'000) == "2m");
  CHECK(age(7'199'000) == "119m");
  CHECK(age(7'200'000) == "2h");
  CHECK(age(172'799'000) == "47h");
  CHECK(age(172'800'000) == "2d");
}

TEST_CASE("text is cut between code points") {
  CHECK(cut("abc", 3) == "abc");
  CHECK(cut("abcd", 3) == "ab…");
  CHECK(cut("äöüß", 3) == "äö…");
  CHECK(cut("äöü", 3) == "äöü");
  CHECK(cut("abc", 1) == "…");
  CHECK(cut("abc", 0).empty());
  CHECK(columns_of("→ ä") == 3);
}

}  // namespace
}  // namespace mooring::cli
