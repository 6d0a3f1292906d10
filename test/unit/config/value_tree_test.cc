#include "proxy/config/value_tree.h"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace mooring::config {
namespace {

// One line a tree: "{web@1: {port@2: 80}, list@3: [a@4, ~@5]}".
std::string shown(const ValueTree& tree) {
  switch (tree.shape) {
    case ValueShape::empty:
      return "~";
    case ValueShape::scalar:
      return tree.text;
    case ValueShape::list:
    case ValueShape::map:
      break;
  }
  const bool map = tree.shape == ValueShape::map;
  std::string text;
  for (const ValueTree& child : tree.children) {
    text += text.empty() ? "" : ", ";
    text += map ? child.key + "@" + std::to_string(child.line) + ": " : "";
    text += shown(child);
    text += map ? "" : "@" + std::to_string(child.line);
  }
  return (map ? "{" : "[") + text + (map ? "}" : "]");
}

std::string shown(const TreeReading& reading) {
  std::string text = shown(reading.tree);
  for (const Problem& problem : reading.problems) {
    text += "\n" + problem.code + " " + problem.where + " " + problem.key + ": " + problem.text;
  }
  return text;
}

std::string yaml(const std::string& text, const TreeLimits& limits = {}) {
  return shown(read_yaml_tree(text, "f", limits));
}
std::string toml(const std::string& text, const TreeLimits& limits = {}) {
  return shown(read_toml_tree(text, "f", limits));
}

TEST_CASE("one content in YAML and in TOML is one tree but for the lines") {
  const TreeReading first = read_yaml_tree(
      "http:\n"
      "  routers:\n"
      "    \"a.b\": {rule: 'Host(`x`)', priority: 10, entryPoints: [web, other]}\n"
      "  services:\n"
      "    s:\n"
      "      servers:\n"
      "        - url: http://one\n"
      "          weight: 2\n"
      "        - {url: http://two, preservePath: true}\n"
      "ratio: 0.5\n",
      "f.yml", {});
  const TreeReading second = read_toml_tree(
      "ratio = 0.5\n"
      "[http.routers.\"a.b\"]\n"
      "rule = 'Host(`x`)'\n"
      "priority = 10\n"
      "entryPoints = [\"web\", \"other\"]\n"
      "[[http.services.s.servers]]\n"
      "url = \"http://one\"\n"
      "weight = 2\n"
      "[[http.services.s.servers]]\n"
      "url = \"http://two\"\n"
      "preservePath = true\n",
      "f.toml", {});
  CHECK(shown(first) ==
        "{http@1: {routers@2: {a.b@3: {rule@3: Host(`x`), priority@3: 10, entryPoints@3: [web@3, other@3]}}, "
        "services@4: {s@5: {servers@6: [{url@7: http://one, weight@8: 2}@7, "
        "{url@9: http://two, preservePath@9: true}@9]}}}, ratio@10: 0.5}");
  CHECK(shown(second) ==
        "{ratio@1: 0.5, http@2: {routers@2: {a.b@2: {rule@3: Host(`x`), priority@4: 10, "
        "entryPoints@5: [web@5, other@5]}}, services@6: {s@6: {servers@6: [{url@7: http://one, weight@8: 2}@6, "
        "{url@10: http://two, preservePath@11: true}@9]}}}}");
  REQUIRE(first.tree.find("HTTP") != nullptr);
  CHECK(first.tree.find("HTTP")->find("Routers")->line == 2);
  CHECK(first.tree.find("http.routers") == nullptr);
  CHECK(first.tree.values() == 19);
}

TEST_CASE("scalars of TOML are the text that YAML would have") {
  CHECK(toml("a = 10\nb = -1\nc = true\nd = \"x\\ny\"\ne = 1979-05-27\nf = '''\nx'''\ng = 0x10\nh = 07:32:00\n") ==
        "{a@1: 10, b@2: -1, c@3: true, d@4: x\ny, e@5: 1979-05-27, f@6: x, g@8: 16, h@9: 07:32:00}");
}

TEST_CASE("texts of TOML hold any character, in every kind of quotes and in comments") {
  const std::string e = "\xC3\xA9";
  CHECK(toml("a = \"" + e + "\\\"" + e + "\" # " + e + "\n'" + e + "' = '" + e + "\\'\n") ==
        "{a@1: " + e + "\"" + e + ", " + e + "@2: " + e + "\\}");
  CHECK(toml("a = \"\"\"" + e + "\n\"\" " + e + "\"\"\"\"\"\nb = '''" + e + "\n'" + e + "'''\nc = 1 #'" + e + "\n") ==
        "{a@1: " + e + "\n\"\" " + e + "\"\", b@3: " + e + "\n'" + e + ", c@5: 1}");
  CHECK(toml("a = \"\" # " + e + "\nb = ''\n") == "{a@1: , b@2: }");
}

TEST_CASE("nothing is an empty tree") {
  const std::vector<std::string> texts{"", "\n\n", "# only a comment\n", "\xEF\xBB\xBF", "---\n", "~\n"};
  for (const std::string& text : texts) {
    INFO(text);
    CHECK(yaml(text) == "~");
  }
  CHECK(toml("") == "~");
  CHECK(toml("# x\n") == "~");
  CHECK(yaml("a:\nb: {}\nc: []\nd: ''\n") == "{a@1: ~, b@2: {}, c@3: [], d@4: }");
  CHECK(toml("[a]\n") == "{a@1: {}}");
}

TEST_CASE("broken text: where and what") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"a: [1\n", "~\nO005 f:2 : broken YAML: end of sequence flow not found (column 1)"},
      {"a: 1\n\tb: 2\n", "~\nO005 f:2 : broken YAML: illegal tab when looking for indentation (column 1)"},
      {"a: *b\n", "~\nO005 f:1 : broken YAML: the referenced anchor is not defined: b (column 4)"},
      {"a: 1\nb: &x {c: *x}\n", "~\nO005 f:2 : an alias that stands within what it names"},
      {"a: 1\n---\nb: 2\n",
       "~\nO005 f:2 : something follows the end of the document: a second one, or a stray \",\", \"]\" or \"}\""},
      {"? [a]\n: 1\nb: 2\n", "{b@3: 2}\nO005 f:1 : a key that is no text"},
      {"a: 1\nb: 2\nA: 3\n", "{a@1: 1, b@2: 2}\nO008 f:3 A: the key stands twice in the same place"},
      {std::string("a: \0", 4), "~\nO005 f:1 : the file holds a NUL byte: it is no text, or text in UTF-16"},
      {"a: 1\nb: \xC0\x80\n", "~\nO005 f:2 : the file is not valid UTF-8"},
      {"<<: 1\na: 2\n", "{a@2: 2}\nO005 f:1 : \"<<\" takes a section or a list of sections to merge"},
  };
  for (const auto& [text, expected] : cases) {
    INFO(text);
    CHECK(yaml(text) == expected);
  }
  CHECK(toml("a = 1\nb = \n").starts_with("~\nO005 f:2 : broken TOML: "));
  CHECK(toml("a = 1\na = 2\n").starts_with("~\nO005 f:2 : broken TOML: "));
  CHECK(toml("a = 1\n\n[b]\nA = 1\na = 2\n") ==
        "{a@1: 1, b@3: {A@4: 1}}\nO008 f:5 b.a: the key stands twice in the same place");
  CHECK(toml("a = 'x'\nb = \xEF\xB3\xBF\n") == "~\nO005 f:2 : a character that is not ASCII stands outside quotes");
  CHECK(toml("\xC3\xA9 = 1\n").starts_with("~\nO005 f:1 : a character"));
  CHECK(toml("a = \"\xFF\"\n") == "~\nO005 f:1 : the file is not valid UTF-8");
}

