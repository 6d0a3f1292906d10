// The rule parser's limits, strings and normal form; the golden files have the rest.
#include "proxy/routing/rule.h"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/routing/matcher.h"
#include "proxy/routing/rule_analysis.h"
#include "proxy/routing/rule_error.h"
#include "proxy/routing/rule_parser.h"
#include "test/unit/routing/request_line.h"

namespace mooring::routing {
namespace {

Rule parsed(std::string_view text) {
  auto rule = parse_rule(text);
  if (!rule) FAIL(explain(text, rule.error()));
  return std::move(*rule);
}

bool matches(std::string_view rule, std::string_view line) {
  const RequestLine request(line);
  return Matcher(parsed(rule)).matches(request.head, request.peer);
}

std::string repeated(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

TEST_CASE("rules that say the same are equal, others are not") {
  CHECK(parsed("Host(`a`) && Path(`/x`)") == parsed("PATH(\"/x\") && HOST(`A.`)"));
  CHECK(parsed("!(Host(`a`) || Host(`b`))") == parsed("!Host(`b`) && !Host(`a`)"));
  CHECK(parsed("(Host(`a`) || Host(`b`)) || Host(`a`)") == parsed("Host(`b`, `a`)"));
  CHECK(parsed("Host(`a`) && Host(`b`)") != parsed("Host(`a`) || Host(`b`)"));
  CHECK(parsed("Path(`/A`)") != parsed("Path(`/a`)"));
  CHECK(parsed("!Path(`/a`)") != parsed("Path(`/a`)"));
  CHECK(parsed("Header(`a`, `b`)") != parsed("Header(`b`, `a`)"));
}

TEST_CASE("the normal form reads back as the same rule, whatever the strings hold") {
  const std::string_view rules[] = {
      "Path(\"/a\\\\b\\\"c\")",
      "Path(\"/tab\\there\\u0000\\xff\")",
      "Path(\"/`\")",
      "Path(\"/\xc3\xa9`\")",
      "Path(`/\xc3\xa9\"\\n`)",
      "Path(`/line\nbreak`)",
      "Header(`X-A`, \"\\x00\\a\\b\\f\\v\\r\\U0001F600\")",
      "Host(`a..`) || Host(`[[::1]]`) || Host(`[a.]`) || Host(`[::1].`) || Host(`*..`) || Host(`*.`) || Host(`.`)",
      "Query(`a`) || QueryRegexp(`b`) && !Query(`c`, `d`)",
      "Host(`a`) && (Path(`/b`) || Path(`/c`) && (Method(`GET`) || Method(`PUT`))) || !(Host(`d`) && Host(`e`))",
  };
  for (const std::string_view text : rules) {
    INFO(text);
    const Rule rule = parsed(text);
    CHECK(parsed(canonical(rule)) == rule);
    CHECK(canonical(parsed(canonical(rule))) == canonical(rule));
  }
}

TEST_CASE("Go's escapes mean what they mean in Go") {
  CHECK(parsed("Path(\"/\\a\\b\\f\\n\\r\\t\\v\\\\\\\"\")").value == "/\a\b\f\n\r\t\v\\\"");
  CHECK(parsed("Path(\"/\\101\\x41\\u0041\\U00000041\")").value == "/AAAA");
  CHECK(parsed("Path(\"/\\u20ac\\U0001f600\")").value == "/€😀");
  CHECK(parsed("Path(`/a\r\nb`)").value == "/a\nb");
  for (const std::string_view bad : {"\\d", "\\x4", "\\xg0", "\\400", "\\08", "\\ud800", "\\U00110000", "\\'", "\\"}) {
    INFO(bad);
    CHECK_FALSE(parse_rule("Path(\"/" + std::string(bad) + "\")").has_value());
  }
  CHECK_FALSE(parse_rule("Path(\"/a\nb\")").has_value());
}

TEST_CASE("blanks and line breaks may stand between tokens") {
  CHECK(parsed("\n Host(\n`a`\n)\n\t&& !\nPath(`/x`)\r\n") == parsed("Host(`a`) && !Path(`/x`)"));
}

TEST_CASE("size, depth and number of matchers are bounded") {
  CHECK(parse_rule(repeated("(", kMaxRuleDepth) + "Host(`a`)" + repeated(")", kMaxRuleDepth)).has_value());
  CHECK_FALSE(parse_rule(repeated("(", kMaxRuleDepth + 1) + "Host(`a`)" + repeated(")", kMaxRuleDepth + 1)));
  CHECK_FALSE(parse_rule(repeated("(", 60'000)).has_value());
  CHECK(parse_rule(repeated("!", 60'000) + "Host(`a`)").has_value());
  CHECK_FALSE(parse_rule("Path(`/" + repeated("x", kMaxRuleBytes) + "`)").has_value());
  CHECK_FALSE(parse_rule("Host(" + repeated("``,", kMaxRuleArguments + 1) + ")").has_value());
  const std::string regexps = "PathRegexp(`a`)" + repeated(" || PathRegexp(`a`)", kMaxRuleRegexps - 1);
  CHECK(parse_rule(regexps).has_value());
  CHECK_FALSE(parse_rule(regexps + " || PathRegexp(`a`)").has_value());
  CHECK_FALSE(parse_rule("PathRegexp(`((a{100}){100}){100}`)").has_value());
  CHECK_FALSE(parse_rule("Path(`/" + repeated("{a:", 20'000) + "`) &").has_value());
}

TEST_CASE("a rule that is no UTF-8 is refused, so that whatever shows it can rely on it") {
  for (const std::string_view bad : {"\xff", "\xc3(", "\xed\xa0\x80", "\xc0\xaf", "\xf5\x80\x80\x80", "\xe2\x82"}) {
    CHECK_FALSE(parse_rule("Path(`/" + std::string(bad) + "`)").has_value());
  }
}

TEST_CASE("the caret stands under the place, counted in characters, within the part that is shown") {
  const auto shown = [](std::string_view rule) { return explain(rule, parse_rule(rule).error()); };
  CHECK(shown("Path(`/é€😀`) & Path(`/x`)") ==
        "\"&\" is no operator\n  Path(`/é€😀`) & Path(`/x`)\n               ^\n  expected &&");
  CHECK(shown("Host(`a`) \x1b[31m").contains("  Host(`a`) ?[31m\n"));
  CHECK(shown("Host(`a`)\n&").contains("  Host(`a`) &\n            ^\n"));
  CHECK(shown("Path(`/\u202e`) x").contains("  Path(`/?`) x\n             ^\n"));

  const std::string long_rule = repeated("Path(`/é`) || ", 100) + "Hots(`a`) || " + repeated("Path(`/é`) || ", 100);
  const std::string text = shown(long_rule);
  CHECK(text.size() < 600);
  const std::size_t line = text.find("\n  ") + 3;
  const std::size_t caret_line = text.find("\n  ", line) + 3;
  const std::string_view caret_text =
      std::string_view(text).substr(caret_line, text.find('\n', caret_line) - caret_line);
  // Every "é" has one byte more than columns; the ellipsis two.
  const std::string_view cut = std::string_view(text).substr(line, caret_line - line - 3);
  CHECK(cut.starts_with("…"));
  CHECK(cut.ends_with("…"));
  std::size_t column = 0;
  for (std::size_t i = 0; i < cut.find("Hots"); ++i)
    column += (static_cast<unsigned char>(cut[i]) & 0xc0) != 0x80 ? 1 : 0;
  CHECK(caret_text == std::string(column, ' ') + "^");
}

TEST_CASE("broken bytes in a path do not hide it from a regular expression") {
  CHECK(matches("PathRegexp(`^/admin/.+$`)", "GET a.test /admin/\xff\xfe"));
  CHECK_FALSE(matches("!PathRegexp(`^/admin/.*$`)", "GET a.test /admin/\xc3"));
  CHECK(matches("PathRegexp(`^/\\x{FFFD}é$`)", "GET a.test /\xffé"));
}

TEST_CASE("the method is compared as text, so that unknown ones can be routed") {
  CHECK(matches("Method(`purge`)", "PURGE a.test /"));
  CHECK_FALSE(matches("Method(`PURGE`)", "GET a.test /"));
}

TEST_CASE("the hosts that a rule needs") {
  const auto hosts = [](std::string_view text) { return required_hosts(parsed(text)); };
  using Names = std::vector<std::string>;
  CHECK(hosts("Host(`b`) || Host(`a`, `*.c.d`)") == RequiredHosts{{"a", "b"}, {"c.d"}});
  CHECK(hosts("Host(`a`) && Path(`/x`)")->exact == Names{"a"});
  CHECK(hosts("(Host(`a`) || Host(`b`)) && Host(`c`)")->exact == Names{"c"});
  CHECK(hosts("Host(`a`) && Path(`/x`) || Host(`b`) && Path(`/y`)")->exact == Names{"a", "b"});
  CHECK(hosts("!(!Host(`a`) || Path(`/x`))")->exact == Names{"a"});
  for (const std::string_view general : {"Path(`/x`)", "Host(`a`) || Path(`/x`)", "!Host(`a`)", "Host(`*`)",
                                         "HostRegexp(`a`)", "Host(`a`) || Host(`*`)", "!(Host(`a`) && Host(`b`))"}) {
    INFO(general);
    CHECK_FALSE(hosts(general).has_value());
  }
}

struct Shadowing {
  std::string_view front;
  std::string_view hidden;
  bool expected;
};

constexpr Shadowing kShadowing[] = {
    {"Host(`a`) && Path(`/x`)", "Path(`/x`) && Host(`a`)", true},
    {"Host(`a`)", "Host(`a`) && Path(`/x`)", true},
    {"Host(`a`) && Path(`/x`)", "Host(`a`)", false},
    {"Host(`a`, `b`)", "Host(`a`)", true},
    {"Host(`a`)", "Host(`a`, `b`)", false},
    {"Host(`a`) && PathPrefix(`/`)", "Host(`a`) && PathPrefix(`/api`)", true},
    {"PathPrefix(`/`)", "Host(`a`)", true},
    {"Host(`*`)", "!Path(`/x`)", true},
    {"PathPrefix(`/api`)", "Path(`/api/x`)", true},
    {"PathPrefix(`/api/x`)", "Path(`/api`)", false},
    {"Path(`/api`)", "PathPrefix(`/api`)", false},
    {"!PathPrefix(`/api/x`)", "!PathPrefix(`/api`)", true},
    {"!PathPrefix(`/api`)", "!PathPrefix(`/api/x`)", false},
    {"Host(`*.a.b`)", "Host(`x.a.b`)", true},
    {"Host(`*.a.b`)", "Host(`a.b`)", false},
    {"Host(`*.a.b`)", "Host(`x.y.a.b`)", false},
    {"Host(`x.a.b`)", "Host(`*.a.b`)", false},
    {"ClientIP(`10.0.0.0/8`)", "ClientIP(`10.1.0.0/16`)", true},
    {"ClientIP(`10.1.0.0/16`)", "ClientIP(`10.0.0.0/8`)", false},
    {"Host(`a`) || Host(`b`) && Method(`GET`)", "Host(`b`) && Method(`GET`) && Path(`/x`)", true},
    {"Query(`a`)", "Query(`b`)", false},
    {"Header(`X-A`, `1`)", "Header(`X-A`, `1`) && Header(`X-B`, `1`)", true},
};

TEST_CASE("a rule shadows another only when it takes all of its requests") {
  for (const auto& [front, hidden, expected] : kShadowing) {
    INFO(front << " before " << hidden);
    CHECK(shadows(parsed(front), parsed(hidden)) == expected);
  }
}

TEST_CASE("comparing nested groups ends soon, with or without an answer") {
  std::string front = "Host(`a`)";
  std::string hidden = "Host(`b`)";
  for (int i = 0; i < 30; ++i) {
    const std::string n = std::to_string(i);
    front = "(" + front + " && Path(`/a" + n + "`) || Path(`/b" + n + "`) && Path(`/c" + n + "`))";
    hidden = "(" + hidden + " && Path(`/d" + n + "`) || Path(`/e" + n + "`) && Path(`/f" + n + "`))";
  }
  CHECK_FALSE(shadows(parsed(front), parsed(hidden)));
}

TEST_CASE("what can never match is remarked, what can is not") {
  for (const std::string_view never :
       {"Host(`a.test:8080`)", "Host(`https://a.test`)", "Host(`a b`)", "Host(``)", "Host(`a.*.test`)",
        "Path(`/x?y=1`)", "Query(`a=b`)", "Host(`a.test`) && !Host(`a:1`)"}) {
    INFO(never);
    CHECK(remarks(parsed(never)).size() == 1);
  }
  CHECK(remarks(parsed("Host(`a.test:8080`)")).front() ==
        "Host(`a.test:8080`) never matches: a request's host is compared without its port");
  for (const std::string_view fine : {"Host(`*`)", "Host(`*.a.test`)", "Host(`2001:db8::1`)", "Query(`a`, `b=c`)"}) {
    INFO(fine);
    CHECK(remarks(parsed(fine)).empty());
  }
  CHECK(remarks(parsed("Host(" + repeated("`a b`,", 1) + "`c d`,`e f`,`g h`,`i j`,`k l`,`m n`,`o p`,`q r`)")).size() ==
        8);
}

}  // namespace
}  // namespace mooring::routing
