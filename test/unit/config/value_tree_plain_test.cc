#include "proxy/config/value_tree_plain.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <random>
#include <string>

namespace mooring::config {
namespace {

constexpr TreeLimits kExact{.fold_case = false};

// yaml-cpp's reading: where case is folded, nobody else reads.
TreeReading in_full(const std::string& text) {
  return read_yaml_tree(text, "a.yml", {});
}

TEST_CASE("what is plain is read to the tree that yaml-cpp makes of it, lines included") {
  const std::string text =
      GENERATE(as<std::string>{}, "http:\n", "a: b\n", "a: b", "# comment\n\n  # another\na: b\n\n\nc: d\n",
               "http:\n  routers:\n    web:\n      rule: Host(`a.b`) && !Path(`/x`)\n      service: web@file\n",
               "a:\n  - x\n  - http://10.0.0.1:80\nb: 1\n", "a:\n- x\n- y\nb:\n- k: v\n  l: w\n- k: v2\n",
               "a:\n  - url: http://h:1\n    weight: 3\n  -   url: x\n      weight: 4\n  - plain\n",
               "a: \"quoted # text: with\"\nb: ''\n", "a: \"null\"\nb: null\nc:\nd: NULL\ne: 'it'\n",
               "a:   b   \nb:  \nc: d\n", "a:\n      b:\n            c: d\ne: f\n",
               "a: $HOME/x{y}[z]\nb: (x)\nc: ./x\nd: a:b\ne: a,b & c | d * e ! f % g @ h ` i\n",
               "a:\n  # b\n  b: c\n # d\n  e: f\n", "true: false\n1: 2\na/b: c\na-b.c@d_e: 0x1\n",
               "a:\n  - k:\n      l: m\n    n:\n      - o\n  - p:\n");
  INFO(text);
  const auto plain = read_plain_yaml(text, kExact);
  REQUIRE(plain.has_value());
  const TreeReading full = in_full(text);
  CHECK(full.problems.empty());
  CHECK(*plain == full.tree);
  CHECK(read_yaml_tree(text, "a.yml", kExact).tree == *plain);
}

TEST_CASE("what is not plain is left to yaml-cpp") {
  const std::string text = GENERATE(
      as<std::string>{}, "", "\n# only\n", "text\n", "- a\n", " a: b\n", "---\na: b\n", "a: b\n...\n",
      "%YAML 1.2\n---\na: b\n", "a: &x b\nc: *x\n", "a: !!str b\n", "a: [b]\n", "a: {b: c}\n", "a: |\n  b\n",
      "a: >-\n  b\n", "a: b\n  c\n", "a:\n  b\n", "a:\n  - b\n    c\n", "a: \"b\\n\"\n", "a: \"b\n", "a: 'it''s'\n",
      "a: \"b\" c\n", "\"a\": b\n", "? a\n: b\n", "a: b # c\n", "a: b#c\n", "a: b: c\n", "a: b:\n", "a: b\na: c\n",
      "<<: b\n", "null: b\n", "~: b\n", "a: ~\n", "a: - b\n", "a:\n  -\n", "a:\n  - - b\n", "a:\tb\n", "a: b\r\n",
      "a: \xC3\xA9\n", "a: @b\n", "a: `b`\n", "a: *\n", "a: -1\n", "a:b\n", "a : b\n", "a: b\n c: d\n",
      "a:\n  b: c\n d: e\n", "a:\n    - b\n  - c\n", "a: b\n- c\n", "a:\n  b: c\n   d: e\n");
  INFO(text);
  CHECK_FALSE(read_plain_yaml(text, kExact).has_value());
}

TEST_CASE("the limits are those of the other reader") {
  std::string deep;
  for (int level = 0; level < 5; ++level) deep += std::string(static_cast<std::size_t>(level) * 2, ' ') + "k:\n";
  for (std::size_t depth = 0; depth < 8; ++depth) {
    const TreeLimits limits{.depth = depth, .values = 100};
    CHECK(read_plain_yaml(deep, limits).has_value() == read_yaml_tree(deep, "a.yml", limits).problems.empty());
  }
  const std::string many = "a:\n  - x\n  - k: v\n    l:\nb: null\n";
  for (std::size_t values = 1; values < 20; ++values) {
    const TreeLimits limits{.values = values};
    CHECK(read_plain_yaml(many, limits).has_value() == read_yaml_tree(many, "a.yml", limits).problems.empty());
  }
}

// Lines at random: most are nonsense, which is the point.
TEST_CASE("whatever it takes, yaml-cpp reads the same") {
  constexpr std::array<const char*, 4> kIndents = {"", "  ", "  ", "    "};
  constexpr std::array<const char*, 5> kDashes = {"", "", "", "- ", "-   "};
  constexpr std::array<const char*, 8> kKeys = {"a: ", "b:", "c: ", "d:", "ee: ", "f/g: ", "", "null: "};
  constexpr std::array<const char*, 16> kValues = {"",     "",         "x",    "http://h:80/p",
                                                   "'q'",  "\"a: b\"", "null", "x y",
                                                   "a:b",  "x # y",    "[x]",  "Host(`a`) || !Path(`/b`)",
                                                   "\"\"", "x:",       "- y",  "1.5"};
  std::minstd_rand random(11);
  const auto one_of = [&](const auto& all) { return std::string(all.at(random() % all.size())); };
  int taken = 0;
  for (int round = 0; round < 60'000; ++round) {
    std::string text = one_of(kKeys) + one_of(kValues) + "\n";
    for (auto lines = random() % 5; lines > 0; --lines) {
      text +=
          one_of(kIndents) + one_of(kDashes) + one_of(kKeys) + one_of(kValues) + (random() % 9 == 0 ? "\n\n" : "\n");
    }
    const auto plain = read_plain_yaml(text, kExact);
    if (!plain) continue;
    ++taken;
    const TreeReading full = in_full(text);
    if (!full.problems.empty() || full.tree != *plain) {
      INFO(text);
      CHECK(full.problems.empty());
      REQUIRE(full.tree == *plain);
    }
  }
  CHECK(taken > 3'000);
}

}  // namespace
}  // namespace mooring::config