TEST_CASE("names that differ in case are two where case counts") {
  TreeLimits limits;
  limits.fold_case = false;
  CHECK(yaml("a: 1\nA: 2\n", limits) == "{a@1: 1, A@2: 2}");
  CHECK(toml("a = 1\nA = 2\n", limits) == "{a@1: 1, A@2: 2}");
  CHECK(yaml("a: 1\na: 2\n", limits) == "{a@1: 1}\nO008 f:2 a: the key stands twice in the same place");
}

TEST_CASE("aliases repeat, merges fill up, and both are counted") {
  CHECK(yaml("a: &x {k: 1, l: 2}\nb: *x\nc: [*x, *x]\nd: {<<: *x, k: 3}\ne:\n  <<: [*x, {m: 4}]\n") ==
        "{a@1: {k@1: 1, l@1: 2}, b@2: {k@1: 1, l@1: 2}, c@3: [{k@1: 1, l@1: 2}@3, {k@1: 1, l@1: 2}@3], "
        "d@4: {k@4: 3, l@1: 2}, e@5: {k@1: 1, l@1: 2, m@6: 4}}");
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 1; j < 10; ++j) bomb += ", " + before;
    bomb += "]\n";
  }
  CHECK(yaml(bomb) == "~\nO005 f:5 : the file has more than 20000 values, what aliases repeat included");
}

