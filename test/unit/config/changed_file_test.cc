#include "proxy/config/changed_file.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "proxy/config/dynamic_file.h"

namespace mooring::config {
namespace {

const std::string kFile = "web.yml";

std::string router(const std::string& name, const std::string& host) {
  return "    " + name + ":\n      rule: Host(`" + host + "`)\n      service: all\n";
}

std::string file_of(const std::string& routers, const std::string& more = {}) {
  return "http:\n  routers:\n" + routers +
         "  services:\n    all:\n      loadBalancer:\n        servers:\n          - url: http://10.0.0.1:80\n" + more;
}

const std::string kThree = router("a", "a.test") + router("b", "b.test") + router("c", "c.test");

// `now` read by the difference from `before`; nothing where `before` cannot be the start of that.
std::optional<Fragment> by_difference(const std::string& before, const std::string& now) {
  const DynamicFile first = read_dynamic_file(before, kFile, "");
  if (!first.plain || !first.fragment) return std::nullopt;
  return read_change(before, *first.fragment, now, kFile);
}

TEST_CASE("a changed file means what it means when it is read whole") {
  const std::string now =
      GENERATE(file_of(kThree),                                                                     // the same
               file_of(router("a", "a.test") + router("b", "other.test") + router("c", "c.test")),  // another rule
               file_of("    # why\n\n" + kThree + "  # behind\n"),                              // comments, other lines
               file_of(kThree + router("d", "d.test")),                                         // one more
               file_of(router("a", "a.test") + router("c", "c.test")),                          // one less
               file_of(router("c", "c.test") + router("b", "b.test") + router("a", "a.test")),  // another order
               file_of(router("a", "a.test") + router("bb", "b.test") + router("c", "c.test")),  // another name
               file_of(kThree, "  middlewares:\n    chained:\n      chain:\n        middlewares:\n          - x\n"),
               file_of(kThree, "  serversTransports:\n    slow:\n      maxIdleConnsPerHost: 3\n"),
               file_of(kThree).substr(0, file_of(kThree).size() - 1));  // no end of line
  INFO(now);
  const auto change = by_difference(file_of(kThree), now);
  REQUIRE(change.has_value());
  CHECK(*change == read_dynamic_file(now, kFile, "").fragment);
}

TEST_CASE("what the difference cannot tell is read whole") {
  const std::string now = GENERATE(
      as<std::string>{}, "", "http:\n", "text\n",
      file_of(kThree + "    d:\n      rule: Host(`d.test`)\n"),                              // a Problem: no service
      file_of(kThree + "    d:\n      rool: x\n"), file_of(kThree + router("A", "x.test")),  // one name in two cases
      file_of(kThree + router("a", "x.test")), file_of(kThree, "mooring:\n  http:\n    services: x\n"),
      file_of(kThree, "tls:\n  stores: x\n"), file_of(kThree, "  other:\n    x: y\n"),
      file_of(kThree, "  services:\n    twice:\n      x: y\n"), file_of(kThree, "http:\n  routers:\n"),
      file_of(kThree + "    d: &x\n      rule: Host(`d.test`)\n      service: all\n"),  // an anchor
      file_of(kThree + "    d: {rule: Host(`d.test`), service: all}\n"), file_of(kThree + "    # {{ if x }}\n"),
      file_of(kThree + "   d:\n      rule: x\n"), file_of(kThree + "    - d\n"), file_of(kThree + "    : d\n"),
      "  \xC3\xA9\n" + file_of(kThree), "# \xC3\xA9\n" + file_of(kThree), "\t\n" + file_of(kThree),
      "---\n" + file_of(kThree), " " + file_of(kThree),
      file_of(router("x", "a.test") + router("y", "b.test") + router("z", "c.test")));  // more changed than stayed
  INFO(now);
  CHECK_FALSE(by_difference(file_of(kThree), now).has_value());
}

TEST_CASE("what was not read clean, or not by the plain reader, is no start") {
  const std::string clean = file_of(kThree);
  const std::string doubtful = file_of(kThree + "    d:\n      rule: Host(`d.test`)\n");
  const DynamicFile read = read_dynamic_file(doubtful, kFile, "");
  REQUIRE(read.plain);
  CHECK_FALSE(read_change(doubtful, *read.fragment, clean, kFile).has_value());
  CHECK_FALSE(read_dynamic_file(file_of(kThree + "    # \xC3\xA9\n"), kFile, "").plain);
  // A meaning that is not this text's.
  CHECK_FALSE(read_change(file_of(router("a", "a.test")), *read_dynamic_file(clean, kFile, "").fragment, clean, kFile));
}

// A text of lines some of which are wrong, changed at random.
TEST_CASE("whatever changed, both ways of reading come to the same") {
  constexpr std::array<const char*, 15> kLines = {"    : x",
                                                  "    e:",
                                                  "      rule: Host(`e.test`)",
                                                  "      service: all",
                                                  "    e1:",
                                                  "    E:",
                                                  "  routers:",
                                                  "  middlewares:",
                                                  "      priority: 7",
                                                  "      priority: x",
                                                  "    # comment",
                                                  "",
                                                  "      entryPoints:",
                                                  "        - web",
                                                  "      - web"};
  std::minstd_rand random(7);
  int taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::string> lines;
    const std::string start = file_of(kThree + router("d", "d.test"));
    for (std::size_t at = 0; at < start.size(); at = start.find('\n', at) + 1) {
      lines.push_back(start.substr(at, start.find('\n', at) - at));
    }
    const auto change = [&] {
      const std::size_t at = random() % lines.size();
      const auto place = lines.begin() + static_cast<std::ptrdiff_t>(at);
      if (random() % 3 == 0) {
        lines.erase(place);
      } else {
        lines.insert(place, kLines.at(random() % kLines.size()));
      }
    };
    const auto text = [&] {
      std::string whole;
      for (const std::string& line : lines) whole += line + "\n";
      return whole;
    };
    if (random() % 3 == 0) change();
    const std::string before = text();
    for (auto left = 1 + random() % 2; left > 0; --left) change();
    const std::string now = text();
    const auto difference = by_difference(before, now);
    if (!difference) continue;
    ++taken;
    const DynamicFile whole = read_dynamic_file(now, kFile, "");
    if (whole.fragment != *difference) {
      INFO(before << "-----\n" << now);
      REQUIRE(whole.fragment == *difference);
    }
  }
  CHECK(taken > 1'000);
}

}  // namespace
}  // namespace mooring::config
