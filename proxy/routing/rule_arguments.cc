#include "proxy/routing/rule_arguments.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <format>
#include <optional>
#include <utility>
#include <vector>

#include "proxy/config/ip.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"
#include "proxy/routing/regexp.h"

namespace mooring::routing {
namespace {

using Checked = std::expected<std::string, RuleError>;

// Long enough for a host name (RFC 1035 section 2.3.4), so that what is shown can be pasted.
constexpr std::size_t kShownOfValue = 255;

std::string call(const MatcherSyntax& syntax, std::string_view value) {
  return std::format("{}({})", syntax.name, quote_for_rule(config::printable(value, kShownOfValue)));
}

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

// Braces looked at in search of a placeholder: each may cost a pass over the text, which is hostile.
constexpr int kMaxBraces = 16;

// A placeholder of Traefik v2: {name} or {name:pattern}.
struct Placeholder {
  std::size_t begin = 0;
  std::size_t end = 0;  // behind the closing brace
  std::string_view pattern;
};

std::optional<Placeholder> find_placeholder(std::string_view text, std::size_t from, bool only_with_pattern) {
  int tries = 0;
  for (std::size_t begin = text.find('{', from); begin != std::string_view::npos; begin = text.find('{', begin + 1)) {
    if (++tries > kMaxBraces) break;
    std::size_t at = begin + 1;
    while (at < text.size() && is_name_character(text[at])) ++at;
    const bool named = at > begin + 1 && std::isdigit(static_cast<unsigned char>(text[begin + 1])) == 0;
    if (!named || at == text.size()) continue;
    if (text[at] == '}' && !only_with_pattern) return Placeholder{begin, at + 1, {}};
    if (text[at] != ':') continue;
    const std::size_t pattern = at + 1;
    for (int depth = 1; at < text.size(); ++at) {
      if (text[at] == '{') ++depth;
      if (text[at] == '}' && --depth == 0) return Placeholder{begin, at + 1, text.substr(pattern, at - pattern)};
    }
  }
  return std::nullopt;
}

void append_literal(std::string& to, std::string_view text) {
  for (const char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").contains(c)) to += '\\';
    to += c;
  }
}

// The v3 regular expression that says what a v2 template said.
std::string expression_for(std::string_view text, std::string_view any, bool to_the_end) {
  std::string expression = "^";
  std::size_t at = 0;
  while (const auto placeholder = find_placeholder(text, at, false)) {
    append_literal(expression, text.substr(at, placeholder->begin - at));
    const bool alternatives = placeholder->pattern.contains('|');
    if (alternatives) expression += "(?:";
    expression += placeholder->pattern.empty() ? any : placeholder->pattern;
    if (alternatives) expression += ')';
    at = placeholder->end;
  }
  append_literal(expression, text.substr(at));
  if (to_the_end) expression += '$';
  return expression;
}

std::expected<void, RuleError> check_template(const Argument& argument, MatcherKind right, bool only_with_pattern,
                                              bool to_the_end) {
  const auto placeholder = find_placeholder(argument.value, 0, only_with_pattern);
  if (!placeholder) return {};
  const bool host = right == MatcherKind::host_regexp;
  const std::string expression = expression_for(argument.value, host ? "[^.]+" : "[^/]+", to_the_end);
  const std::size_t length = placeholder->end - placeholder->begin;
  return refuse(place_in(argument, placeholder->begin),
                std::format("\"{}\" is a placeholder of Traefik v2's rules, which v3 does not have",
                            config::printable(argument.value.substr(placeholder->begin, length), kShownOfValue)),
                call(syntax_of(right), expression));
}

std::expected<void, RuleError> check_ascii(const MatcherSyntax& syntax, const Argument& argument) {
  const auto bad = std::ranges::find_if(argument.value, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  if (bad == argument.value.end()) return {};
  return refuse(place_in(argument, static_cast<std::size_t>(bad - argument.value.begin())),
                std::format("{} takes ASCII only", syntax.name),
                "the name as it is sent in requests (\"bücher.example\" is \"xn--bcher-kva.example\")");
}

std::expected<void, RuleError> check_regexp(const Argument& argument) {
  const auto regexp = compile_regexp(argument.value);
  if (regexp->ok()) return {};
  const std::string& part = regexp->error_arg();
  const std::size_t at = part.empty() ? std::string::npos : argument.value.find(part);
  return refuse(place_in(argument, at == std::string::npos ? 0 : at),
                std::format("bad regular expression: {}", config::printable(regexp->error())),
                "a regular expression in RE2 syntax, as Go's");
}

// As a request's canonical host: no brackets, no trailing dot. Applied twice it does no more than once, so that a
// normal form stays what it is; "*." must not become "*", which is every host.
std::string plain_host(std::string host) {
  if (host.ends_with('.') && !host.ends_with("..") && host != "*.") host.pop_back();
  const bool address = host.starts_with('[') && !host.contains('%') && config::IpAddress::parse(host).has_value();
  if (address) return host.substr(1, host.size() - 2);
  return host;
}

Checked check_host(const MatcherSyntax& syntax, const Argument& argument) {
  if (const auto ascii = check_ascii(syntax, argument); !ascii) return std::unexpected(ascii.error());
  if (const auto plain = check_template(argument, MatcherKind::host_regexp, false, true); !plain) {
    return std::unexpected(plain.error());
  }
  if (const std::size_t brace = argument.value.find_first_of("{}"); brace != std::string::npos) {
    return refuse(place_in(argument, brace), "no host has braces in its name", "Host(`example.com`)");
  }
  return plain_host(config::ascii_lower(argument.value));
}

Checked check_path(const MatcherSyntax& syntax, const Argument& argument) {
  if (!argument.value.starts_with('/')) {
    return refuse(argument.offset, std::format("{} must start with \"/\"", syntax.name),
                  call(syntax, "/" + argument.value));
  }
  const bool whole = syntax.kind == MatcherKind::path;
  if (const auto plain = check_template(argument, MatcherKind::path_regexp, false, whole); !plain) {
    return std::unexpected(plain.error());
  }
  return argument.value;
}

Checked check_host_regexp(const MatcherSyntax& syntax, const Argument& argument) {
  if (const auto ascii = check_ascii(syntax, argument); !ascii) return std::unexpected(ascii.error());
  if (const auto plain = check_template(argument, MatcherKind::host_regexp, true, true); !plain) {
    return std::unexpected(plain.error());
  }
  if (auto regexp = check_regexp(argument); !regexp) {
    if (!wildcard_suffix(argument.value).empty()) {
      regexp.error().expected = call(syntax_of(MatcherKind::host), argument.value);
    }
    return std::unexpected(std::move(regexp.error()));
  }
  return argument.value;
}

Checked check_path_regexp(const Argument& argument) {
  if (const auto plain = check_template(argument, MatcherKind::path_regexp, true, true); !plain) {
    return std::unexpected(plain.error());
  }
  if (const auto regexp = check_regexp(argument); !regexp) return std::unexpected(regexp.error());
  return argument.value;
}

Checked check_client_ip(const Argument& argument) {
  const auto network = config::IpNetwork::parse(argument.value);
  if (!network) {
    return refuse(argument.offset,
                  std::format("\"{}\" is neither an IP address nor a network", config::printable(argument.value)),
                  "an address or a network, such as ClientIP(`10.0.0.0/8`)");
  }
  return std::format("{}/{}", network->address.to_string(), network->prefix);
}

Checked check_value(const MatcherSyntax& syntax, const Argument& argument) {
  switch (syntax.kind) {
    case MatcherKind::host:
      return check_host(syntax, argument);
    case MatcherKind::host_regexp:
      return check_host_regexp(syntax, argument);
    case MatcherKind::path:
    case MatcherKind::path_prefix:
      return check_path(syntax, argument);
    case MatcherKind::path_regexp:
      return check_path_regexp(argument);
    case MatcherKind::method: {
      std::string method = argument.value;
      std::ranges::transform(method, method.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c; });
      return method;
    }
    case MatcherKind::header_regexp:
    case MatcherKind::query_regexp:
      if (const auto regexp = check_regexp(argument); !regexp) return std::unexpected(regexp.error());
      return argument.value;
    case MatcherKind::header:
    case MatcherKind::query:
      return argument.value;
    case MatcherKind::client_ip:
      return check_client_ip(argument);
  }
  std::unreachable();
}

// How several values are said to a matcher that takes one.
std::string one_by_one(const MatcherSyntax& syntax, std::span<const Argument> arguments) {
  return std::format("{} || {}", call(syntax, arguments[0].value), call(syntax, arguments[1].value));
}

std::expected<void, RuleError> check_count(const MatcherSyntax& syntax, std::size_t name_offset,
                                           std::span<const Argument> arguments) {
  const std::size_t most = syntax.several ? arguments.size() : syntax.max_arguments;
  if (arguments.size() >= syntax.min_arguments && arguments.size() <= most) return {};
  const std::string_view number = syntax.max_arguments == syntax.min_arguments
                                      ? (syntax.max_arguments == 1 ? "1 argument" : "2 arguments")
                                      : "1 or 2 arguments";
  std::string message = std::format("{} takes {}, not {}", syntax.name, number, arguments.size());
  if (arguments.size() < syntax.min_arguments) {
    if (arguments.empty()) message += " (a shell eats backticks that are not quoted)";
    return refuse(name_offset, std::move(message), std::string(syntax.example));
  }
  const bool alternatives = syntax.max_arguments == 1;
  return refuse(arguments[syntax.max_arguments].offset, std::move(message),
                alternatives ? one_by_one(syntax, arguments) : std::string(syntax.example));
}

// Header, HeaderRegexp, Query and QueryRegexp: a name, then a value.
std::expected<Rule, RuleError> make_named(const MatcherSyntax& syntax, std::span<const Argument> arguments,
                                          bool negated) {
  const bool header = syntax.kind == MatcherKind::header || syntax.kind == MatcherKind::header_regexp;
  std::string name = header ? config::ascii_lower(arguments[0].value) : arguments[0].value;
  // Without a value it is the empty value that is asked for; Traefik treats QueryRegexp(`k`) as Query(`k`).
  if (arguments.size() == 1) return condition(MatcherKind::query, std::move(name), {}, negated);
  Checked value = check_value(syntax, arguments[1]);
  if (!value) return std::unexpected(value.error());
  return condition(syntax.kind, std::move(name), std::move(*value), negated);
}

}  // namespace

std::size_t place_in(const Argument& argument, std::size_t at) {
  return argument.verbatim ? argument.offset + 1 + at : argument.offset;
}

Rule condition(MatcherKind kind, std::string name, std::string value, bool negated) {
  Rule rule;
  rule.negated = negated;
  rule.matcher = kind;
  rule.name = std::move(name);
  rule.value = std::move(value);
  return rule;
}

std::expected<Rule, RuleError> make_condition(const MatcherSyntax& syntax, std::size_t name_offset,
                                              std::span<const Argument> arguments, bool negated) {
  if (const auto count = check_count(syntax, name_offset, arguments); !count) return std::unexpected(count.error());
  if (syntax.max_arguments == 2) return make_named(syntax, arguments, negated);
  std::vector<Rule> alternatives;
  for (const Argument& argument : arguments) {
    Checked value = check_value(syntax, argument);
    if (!value) return std::unexpected(value.error());
    alternatives.push_back(condition(syntax.kind, {}, std::move(*value), negated));
  }
  // Not (a or b) is (not a) and (not b).
  return join(negated ? Rule::Kind::all : Rule::Kind::any, std::move(alternatives));
}

}  // namespace mooring::routing
