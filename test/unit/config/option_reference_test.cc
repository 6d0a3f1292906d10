#include "proxy/config/option_reference.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "proxy/config/options_schema.h"

namespace mooring::config {
namespace {

TEST_CASE("every option that is done says what it is for, and no other does") {
  for (const OptionNode* leaf : option_leaves()) {
    INFO(leaf->pattern);
    CHECK(option_purpose(leaf->pattern).empty() == (leaf->status != OptionStatus::done));
  }
  CHECK(option_purpose("no.such.key").empty());
}

TEST_CASE("the reference names every key, or the whole section that it is in") {
  const std::string page = option_reference();
  for (const OptionNode* leaf : option_leaves()) {
    INFO(leaf->pattern);
    bool found = page.find("`" + leaf->pattern + "`") != std::string::npos;
    for (auto dot = leaf->pattern.rfind('.'); !found && dot != std::string::npos && dot != 0;
         dot = leaf->pattern.rfind('.', dot - 1)) {
      found = page.find("- `" + leaf->pattern.substr(0, dot) + "`") != std::string::npos;
    }
    CHECK(found);
  }
}

TEST_CASE("docs/options-reference.md is what the schema makes") {
  const std::string path = std::string{MOORING_SOURCE_DIR} + "/docs/options-reference.md";
  if (std::getenv("MOORING_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << option_reference();
  std::ifstream in(path);
  std::ostringstream committed;
  committed << in.rdbuf();
  // Stale: run `mooring docs options > docs/options-reference.md`.
  CHECK(committed.str() == option_reference());
}

}  // namespace
}  // namespace mooring::config
