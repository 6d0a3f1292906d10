#include "proxy/routing/rule_parser.h"

#include <algorithm>
#include <array>
#include <format>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"
#include "proxy/routing/rule_arguments.h"
#include "proxy/routing/rule_lexer.h"
#include "proxy/routing/utf8.h"

namespace mooring::routing {
namespace {

using Parsed = std::expected<Rule, RuleError>;

constexpr std::size_t kShownBytes = 60;  // of foreign text within a message

// Names that other versions or other kinds of router have.
std::string_view known_elsewhere(std::string_view name) {
  struct Renamed {
    std::string_view from;
    std::string_view to;
  };
  constexpr std::array kRenamed = {
      Renamed{"HostHeader", "Host"},
      Renamed{"Headers", "Header"},
      Renamed{"HeadersRegexp", "HeaderRegexp"},
      Renamed{"HeadersRegex", "HeaderRegexp"},
      Renamed{"HostSNI", "Host"},
      Renamed{"HostSNIRegexp", "HostRegexp"},
      Renamed{"PathStrip", "Path"},
      Renamed{"PathPrefixStrip", "PathPrefix"},
      Renamed{"Methods", "Method"},
  };
  for (const Renamed& renamed : kRenamed) {
    if (config::equal_fold(name, renamed.from)) return renamed.to;
  }
  return {};
}

// What somebody may write for an operator; empty for anything else.
std::string_view operator_for(const Token& token) {
  if (token.raw == "&" || token.raw == "+" || config::equal_fold(token.raw, "and")) return "&&";
  if (token.raw == "|" || config::equal_fold(token.raw, "or")) return "||";
  if (config::equal_fold(token.raw, "not")) return "!";
  return {};
}

bool is_wrong_quote(std::string_view raw) {
  constexpr std::array<std::string_view, 8> kQuotes = {"'", "´", "‘", "’", "“", "”", "„", "«"};
  return std::ranges::find(kQuotes, raw) != kQuotes.end();
}

std::size_t count_regexps(const Rule& rule) {
  if (rule.kind != Rule::Kind::condition) {
    return std::accumulate(rule.operands.begin(), rule.operands.end(), std::size_t{0},
                           [](std::size_t sum, const Rule& operand) { return sum + count_regexps(operand); });
  }
  return syntax_of(rule.matcher).name.ends_with("Regexp") ? 1 : 0;
}

class Parser {
 public:
  Parser(std::string_view rule, const RuleDialect& dialect) : rule_(rule), dialect_(dialect), lexer_(rule) {
    advance();
  }

  Parsed parse() {
    if (token_.kind == TokenKind::end) return refuse(0, "the rule is empty", "a matcher such as Host(`example.com`)");
    Parsed rule = parse_any(false, 0);
    if (rule && token_.kind != TokenKind::end) return after_operand();
    return rule;
  }

 private:
  void advance() { token_ = lexer_.next(); }

  // operand || operand …; under a `!` the very same is an "all of" of negated operands (De Morgan).
  Parsed parse_any(bool negated, int depth) {
    return parse_joined(TokenKind::any, negated ? Rule::Kind::all : Rule::Kind::any, negated, depth);
  }
  Parsed parse_all(bool negated, int depth) {
    return parse_joined(TokenKind::all, negated ? Rule::Kind::any : Rule::Kind::all, negated, depth);
  }
  Parsed parse_joined(TokenKind sign, Rule::Kind kind, bool negated, int depth);
  Parsed parse_operand(bool negated, int depth);
  Parsed parse_group(bool negated, int depth);
  Parsed parse_matcher(bool negated);
  std::expected<std::vector<Argument>, RuleError> parse_arguments(const MatcherSyntax& syntax, const Token& name,
                                                                  const Token& open);

  std::unexpected<RuleError> too_many(const Token& name) const;
  std::unexpected<RuleError> no_operand() const;
  std::unexpected<RuleError> after_operand() const;
  std::unexpected<RuleError> unknown_matcher(const Token& name) const;
  std::unexpected<RuleError> bare_host(const Token& name) const;
  std::unexpected<RuleError> first_version(const MatcherSyntax* syntax, const Token& name) const;
  std::unexpected<RuleError> no_string(const MatcherSyntax& syntax) const;
  std::unexpected<RuleError> unexpected_sign() const;

  const MatcherSyntax* find(std::string_view name) const { return find_matcher(dialect_.matchers, name); }

