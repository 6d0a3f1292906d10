// Cuts a rule's text into tokens: names, strings, parentheses, commas and the three operators.
//
// The grammar is that of Go expressions as far as Traefik's rules use it: strings in backticks (as they are) or in
// double quotes (Go's escapes). What is no token is handed out as `stray`, so that the parser can say what was meant.
// Views the rule's text, which must outlive it. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/routing/rule_error.h"

namespace mooring::routing {

enum class TokenKind : std::uint8_t { name, string, open, close, comma, all, any, negation, stray, broken, end };

struct Token {
  TokenKind kind = TokenKind::end;
  std::size_t offset = 0;
  std::string_view raw;   // the bytes in the rule; empty at the end
  std::string value;      // string: what it means
  bool verbatim = false;  // string: value is the rule's bytes from offset + 1 on
  RuleError error;        // broken: a string that cannot be read
};

class RuleLexer {
 public:
  explicit RuleLexer(std::string_view rule) : rule_(rule) {}

  Token next();

 private:
  Token simple(TokenKind kind, std::size_t bytes);
  Token name();
  Token backticks();
  Token double_quotes();
  Token broken(std::size_t offset, std::string message, std::string expected);

  std::string_view rule_;
  std::size_t at_ = 0;
};

}  // namespace mooring::routing