TEST_CASE("depth is bounded, through aliases too") {
  TreeLimits limits;
  limits.depth = 3;
  CHECK(yaml("a: {b: {c: 1}}\n", limits) == "{a@1: {b@1: {c@1: 1}}}");
  CHECK(yaml("a: {b: {c: {d: 1}}}\n", limits) == "~\nO005 f:1 : the file is nested more than 3 levels deep");
  CHECK(yaml("a: &x {b: 1}\nc:\n  d:\n    e: *x\n", limits) ==
        "~\nO005 f:4 : the file is nested more than 3 levels deep");
  CHECK(toml("[a.b]\nc = 1\n", limits) == "{a@1: {b@1: {c@2: 1}}}");
  CHECK(toml("[a.b.c]\nd = 1\n", limits) == "~\nO005 f:2 : the file is nested more than 3 levels deep");
  std::string deep;
  for (int i = 0; i < 3000; ++i) deep += "[";
  CHECK(toml("a = " + deep + "\n").starts_with("~\nO005 f:1 : "));
}

TEST_CASE("many values fit where they are allowed") {
  TreeLimits limits;
  limits.values = 5'000'000;
  std::string text = "http:\n  routers:\n";
  for (int i = 0; i < 20'000; ++i) text += "    r" + std::to_string(i) + ":\n      rule: Host(`x`)\n      service: s\n";
  const TreeReading reading = read_yaml_tree(text, "f", limits);
  CHECK(reading.problems.empty());
  CHECK(reading.tree.values() == 3 + 20'000 * 3);
}

TEST_CASE("every prefix and many mutations of a TOML file are survived") {
  const std::string text =
      "# c\n[entryPoints.web]\naddress = \":80\"\nlist = [1, 'two', [3.5, true]]\n"
      "[[a.b]]\nx = {y = 1, z = \"\\u00e9\"}\n[[a.b]]\nd = 1979-05-27T07:32:00Z\n\"q.r\" = '''\n'''\n";
  for (std::size_t length = 0; length <= text.size(); ++length) {
    for (const Problem& problem : read_toml_tree(text.substr(0, length), "f", {}).problems) {
      CHECK_FALSE(problem.text.empty());
    }
  }
  std::mt19937 random(1);
  const std::string alphabet = "{}[]=.,#'\"\n\t \\a1:-+_eZ";
  for (int round = 0; round < 3000; ++round) {
    std::string mutated = text;
    for (int change = 0; change < 3; ++change) {
      mutated[random() % mutated.size()] = alphabet[random() % alphabet.size()];
    }
    const TreeReading reading = read_toml_tree(mutated, "f", {});
    CHECK((reading.problems.empty() || !reading.problems.front().where.empty()));
  }
}

}  // namespace
}  // namespace mooring::config
