// The pages of docs/ that are made from tables are those that the tables make now. MOORING_UPDATE_GOLDEN=1 writes them.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "proxy/config/label_reference.h"
#include "proxy/config/problem_pages.h"
#include "proxy/config/schema.h"

namespace mooring::config {
namespace {

const std::filesystem::path kDocs = std::filesystem::path{MOORING_SOURCE_DIR} / "docs";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void check_page(const std::filesystem::path& path, const std::string& page) {
  if (std::getenv("MOORING_UPDATE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << page;
    return;
  }
  INFO(path.string() << ": make it anew with `mooring docs`");
  CHECK(read_file(path) == page);
}

TEST_CASE("docs/problems has the page of each code, and no other") {
  std::set<std::string> names;
  for (const auto& [name, page] : problem_pages()) {
    check_page(kDocs / "problems" / name, page);
    names.insert(name);
  }
  REQUIRE(names.size() > 60);
  for (const auto& entry : std::filesystem::directory_iterator{kDocs / "problems"}) {
    INFO(entry.path().string());
    CHECK(names.contains(entry.path().filename().string()));
  }
}

TEST_CASE("each code says what it means, what gives it and how to mend it") {
  for (const ProblemCode& code : problem_codes()) {
    INFO(code.code);
    CHECK_FALSE(code.title.empty());
    CHECK(code.meaning.size() > 20);
    CHECK_FALSE(code.example.empty());
    CHECK_FALSE(code.remedy.empty());
  }
}

TEST_CASE("docs/labels-reference.md has every key of the schema") {
  const std::string page = label_reference();
  check_page(kDocs / "labels-reference.md", page);
  std::size_t rows = 0;
  for (std::size_t at = page.find("\n| `"); at != std::string::npos; at = page.find("\n| `", at + 1)) ++rows;
  CHECK(rows >= schema_entries().size() + own_entries().size());
  CHECK(page.contains("| `mooring.http.services.<name>.healthcheck.rise` |"));
}

TEST_CASE("a default is known for every key, and belongs to a key that there is") {
  std::set<std::string_view> paths;
  for (const SchemaEntry* entry : schema_entries()) {
    CHECK_FALSE(default_of(*entry).empty());
    paths.insert(entry->path);
  }
  for (const SchemaEntry& entry : own_entries()) {
    CHECK_FALSE(default_of(entry).empty());
    paths.insert(entry.path);
  }
  for (const std::string_view path : defaulted_paths()) {
    INFO(path);
    bool found = paths.contains(path);
    for (const std::string_view each : paths) found = found || each.ends_with("." + std::string{path});
    CHECK(found);
  }
  const auto entry_of = [](std::string_view path) -> const SchemaEntry& {
    for (const SchemaEntry* entry : schema_entries()) {
      if (entry->path == path) return *entry;
    }
    FAIL(path);
    return *schema_entries().front();
  };
  CHECK(default_of(entry_of("http.services.*.loadBalancer.passHostHeader")) == "true");
  CHECK(default_of(entry_of("http.middlewares.*.sticky.cookie.path")) == "/");
  CHECK(default_of(entry_of("http.services.*.loadBalancer.sticky.cookie.secure")) == "false");
  CHECK(default_of(entry_of("http.services.*.loadBalancer.healthCheck.interval")) == "30s");
}

}  // namespace
}  // namespace mooring::config
