// From a matcher's name and its strings to a condition: counts, checks and normal forms of the arguments.
//
// The second half of the parser: it knows what each matcher takes, the parser only how rules are punctuated. What
// cannot be meant as it stands (a v2 template, a path without its slash) is an error that shows the right form. Pure
// functions, any thread. Source: Traefik v3's rule reference and migration guide.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string>

#include "proxy/routing/rule.h"
#include "proxy/routing/rule_error.h"

namespace mooring::routing {

struct Argument {
  std::string value;
  std::size_t offset = 0;  // of the opening quote in the rule
  bool verbatim = false;   // value stands in the rule byte for byte, from offset + 1 on
};

// Where byte `at` of an argument stands in the rule; the argument's begin when escapes moved it.
std::size_t place_in(const Argument& argument, std::size_t at);

// One condition; `name` is empty but for the matchers of named things: Header, Query.
Rule condition(MatcherKind kind, std::string name, std::string value, bool negated);

// One condition, or several joined (by "or") for the matchers that take several arguments.
std::expected<Rule, RuleError> make_condition(const MatcherSyntax& syntax, std::size_t name_offset,
                                              std::span<const Argument> arguments, bool negated);

}  // namespace mooring::routing
