// Templates of Traefik v2's rules, which are gorilla/mux's: "/item/{id:[0-9]+}", "{sub}.example.com".
//
// What stands outside of braces means itself; {name:pattern} is the pattern, {name} a pattern that depends on where it
// stands. Templates come from labels: every pattern is compiled once to be checked. Pure functions, any thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "proxy/routing/rule_arguments.h"
#include "proxy/routing/rule_error.h"

namespace mooring::routing {

struct Template {
  bool plain = true;       // no placeholder in it
  std::string expression;  // with "^" before it
};

// `any`: what {name} stands for; `end`: "$" where the whole text must match, else "".
std::expected<Template, RuleError> read_template(const Argument& argument, std::string_view any, std::string_view end);

// The regular expression that matches `text` and nothing else, without anchors.
std::string quoted_for_regexp(std::string_view text);

}  // namespace mooring::routing