  std::string_view rule_;
  const RuleDialect& dialect_;
  RuleLexer lexer_;
  Token token_;
  std::size_t arguments_ = 0;
  std::size_t regexps_ = 0;
};

Parsed Parser::parse_joined(TokenKind sign, Rule::Kind kind, bool negated, int depth) {
  std::vector<Rule> operands;
  for (;;) {
    Parsed operand = sign == TokenKind::any ? parse_all(negated, depth) : parse_operand(negated, depth);
    if (!operand) return operand;
    operands.push_back(std::move(*operand));
    if (token_.kind != sign) break;
    advance();
  }
  return join(kind, std::move(operands));
}

Parsed Parser::parse_operand(bool negated, int depth) {
  for (; token_.kind == TokenKind::negation; advance()) negated = !negated;
  if (token_.kind == TokenKind::open) return parse_group(negated, depth);
  if (token_.kind == TokenKind::name && operator_for(token_).empty()) return parse_matcher(negated);
  return no_operand();
}

Parsed Parser::parse_group(bool negated, int depth) {
  const std::size_t open = token_.offset;
  if (depth == kMaxRuleDepth) {
    return refuse(open, "too many parentheses within parentheses", std::format("at most {}", kMaxRuleDepth));
  }
  advance();
  Parsed rule = parse_any(negated, depth + 1);
  if (!rule) return rule;
  if (token_.kind == TokenKind::end)
    return refuse(open, "this parenthesis is never closed", "\")\" at the end of the group");
  if (token_.kind != TokenKind::close) return after_operand();
  advance();
  return rule;
}

Parsed Parser::parse_matcher(bool negated) {
  const Token name = token_;
  const MatcherSyntax* syntax = find(name.raw);
  advance();
  if (token_.raw == ":") return first_version(syntax, name);
  if (syntax == nullptr) return token_.raw == "." ? bare_host(name) : unknown_matcher(name);
  if (token_.kind != TokenKind::open) {
    return refuse(token_.offset, std::format("{} has no arguments", syntax->name), std::string(syntax->example));
  }
  const Token open = token_;
  advance();
  auto arguments = parse_arguments(*syntax, name, open);
  if (!arguments) return std::unexpected(std::move(arguments.error()));
  arguments_ += arguments->size();
  if (arguments_ > kMaxRuleArguments) return too_many(name);
  Parsed made = dialect_.make(*syntax, name.offset, *arguments, negated);
  if (!made) return made;
  regexps_ += count_regexps(*made);
  if (regexps_ > kMaxRuleRegexps) return too_many(name);
  return made;
}

std::unexpected<RuleError> Parser::too_many(const Token& name) const {
  return refuse(name.offset, "the rule has too many matchers",
                std::format("at most {} values and {} regular expressions", kMaxRuleArguments, kMaxRuleRegexps));
}

std::expected<std::vector<Argument>, RuleError> Parser::parse_arguments(const MatcherSyntax& syntax, const Token& name,
                                                                        const Token& open) {
  std::vector<Argument> arguments;
  while (token_.kind != TokenKind::close) {
    if (token_.kind == TokenKind::end) break;
    if (token_.kind != TokenKind::string) return no_string(syntax);
    arguments.push_back({std::move(token_.value), token_.offset, token_.verbatim});
    advance();
    if (token_.kind == TokenKind::comma) {  // Go takes one behind the last argument, too
      advance();
    } else if (token_.kind == TokenKind::broken) {
      return std::unexpected(token_.error);
    } else if (token_.kind != TokenKind::close && token_.kind != TokenKind::end) {
      return refuse(token_.offset, std::format("{} is not closed", syntax.name), "\",\" or \")\" behind the string");
    }
  }
  if (token_.kind == TokenKind::end) {
    return refuse(open.offset, std::format("the parenthesis of {} is never closed", name.raw),
                  "\")\" behind its string");
  }
  advance();
  return arguments;
}

std::unexpected<RuleError> Parser::no_operand() const {
  if (token_.kind == TokenKind::broken) return std::unexpected(token_.error);
  if (token_.kind == TokenKind::end)
    return refuse(token_.offset, "the rule ends too early", "a matcher such as Host(`example.com`)");
  if (token_.kind == TokenKind::string) {
    return refuse(
        token_.offset, "a string stands here without a matcher",
        std::format("Host({0}) or PathPrefix({0})", quote_for_rule(config::printable(token_.value, kShownBytes))));
  }
  if (const std::string_view sign = operator_for(token_); sign == "!") {
    return refuse(token_.offset, std::format("\"{}\" is no operator", token_.raw), "!");
  }
  if (token_.kind == TokenKind::stray) return unexpected_sign();
  return refuse(token_.offset, std::format("a matcher is missing before \"{}\"", token_.raw),
                "a matcher such as Host(`example.com`)");
}

std::unexpected<RuleError> Parser::after_operand() const {
  const std::size_t at = token_.offset;
  if (token_.kind == TokenKind::broken) return std::unexpected(token_.error);
  if (token_.kind == TokenKind::close) return refuse(at, "this parenthesis closes nothing", "as many \"(\" as \")\"");
  if (token_.kind == TokenKind::comma || token_.raw == ";") {
    return refuse(at, std::format("\"{}\" does not join matchers", token_.raw), "&& or ||");
  }
  if (const std::string_view sign = operator_for(token_); !sign.empty() && sign != "!") {
    return refuse(at, std::format("\"{}\" is no operator", token_.raw), std::string(sign));
  }
  if (token_.kind == TokenKind::stray) return unexpected_sign();
  return refuse(at, "an operator is missing here", "&& or ||");
}

std::unexpected<RuleError> Parser::unexpected_sign() const {
  if (is_wrong_quote(token_.raw)) {
    return refuse(token_.offset, std::format("{} is no quotation mark of rules", token_.raw),
                  "a matcher with its string in backticks, such as Host(`example.com`)");
  }
  return refuse(token_.offset, std::format("\"{}\" has no meaning here", config::printable(token_.raw)),
                "matchers such as Host(`example.com`), joined by && and ||");
}

std::unexpected<RuleError> Parser::unknown_matcher(const Token& name) const {
  std::vector<std::string_view> names;
  for (const MatcherSyntax& syntax : dialect_.matchers) names.push_back(syntax.name);
  std::string_view right = dialect_.known_elsewhere(name.raw);
  if (right.empty()) right = config::nearest(name.raw, names);
  const std::string message = std::format("unknown matcher {}", config::printable(name.raw, kShownBytes));
  if (!right.empty()) {
    return refuse(name.offset, message, std::format("{}, as in {}", right, find(right)->example));
  }
  std::string all;
  for (const std::string_view one : names) all += std::format("{}{}", all.empty() ? "" : ", ", one);
  return refuse(name.offset, message, std::format("one of {}", all));
}

// example.com, where Host(`example.com`) is meant.
std::unexpected<RuleError> Parser::bare_host(const Token& name) const {
  std::string_view bare = rule_.substr(name.offset);
  bare = bare.substr(0, bare.find_first_of(" \t\r\n&|()`\"',"));
  const std::string host = config::printable(bare, kShownBytes);
  return refuse(name.offset, std::format("{} stands here without a matcher", host),
                std::format("Host({})", quote_for_rule(host)));
}

// Host:a.example,b.example;PathPrefix:/x is how Traefik 1 had it.
std::unexpected<RuleError> Parser::first_version(const MatcherSyntax* syntax, const Token& name) const {
  if (syntax == nullptr) syntax = find(dialect_.known_elsewhere(name.raw));
  std::string_view rest = rule_.substr(token_.offset + 1);
  rest = rest.substr(0, rest.find_first_of("; \t\n&|()"));
  std::string_view value = rest.substr(0, rest.find(','));
  while (value.ends_with('`') || value.ends_with('"')) value.remove_suffix(1);
  while (value.starts_with('`') || value.starts_with('"')) value.remove_prefix(1);
  std::string expected(syntax != nullptr ? syntax->example : "Host(`example.com`)");
  if (syntax != nullptr && syntax->min_arguments == 1 && !value.empty()) {
    expected = std::format("{}({})", syntax->name, quote_for_rule(config::printable(value, kShownBytes)));
  }
  return refuse(name.offset, std::format("\"{}:\" is the form of Traefik v1", config::printable(name.raw, kShownBytes)),
                std::move(expected));
}

// In a matcher's parentheses, where a string should begin.
std::unexpected<RuleError> Parser::no_string(const MatcherSyntax& syntax) const {
  if (token_.kind == TokenKind::broken) return std::unexpected(token_.error);
  if (token_.kind == TokenKind::comma) {
    return refuse(token_.offset, "an argument is missing before the comma", std::string(syntax.example));
  }
  std::string_view bare = rule_.substr(token_.offset);
  bare = bare.substr(0, bare.find_first_of("),"));
  while (bare.ends_with(' ')) bare.remove_suffix(1);
  if (bare.contains('(')) {
    return refuse(token_.offset, std::format("{} takes strings, not matchers", syntax.name),
                  std::string(syntax.example));
  }
  const bool wrong_quotes = is_wrong_quote(token_.raw);
  std::string message = std::format("{}({}) needs quotes", syntax.name, config::printable(bare, kShownBytes));
  if (wrong_quotes) {
    message = token_.raw == "'" ? "strings in rules do not stand in single quotes"
                                : std::format("{} is no quotation mark of rules", token_.raw);
    bare.remove_prefix(token_.raw.size());
    for (std::size_t at = 0; at < bare.size();) {
      const std::size_t bytes = std::max<std::size_t>(first_code_point(bare.substr(at)).bytes, 1);
      if (is_wrong_quote(bare.substr(at, bytes))) bare = bare.substr(0, at);
      at += bytes;
    }
  }
  const bool one = syntax.min_arguments == 1 && !bare.empty();
  return refuse(token_.offset, std::move(message),
                one ? std::format("{}({})", syntax.name, quote_for_rule(config::printable(bare, kShownBytes)))
                    : std::string(syntax.example));
}

}  // namespace

const RuleDialect& dialect_v3() {
  static const RuleDialect dialect{.matchers = matchers(), .make = make_condition, .known_elsewhere = known_elsewhere};
  return dialect;
}

std::expected<Rule, RuleError> parse_rule(std::string_view text, const RuleDialect& dialect) {
  if (text.size() > kMaxRuleBytes) {
    return refuse(kMaxRuleBytes, std::format("the rule has {} bytes", text.size()),
                  std::format("at most {} bytes; several routers can share a service", kMaxRuleBytes));
  }
  if (const std::size_t bad = first_invalid_utf8(text); bad != std::string_view::npos) {
    return refuse(bad, "the rule is not valid UTF-8", "text in UTF-8");
  }
  return Parser(text, dialect).parse();
}

}  // namespace mooring::routing
