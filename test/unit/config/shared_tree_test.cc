#include "proxy/config/shared_tree.h"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "proxy/config/shared_map.h"

namespace mooring::config {
namespace {

using Plain = std::map<std::string, int>;

Plain plain(const SharedMap<int>& map) {
  Plain all;
  for (const auto& [name, value] : map) all.emplace(name, value);
  return all;
}

TEST_CASE("a map that nobody has filled") {
  const SharedMap<int> map;
  CHECK(map.empty());
  CHECK(map.size() == 0);
  CHECK(map.begin() == map.end());
  CHECK(map.find("a") == map.end());
  CHECK_FALSE(map.contains(std::string("a")));
  CHECK_THROWS_AS(map.at("a"), std::out_of_range);
}

TEST_CASE("a shared map does what a std::map does, and no version changes when another does") {
  std::mt19937 random(11);
  for (int round = 0; round < 20; ++round) {
    SharedMap<int> map;
    Plain expected;
    std::vector<std::pair<SharedMap<int>, Plain>> versions;
    for (int version = 0; version < 15; ++version) {
      const Edition edition = next_edition();
      for (int step = 0; step < 40; ++step) {
        const std::string name = "n" + std::to_string(random() % 60);
        if (random() % 3 == 0) {
          REQUIRE(map.erase(name, edition) == (expected.erase(name) == 1));
        } else {
          const int value = static_cast<int>(random() % 1000);
          map.set(name, value, edition);
          expected.insert_or_assign(name, value);
        }
        REQUIRE(map.size() == expected.size());
      }
      versions.emplace_back(map, expected);
    }
    for (const auto& [shared, ordinary] : versions) {
      REQUIRE(plain(shared) == ordinary);
      for (int i = 0; i < 60; ++i) {
        const std::string name = "n" + std::to_string(i);
        const auto found = shared.find(name);
        REQUIRE((found == shared.end()) == !ordinary.contains(name));
        if (found != shared.end()) REQUIRE(found->second == ordinary.at(name));
      }
    }
  }
}

TEST_CASE("what is found can be walked on from") {
  const SharedMap<int> map{{"d", 4}, {"a", 1}, {"c", 3}, {"b", 2}};
  std::string rest;
  for (auto at = map.find("b"); at != map.end(); ++at) rest += at->first;
  CHECK(rest == "bcd");
  auto at = map.find("d");
  CHECK(at++ == map.find("d"));
  CHECK(at == map.end());
  CHECK(map.at("c") == 3);
}

TEST_CASE("a changed copy of a large map makes few nodes anew, in whatever order it was filled") {
  for (const bool ascending : {true, false}) {
    SharedNames names;
    const Edition first = next_edition();
    for (int i = 0; i < 10'000; ++i) names.add(std::to_string(ascending ? 100'000 + i : 200'000 - i), first);
    const SharedNames before = names;
    const Edition second = next_edition();
    names.add("150000x", second);
    names.erase(ascending ? "100077" : "190100", second);
    CHECK(before.size() == 10'000);
    CHECK(names.size() == 10'000);
    CHECK(before.contains(ascending ? "100077" : "190100"));
    CHECK_FALSE(before.contains("150000x"));
    std::set<const std::string*> old;
    for (const std::string& name : before) old.insert(&name);
    std::size_t shared = 0;
    for (const std::string& name : names) shared += old.count(&name);
    CHECK(shared == 9'999);
  }
}

TEST_CASE("names are read as a list") {
  const SharedNames names{"b", "a", "b"};
  CHECK(names == std::vector<std::string>{"a", "b"});
  CHECK(std::vector<std::string>(names).size() == 2);
}

}  // namespace
}  // namespace mooring::config
