#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

#include "proxy/config/options_apply.h"
#include "proxy/config/options_schema.h"
#include "proxy/config/options_show.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

TEST_CASE("every option that counts as done has a field, and no other has one") {
  std::set<std::string> done;
  for (const OptionNode* leaf : option_leaves()) {
    if (leaf->status == OptionStatus::done) done.insert(leaf->pattern);
  }
  std::set<std::string> applied;
  for (const auto key : applied_keys()) applied.emplace(key);
  CHECK(done == applied);
  std::set<std::string> shown;
  for (const auto key : shown_keys()) shown.emplace(key);
  CHECK(done == shown);
}

TEST_CASE("the schema has no key twice, in whatever case, and says what to do about removed ones") {
  std::set<std::string> seen;
  for (const OptionNode* leaf : option_leaves()) {
    INFO(leaf->pattern);
    CHECK(seen.insert(ascii_lower(leaf->pattern)).second);
    CHECK(leaf->note.empty() == (leaf->status != OptionStatus::removed));
  }
  CHECK(seen.size() > 400);
}

TEST_CASE("keys are found without regard to case, chosen names after fixed ones") {
  const OptionNode* providers = option_schema().find("PROVIDERS");
  REQUIRE(providers != nullptr);
  const OptionNode* docker = providers->find("Docker");
  REQUIRE(docker != nullptr);
  REQUIRE(docker->find("exposedbydefault") != nullptr);
  CHECK(docker->find("exposedbydefault")->pattern == "providers.docker.exposedByDefault");
  CHECK(docker->find("exposed") == nullptr);
  const OptionNode* entry_points = option_schema().find("entrypoints");
  REQUIRE(entry_points != nullptr);
  REQUIRE(entry_points->find("anything") != nullptr);
  CHECK(entry_points->find("anything")->name == "*");
}

TEST_CASE("one status for a whole section where one message is enough") {
  const auto status = [](std::string_view section) {
    const OptionNode* node = option_schema().find(section);
    REQUIRE(node != nullptr);
    return std::pair{node->uniform, node->status};
  };
  CHECK(status("tracing") == std::pair{true, OptionStatus::known});
  CHECK(status("metrics") == std::pair{true, OptionStatus::known});
  CHECK(status("certificatesResolvers") == std::pair{true, OptionStatus::known});
  CHECK_FALSE(status("global").first);
  CHECK_FALSE(status("providers").first);
  CHECK_FALSE(status("accessLog").first);
}

}  // namespace
}  // namespace mooring::config
