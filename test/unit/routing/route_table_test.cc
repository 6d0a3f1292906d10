// The route table against a linear scan of the same routes, and what precedence means.
#include "proxy/routing/route_table.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <format>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/routing/route.h"
#include "proxy/routing/rule_error.h"
#include "proxy/routing/rule_parser.h"
#include "test/unit/routing/request_line.h"

namespace mooring::routing {
namespace {

std::shared_ptr<const Matcher> matcher(std::string_view text) {
  const auto rule = parse_rule(text);
  if (!rule) FAIL(explain(text, rule.error()));
  return std::make_shared<const Matcher>(*rule);
}

// What a route is called by here: its number.
struct Entry {
  std::uint32_t index;
  std::int64_t priority;
  std::string name;
  std::shared_ptr<const Matcher> matcher;
};

Entry entry(std::uint32_t index, std::string_view rule, std::int64_t priority = 0, std::string_view name = {}) {
  return {index, effective_priority(rule, priority), name.empty() ? std::format("r{:05}", index) : std::string(name),
          matcher(rule)};
}

// A table and the routes that it points to.
class Table {
 public:
  Table() = default;
  explicit Table(const std::vector<Entry>& entries) {
    const config::Edition edition = config::next_edition();
    for (const Entry& one : entries) add(one, edition);
  }

  void add(const Entry& one, config::Edition edition) {
    Route& route = routes_.emplace_back();
    route.name = one.name;
    route.priority = one.priority;
    route.matcher = one.matcher;
    indices_[&route] = one.index;
    table.add(route, edition);
  }
  void drop(std::uint32_t index, config::Edition edition) {
    for (const auto& [route, number] : indices_) {
      if (number == index) return table.drop(*route, edition);
    }
  }
  std::optional<std::uint32_t> match(const RequestLine& request) const { return number(table, request); }
  std::optional<std::uint32_t> number(const RouteTable& version, const RequestLine& request) const {
    const Route* route = version.match(request.head, request.peer);
    if (route == nullptr) return std::nullopt;
    return indices_.at(route);
  }

  RouteTable table;

