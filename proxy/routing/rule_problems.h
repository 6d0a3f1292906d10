// What is said of one router's rule: why it cannot be read, with the right form to paste, or why it can never match.
//
// Pure; any thread. Source: field notes 3, mistake 7; rule_error.h and rule_analysis.h find it.
#pragma once

#include <string>

#include "proxy/config/problem.h"
#include "proxy/routing/rule.h"
#include "proxy/routing/rule_error.h"

namespace mooring::routing {

// R001. The fix is the whole rule where that can be said for sure: a rule of Traefik 1, or one in quotes.
config::Problem unreadable_rule(const std::string& text, const RuleError& error);

// R010, one for each part that is well formed and matches no request.
config::Problems useless_parts(const Rule& rule);

}  // namespace mooring::routing
