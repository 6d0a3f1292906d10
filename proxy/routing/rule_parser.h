// Reads a router's rule: matchers with strings, &&, ||, ! and parentheses, as Traefik has them; v3's matchers or v2's.
//
// && binds tighter than ||, ! tightest. Rules come from labels, so length, nesting and the number of matchers are
// bounded and nothing here throws. Pure function, any thread. Does not know routers, priorities or Problems. Source:
// traefik-compat 2.2 (Traefik's pkg/rules and pkg/muxer/http); v2's several arguments mean "or".
#pragma once

#include <cstddef>
#include <expected>
#include <string_view>

#include "proxy/routing/rule.h"
#include "proxy/routing/rule_dialect.h"
#include "proxy/routing/rule_error.h"

namespace mooring::routing {

inline constexpr std::size_t kMaxRuleBytes = 64 * 1024;  // a label's text; Docker itself sets no limit
inline constexpr int kMaxRuleDepth = 64;                 // parentheses in parentheses: the parser recurses
inline constexpr std::size_t kMaxRuleArguments = 8192;   // strings in one rule: memory and time of a match
inline constexpr std::size_t kMaxRuleRegexps = 64;       // each may take kRegexpBytes

std::expected<Rule, RuleError> parse_rule(std::string_view text, const RuleDialect& dialect = dialect_v3());

}  // namespace mooring::routing
