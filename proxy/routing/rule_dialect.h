// RuleDialect: what tells Traefik v2's rules from v3's: the matchers' names, and what their strings mean.
//
// Punctuation is the same in both, so that one parser reads them (rule_parser.h), and both give the same Rule: what
// stands behind the parser knows of no version. Constants and pure functions, any thread. Source: traefik-compat 2.2.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <string_view>

#include "proxy/routing/rule.h"
#include "proxy/routing/rule_arguments.h"
#include "proxy/routing/rule_error.h"

namespace mooring::routing {

struct RuleDialect {
  std::span<const MatcherSyntax> matchers;
  // One condition, or several joined.
  std::expected<Rule, RuleError> (*make)(const MatcherSyntax& syntax, std::size_t name_offset,
                                         std::span<const Argument> arguments, bool negated);
  // The name here of a matcher that other versions or other kinds of router have; empty when there is none.
  std::string_view (*known_elsewhere)(std::string_view name);
};

const RuleDialect& dialect_v3();
const RuleDialect& dialect_v2();

}  // namespace mooring::routing
