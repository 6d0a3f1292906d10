// The route table against a linear scan of the same routes, and what precedence means.
#include "proxy/routing/route_table.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <format>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

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

RouteTable::Entry entry(std::uint32_t index, std::string_view rule, std::int64_t priority = 0,
                        std::string_view name = {}) {
  return {index, effective_priority(rule, priority), name.empty() ? std::format("r{:05}", index) : std::string(name),
          matcher(rule)};
}

std::optional<std::uint32_t> match(const RouteTable& table, std::string_view line) {
  const RequestLine request(line);
  return table.match(request.head, request.peer);
}

TEST_CASE("an empty table matches nothing") {
  CHECK_FALSE(match(RouteTable(), "GET a.test /").has_value());
  CHECK_FALSE(match(RouteTable(std::vector<RouteTable::Entry>()), "GET - /").has_value());
}

TEST_CASE("the priority of a rule is its length in bytes unless one is set") {
  CHECK(effective_priority("Host(`a`)", 0) == 9);
  CHECK(effective_priority("Path(`/é`)", 0) == 11);
  CHECK(effective_priority("Host(`a`)", 3) == 3);
  CHECK(effective_priority("Host(`a`)", -3) == -3);
  CHECK(kMaxPriority == 9223372036854774807);
}

TEST_CASE("priorities decide between exact, wildcard and general routes") {
  const RouteTable table({
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
  CHECK(table.size() == 5);
  CHECK(table.unindexed() == 2);
}

TEST_CASE("equal priorities are decided by name, in whatever order routes come") {
  std::vector<RouteTable::Entry> entries = {
      entry(0, "Host(`a.test`)", 5, "b@docker"),
      entry(1, "Host(`*.test`)", 5, "a@docker"),
      entry(2, "PathPrefix(`/`)", 5, "c@docker"),
  };
  std::ranges::sort(entries, {}, &RouteTable::Entry::index);
  do {
    CHECK(match(RouteTable(entries), "GET a.test /") == 1);
  } while (std::ranges::next_permutation(entries, {}, &RouteTable::Entry::index).found);
}

TEST_CASE("a route with several hosts is found under each") {
  const RouteTable table({entry(7, "Host(`a.test`) || Host(`b.test`) || Host(`*.c.test`)")});
  CHECK(match(table, "GET a.test /") == 7);
  CHECK(match(table, "GET b.test /") == 7);
  CHECK(match(table, "GET x.c.test /") == 7);
  CHECK_FALSE(match(table, "GET c.test /").has_value());
  CHECK(table.unindexed() == 0);
}

TEST_CASE("a route that is under the host and its wildcard is asked once and found once") {
  const RouteTable table({entry(1, "Host(`a.test`, `*.test`) && Path(`/x`)", 2), entry(2, "Host(`a.test`)", 1)});
  CHECK(match(table, "GET a.test /x") == 1);
  CHECK(match(table, "GET a.test /") == 2);
}

TEST_CASE("an entry without a matcher takes no request") {
  const RouteTable table({{3, 100, "broken", nullptr}, entry(4, "PathPrefix(`/`)")});
  CHECK(match(table, "GET a.test /") == 4);
  CHECK(table.size() == 1);
}

TEST_CASE("a table of fifty thousand hosts asks few of them") {
  std::vector<RouteTable::Entry> entries;
  for (std::uint32_t i = 0; i < 50'000; ++i) entries.push_back(entry(i, std::format("Host(`h{}.test`)", i)));
  const RouteTable table(std::move(entries));
  CHECK(table.unindexed() == 0);
  // A linear scan of this many requests is a billion comparisons.
  for (std::uint32_t i = 0; i < 50'000; i += 2) {
    const RequestLine request(std::format("GET h{}.test /", i));
    if (table.match(request.head, request.peer) != i) FAIL("wrong route for host " << i);
  }
  CHECK_FALSE(match(table, "GET h50000.test /").has_value());
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

std::optional<std::uint32_t> scan(const std::vector<RouteTable::Entry>& entries, const RequestLine& request) {
  const RouteTable::Entry* best = nullptr;
  for (const RouteTable::Entry& one : entries) {
    if (!one.matcher->matches(request.head, request.peer)) continue;
    const bool better =
        best == nullptr || one.priority > best->priority || (one.priority == best->priority && one.name < best->name);
    if (better) best = &one;
  }
  if (best == nullptr) return std::nullopt;
  return best->index;
}

TEST_CASE("the table finds what a linear scan finds") {
  int found = 0;
  for (unsigned seed = 1; seed <= 150; ++seed) {
    RandomRules random(seed);
    std::vector<RouteTable::Entry> entries;
    const std::size_t routes = 1 + random.below(30);
    for (std::uint32_t i = 0; i < routes; ++i) {
      // Names are shuffled against the numbers; priorities are few, so that there are ties.
      const auto priority = static_cast<std::int64_t>(random.below(4)) - 1;
      entries.push_back(entry(i, random.rule(3), priority, std::format("{}-{}", random.below(9), i)));
    }
    const RouteTable table(entries);
    for (int i = 0; i < 60; ++i) {
      const std::string line = random.request();
      const RequestLine request(line);
      const auto expected = scan(entries, request);
      INFO("seed " << seed << ", request " << line);
      REQUIRE(table.match(request.head, request.peer) == expected);
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
