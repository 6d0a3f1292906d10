#include "providers/file/one_name.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

namespace mooring::file {
namespace {

config::FragmentPtr fragment(const std::string& file, const std::set<std::string>& names, bool services = false) {
  config::Fragment made;
  made.id = file;
  made.origin.provider = "file";
  for (const std::string& name : names) {
    made.routers[name].rule = "Host(`" + file + "`)";
    if (services) made.services[name];
  }
  return std::make_shared<const config::Fragment>(std::move(made));
}

using Files = std::map<std::string, config::FragmentPtr>;

// What one gets who is told everything at once.
Files at_once(const Files& files) {
  OneName names;
  for (const auto& [file, said] : files) names.say(file, nullptr, said);
  Files got;
  for (const auto& [file, said] : files) got[file] = names.first_come(said);
  return got;
}

TEST_CASE("whose part changes by what a file says") {
  OneName names;
  const auto a = fragment("a.yml", {"web", "shop"});
  const auto b = fragment("b.yml", {"web", "mail"});
  const auto c = fragment("c.yml", {"web"});
  CHECK(names.say("b.yml", nullptr, b).empty());
  CHECK(names.say("c.yml", nullptr, c) == std::set<std::string>{"b.yml"});
  CHECK(names.first_come(b) == b);
  CHECK(names.first_come(c)->routers.empty());
  CHECK(names.first_come(c)->problems.at(0).text == "router \"web\" is defined in b.yml and in c.yml");
  // Whoever comes before takes it, and those behind are told of him.
  CHECK(names.say("a.yml", nullptr, a) == std::set<std::string>{"b.yml", "c.yml"});
  CHECK(names.first_come(a) == a);
  CHECK(names.first_come(b)->routers.size() == 1);
  CHECK(names.first_come(c)->problems.at(0).text == "router \"web\" is defined in a.yml and in c.yml");
  // Settings alone are nobody else's business.
  CHECK(names.say("a.yml", a, fragment("a.yml", {"web", "shop"})).empty());
  CHECK(names.say("a.yml", a, fragment("a.yml", {"shop"})) == std::set<std::string>{"b.yml", "c.yml"});
  CHECK(names.first_come(b) == b);
  CHECK(names.say("b.yml", b, nullptr) == std::set<std::string>{"c.yml"});
  CHECK(names.first_come(c) == c);
}

TEST_CASE("a router and a service of one name do not meet") {
  OneName names;
  config::Fragment other;
  other.id = "b.yml";
  other.services["web"];
  const auto b = std::make_shared<const config::Fragment>(std::move(other));
  CHECK(names.say("a.yml", nullptr, fragment("a.yml", {"web"})).empty());
  CHECK(names.say("b.yml", nullptr, b).empty());
  CHECK(names.first_come(b) == b);
}

TEST_CASE("told bit by bit, in any order, it says what it says of everything at once") {
  constexpr std::array<const char*, 4> kFiles = {"a.yml", "b.yml", "c.yml", "d.yml"};
  std::minstd_rand random(7);
  OneName names;
  Files said;
  Files told;
  for (int step = 0; step < 2'000; ++step) {
    const std::string file = kFiles.at(random() % kFiles.size());
    std::set<std::string> some;
    for (const char* name : {"p", "q", "r"}) {
      if (random() % 2 == 0) some.insert(name);
    }
    const auto now = random() % 5 == 0 ? nullptr : fragment(file, some, random() % 2 == 0);
    const auto before = said.contains(file) ? said[file] : nullptr;
    std::set<std::string> changed = names.say(file, before, now);
    changed.insert(file);
    said[file] = now;
    if (now == nullptr) said.erase(file), told.erase(file);
    // Only those that were named are asked for again.
    for (const std::string& name : changed) {
      if (said.contains(name)) told[name] = names.first_come(said[name]);
    }
    const Files expected = at_once(said);
    REQUIRE(told.size() == expected.size());
    for (const auto& [name, part] : expected) {
      INFO("step " << step << ", " << name);
      REQUIRE(*told.at(name) == *part);
    }
  }
}

}  // namespace
}  // namespace mooring::file
