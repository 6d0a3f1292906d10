// A router's rule as a value: a tree of matchers joined by "all of" and "any of", in one normal form.
//
// `!` is pushed down to the matchers (De Morgan), nested groups of one kind are flat, operands stand in one order
// without duplicates, and what compares without case is in one case (hosts lower, methods upper, field names lower).
// So two texts that say the same, only ordered or spelled differently, give equal Rules: pooling builds on that.
// Made by rule_parser.h; compiled by matcher.h. Plain values, any thread. Source: Traefik v3's rule reference.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mooring::routing {

enum class MatcherKind : std::uint8_t {
  host,
  host_regexp,
  path,
  path_regexp,
  path_prefix,
  method,
  header,
  header_regexp,
  query,
  query_regexp,
  client_ip,
};

struct Rule {
  enum class Kind : std::uint8_t { condition, all, any };

  Kind kind = Kind::condition;
  // For a condition:
  bool negated = false;
  MatcherKind matcher = MatcherKind::host;
  std::string name;   // of the header field or the query parameter
  std::string value;  // Host: without the trailing dot; ClientIP: always with a prefix length
  // For all and any: two or more, none of the same kind as this one.
  std::vector<Rule> operands;

  bool operator==(const Rule& other) const { return (*this <=> other) == 0; }
  std::strong_ordering operator<=>(const Rule& other) const;
};

// Joins normalised operands (at least one) to a normalised rule; `kind` is all or any.
Rule join(Rule::Kind kind, std::vector<Rule> operands);

// The rule as text in its normal form. parse_rule() of it gives the same rule.
std::string canonical(const Rule& rule);

// How a matcher is written.
struct MatcherSyntax {
  MatcherKind kind;
  std::string_view name;
  std::uint8_t min_arguments;
  std::uint8_t max_arguments;
  bool several;              // more arguments than one mean "or", as in Traefik v2
  std::string_view example;  // ready to paste
};

const MatcherSyntax& syntax_of(MatcherKind kind);

// All of v3's, in the order of the reference.
std::span<const MatcherSyntax> matchers();

// The matcher of that name: as written in the reference, in lower case, in upper case, or in Title case.
const MatcherSyntax* find_matcher(std::span<const MatcherSyntax> among, std::string_view name);

// `value` as it would be written in a rule: in backticks where that is possible, else in double quotes.
std::string quote_for_rule(std::string_view value);

// "*.example.com" stands for exactly one label before ".example.com": returns "example.com". Empty for other values.
std::string_view wildcard_suffix(std::string_view host);

}  // namespace mooring::routing