 private:
  std::deque<Route> routes_;
  std::map<const Route*, std::uint32_t> indices_;
};

std::optional<std::uint32_t> match(const Table& table, std::string_view line) {
  return table.match(RequestLine(line));
}

TEST_CASE("an empty table matches nothing") {
  CHECK_FALSE(match(Table(), "GET a.test /").has_value());
  CHECK_FALSE(match(Table(std::vector<Entry>()), "GET - /").has_value());
}

TEST_CASE("the priority of a rule is its length in bytes unless one is set") {
  CHECK(effective_priority("Host(`a`)", 0) == 9);
  CHECK(effective_priority("Path(`/é`)", 0) == 11);
  CHECK(effective_priority("Host(`a`)", 3) == 3);
  CHECK(effective_priority("Host(`a`)", -3) == -3);
  CHECK(kMaxPriority == 9223372036854774807);
}

TEST_CASE("priorities decide between exact, wildcard and general routes") {
  const Table table({
      entry(0, "Host(`a.b.test`)", 10),
      entry(1, "Host(`*.b.test`)", 20),
      entry(2, "PathPrefix(`/`)", 15),
      entry(3, "Host(`a.b.test`) && Path(`/x`)", 30),
      entry(4, "Host(`*`)", -1),
  });
  CHECK(match(table, "GET a.b.test /x") == 3);
  CHECK(match(table, "GET a.b.test /") == 1);
  CHECK(match(table, "GET b.test /") == 2);
  CHECK(match(table, "OPTIONS a.b.test *") == 1);
  CHECK(match(table, "OPTIONS b.test *") == 4);
  CHECK(match(table, "GET - /") == 2);
  CHECK(table.table.size() == 5);
  CHECK(table.table.unindexed() == 2);
}

TEST_CASE("equal priorities are decided by name, in whatever order routes come") {
  std::vector<Entry> entries = {
      entry(0, "Host(`a.test`)", 5, "b@docker"),
      entry(1, "Host(`*.test`)", 5, "a@docker"),
      entry(2, "PathPrefix(`/`)", 5, "c@docker"),
  };
  std::ranges::sort(entries, {}, &Entry::index);
  do {
    CHECK(match(Table(entries), "GET a.test /") == 1);
  } while (std::ranges::next_permutation(entries, {}, &Entry::index).found);
}

TEST_CASE("a route with several hosts is found under each") {
  const Table table({entry(7, "Host(`a.test`) || Host(`b.test`) || Host(`*.c.test`)")});
  CHECK(match(table, "GET a.test /") == 7);
  CHECK(match(table, "GET b.test /") == 7);
  CHECK(match(table, "GET x.c.test /") == 7);
  CHECK_FALSE(match(table, "GET c.test /").has_value());
  CHECK(table.table.unindexed() == 0);
}

TEST_CASE("a route that is under the host and its wildcard is asked once and found once") {
  const Table table({entry(1, "Host(`a.test`, `*.test`) && Path(`/x`)", 2), entry(2, "Host(`a.test`)", 1)});
  CHECK(match(table, "GET a.test /x") == 1);
  CHECK(match(table, "GET a.test /") == 2);
}

TEST_CASE("an entry without a matcher takes no request") {
  const Table table({{3, 100, "broken", nullptr}, entry(4, "PathPrefix(`/`)")});
  CHECK(match(table, "GET a.test /") == 4);
  CHECK(table.table.size() == 1);
}

TEST_CASE("a table of fifty thousand hosts asks few of them") {
  std::vector<Entry> entries;
  for (std::uint32_t i = 0; i < 50'000; ++i) entries.push_back(entry(i, std::format("Host(`h{}.test`)", i)));
  const Table table(entries);
  CHECK(table.table.unindexed() == 0);
  // A linear scan of this many requests is a billion comparisons.
  for (std::uint32_t i = 0; i < 50'000; i += 2) {
    const RequestLine request(std::format("GET h{}.test /", i));
    if (table.match(request) != i) FAIL("wrong route for host " << i);
  }
  CHECK_FALSE(match(table, "GET h50000.test /").has_value());
}

TEST_CASE("the name that breaks ties is the one before the provider") {
  const Table table({entry(1, "Host(`a`)", 1, "web-2@docker"), entry(2, "Host(`a`)", 1, "web@docker"),
                     entry(3, "Host(`a`)", 1, "web@file")});
  CHECK(match(table, "GET a /") == 2);
}

TEST_CASE("what is done to a copy is not seen in the table that it was made from") {
  Table table({entry(1, "Host(`a`)"), entry(2, "Host(`b`)"), entry(3, "PathPrefix(`/`)"), entry(4, "Host(`*.c`)")});
  const RouteTable before = table.table;
  const config::Edition edition = config::next_edition();
  table.drop(1, edition);
  table.drop(3, edition);
  table.drop(4, edition);
  table.add(entry(5, "Host(`b`) && Path(`/x`)"), edition);
  table.add(entry(6, "Host(`d`)"), edition);
  CHECK_FALSE(match(table, "GET a /").has_value());
  CHECK(match(table, "GET b /x") == 5);
  CHECK(match(table, "GET b /") == 2);
  CHECK_FALSE(match(table, "GET x.c /").has_value());
  CHECK(match(table, "GET d /") == 6);
  CHECK(table.table.size() == 3);
  CHECK(table.table.unindexed() == 0);
  CHECK(table.number(before, RequestLine("GET a /")) == 3);
  CHECK(table.number(before, RequestLine("GET b /x")) == 3);
  CHECK(table.number(before, RequestLine("GET x.c /y")) == 3);
  CHECK(before.size() == 4);
  CHECK(before.unindexed() == 1);
}

TEST_CASE("a route that is taken out leaves the others of its host") {
  Table table(
      {entry(1, "Host(`a`)", 3, "same@docker"), entry(2, "Host(`a`)", 3, "same@file"), entry(3, "Host(`a`)", 3, "t")});
  table.drop(1, config::next_edition());
  CHECK(match(table, "GET a /") == 2);
  table.drop(2, config::next_edition());
  CHECK(match(table, "GET a /") == 3);
}

// Random rules over few names, so that they often meet.
class RandomRules {
 public:
  explicit RandomRules(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }
  std::string_view one_of(std::initializer_list<std::string_view> all) { return all.begin()[below(all.size())]; }

  std::string host() { return std::string(one_of({"a.test", "b.test", "x.a.test", "y.a.test", "test", "A.Test."})); }
  std::string path() { return std::string(one_of({"/", "/x", "/x/y", "/z"})); }

  std::string rule(int depth) {
    switch (depth == 0 ? below(4) : below(9)) {
      case 0:
        return std::format("Host(`{}`)", host());
      case 1:
        return std::format("Host(`{}`)", one_of({"*.test", "*.a.test", "*", "*.x"}));
      case 2:
        return std::format("{}(`{}`)", one_of({"Path", "PathPrefix", "PathRegexp"}), path());
      case 3:
        return std::format("{}(`{}`)", one_of({"Method", "HostRegexp"}), one_of({"GET", "a", "test"}));
      case 4:
        return "!" + one_of_group(depth);
      case 5:
      case 6:
        return std::format("({} && {})", rule(depth - 1), rule(depth - 1));
      default:
        return std::format("({} || {})", rule(depth - 1), rule(depth - 1));
    }
  }

  std::string request() {
    const std::string_view host =
        one_of({"a.test", "b.test", "x.a.test", "y.a.test", "z.a.test", "test", "c.test", "-", "x", "a.x", ".test"});
    return std::format("{} {} {}", one_of({"GET", "POST"}), host, path());
  }

 private:
  std::string one_of_group(int depth) { return "(" + rule(depth - 1) + ")"; }

  std::mt19937 random_;
};

std::optional<std::uint32_t> scan(const std::vector<Entry>& entries, const RequestLine& request) {
  const Entry* best = nullptr;
  for (const Entry& one : entries) {
    if (!one.matcher->matches(request.head, request.peer)) continue;
    const bool better = best == nullptr || one.priority > best->priority ||
                        (one.priority == best->priority && name_before(one.name, best->name));
    if (better) best = &one;
  }
  if (best == nullptr) return std::nullopt;
  return best->index;
}

TEST_CASE("the table finds what a linear scan finds") {
  int found = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    RandomRules random(seed);
    std::vector<Entry> entries;
    const std::size_t routes = 1 + random.below(30);
    for (std::uint32_t i = 0; i < routes; ++i) {
      // Names are shuffled against the numbers; priorities are few, so that there are ties.
      const auto priority = static_cast<std::int64_t>(random.below(4)) - 1;
      entries.push_back(entry(i, random.rule(3), priority, std::format("{}-{}", random.below(9), i)));
    }
    const Table table(entries);
    for (int i = 0; i < 60; ++i) {
      const std::string line = random.request();
      const RequestLine request(line);
      const auto expected = scan(entries, request);
      INFO("seed " << seed << ", request " << line);
      REQUIRE(table.match(request) == expected);
      found += expected.has_value() ? 1 : 0;
    }
  }
  CHECK(found > 1000);
  CHECK(found < 150 * 60);
}

// What a rule means, worked out from its tree alone: no steps, no order of cost, no sets of hosts.
bool evaluate(const Rule& rule, const RequestLine& request) {
  if (rule.kind == Rule::Kind::condition) {
    Rule plain = rule;
    plain.negated = false;
    return Matcher(plain).matches(request.head, request.peer) != rule.negated;
  }
  const auto holds = [&](const Rule& operand) { return evaluate(operand, request); };
  return rule.kind == Rule::Kind::all ? std::ranges::all_of(rule.operands, holds)
                                      : std::ranges::any_of(rule.operands, holds);
}

TEST_CASE("a compiled rule means what its tree means, and shadowing never lies") {
  int shadowed = 0;
  for (unsigned seed = 1; seed <= 300; ++seed) {
    RandomRules random(seed);
    const std::string text = random.rule(4);
    const Rule rule = parse_rule(text).value();
    const Rule other = parse_rule(random.rule(2)).value();
    const Matcher compiled(rule);
    const bool hidden = shadows(other, rule);
    shadowed += hidden ? 1 : 0;
    for (int i = 0; i < 40; ++i) {
      const std::string line = random.request();
      const RequestLine request(line);
      INFO(text << " for " << line << ", before it " << canonical(other));
      const bool expected = evaluate(rule, request);
      REQUIRE(compiled.matches(request.head, request.peer) == expected);
      if (hidden && expected) REQUIRE(evaluate(other, request));
    }
  }
  CHECK(shadowed > 10);
}

}  // namespace
}  // namespace mooring::routing
