// The rules of Traefik v2 (ruleSyntax: v2), said in matchers of v3.
//
// A template ("/item/{id:[0-9]+}") becomes a regular expression with anchors, as gorilla/mux makes it; a text without
// placeholders becomes the plain matcher, which the host index and the comparison of rules understand.
// Source: traefik-compat 2.2, last paragraph; gorilla/mux's route templates.
#include <algorithm>
#include <array>
#include <format>
#include <string>
#include <utility>
#include <vector>

#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"
#include "proxy/routing/rule_dialect.h"
#include "proxy/routing/rule_parser.h"
#include "proxy/routing/rule_template.h"

namespace mooring::routing {
namespace {

using Made = std::expected<Rule, RuleError>;

constexpr std::array kSyntax = {
    MatcherSyntax{MatcherKind::host, "Host", 1, 1, true, "Host(`example.com`)"},
    MatcherSyntax{MatcherKind::host, "HostHeader", 1, 1, true, "HostHeader(`example.com`)"},
    MatcherSyntax{MatcherKind::host_regexp, "HostRegexp", 1, 1, true, "HostRegexp(`{sub:[a-z]+}.example.com`)"},
    MatcherSyntax{MatcherKind::path, "Path", 1, 1, true, "Path(`/item/{id:[0-9]+}`)"},
    MatcherSyntax{MatcherKind::path_prefix, "PathPrefix", 1, 1, true, "PathPrefix(`/api`)"},
    MatcherSyntax{MatcherKind::method, "Method", 1, 1, true, "Method(`GET`, `POST`)"},
    MatcherSyntax{MatcherKind::header, "Headers", 2, 2, false, "Headers(`X-Tenant`, `blue`)"},
    MatcherSyntax{MatcherKind::header_regexp, "HeadersRegexp", 2, 2, false, "HeadersRegexp(`Accept`, `text/.+`)"},
    MatcherSyntax{MatcherKind::query, "Query", 1, 1, true, "Query(`mobile=true`)"},
    MatcherSyntax{MatcherKind::client_ip, "ClientIP", 1, 1, true, "ClientIP(`10.0.0.0/8`)"},
};

// A matcher of v3, with its checks.
Made in_v3(MatcherKind kind, std::span<const Argument> arguments, bool negated) {
  return make_condition(syntax_of(kind), arguments.front().offset, arguments, negated);
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// "*" is a character like any other here, and no host has it; in v3's Host it would match.
Made literal_host(const Argument& argument, bool negated) {
  if (!argument.value.contains('*')) return in_v3(MatcherKind::host, std::span(&argument, 1), negated);
  return condition(MatcherKind::host_regexp, {}, "^" + quoted_for_regexp(config::ascii_lower(argument.value)) + "$",
                   negated);
}

Made make_host(const Argument& argument, bool negated) {
  if (const std::size_t brace = argument.value.find_first_of("{}"); brace != std::string::npos) {
    return refuse(place_in(argument, brace), "Host takes no placeholders, HostRegexp does",
                  std::format("HostRegexp({})", quote_for_rule(config::printable(argument.value))));
  }
  return literal_host(argument, negated);
}

Made make_host_regexp(const Argument& argument, bool negated) {
  if (!is_ascii(argument.value)) return in_v3(MatcherKind::host, std::span(&argument, 1), negated);  // which says why
  auto made = read_template(argument, "[^.]+", "$");
  if (!made) return std::unexpected(std::move(made.error()));
  if (made->plain) return literal_host(argument, negated);
  return condition(MatcherKind::host_regexp, {}, "(?i)" + made->expression, negated);
}

Made make_path(const Argument& argument, MatcherKind kind, bool negated) {
  const bool slash = argument.value.starts_with('/');
  if (!slash) return in_v3(kind, std::span(&argument, 1), negated);  // which says why not
  auto made = read_template(argument, "[^/]+", kind == MatcherKind::path ? "$" : "");
  if (!made) return std::unexpected(std::move(made.error()));
  if (made->plain) return in_v3(kind, std::span(&argument, 1), negated);
  return condition(MatcherKind::path_regexp, {}, std::move(made->expression), negated);
}

Made make_one(const MatcherSyntax& syntax, const Argument& argument, bool negated) {
  switch (syntax.kind) {
    case MatcherKind::host:
      return make_host(argument, negated);
    case MatcherKind::host_regexp:
      return make_host_regexp(argument, negated);
    case MatcherKind::path:
    case MatcherKind::path_prefix:
      return make_path(argument, syntax.kind, negated);
    default:
      return in_v3(syntax.kind, std::span(&argument, 1), negated);
  }
}

// A parameter's value is a template; an empty one stands for any.
Made make_query(const Argument& name, const Argument& value, bool negated) {
  if (const std::size_t brace = name.value.find_first_of("{}"); brace != std::string::npos) {
    return refuse(place_in(name, brace), "the name of a parameter has no placeholders", "Query(`name={id:[0-9]+}`)");
  }
  auto made = read_template(value, ".*", "$");
  if (!made) return std::unexpected(std::move(made.error()));
  if (value.value.empty()) return condition(MatcherKind::query_regexp, name.value, "^.*$", negated);
  if (!made->plain) return condition(MatcherKind::query_regexp, name.value, std::move(made->expression), negated);
  return condition(MatcherKind::query, name.value, value.value, negated);
}

// Query(`a=1`, `b=2`) is a list of names and values once each string is cut at its first "=".
std::vector<Argument> cut_at_equals(std::span<const Argument> arguments) {
  std::vector<Argument> list;
  for (const Argument& argument : arguments) {
    const std::size_t at = argument.value.find('=');
    list.push_back({argument.value.substr(0, at), argument.offset, argument.verbatim});
    if (at == std::string::npos) continue;
    const std::size_t moved = argument.verbatim ? at + 1 : 0;
    list.push_back({argument.value.substr(at + 1), argument.offset + moved, argument.verbatim});
  }
  return list;
}

Made make_pair(const MatcherSyntax& syntax, std::span<const Argument, 2> pair, bool negated) {
  return syntax.kind == MatcherKind::query ? make_query(pair[0], pair[1], negated) : in_v3(syntax.kind, pair, negated);
}

// Headers, HeadersRegexp and Query: names and values by turns, all of which must hold.
Made make_pairs(const MatcherSyntax& syntax, std::size_t name_offset, std::span<const Argument> arguments,
                bool negated) {
  std::vector<Argument> list(arguments.begin(), arguments.end());
  const bool query = syntax.kind == MatcherKind::query;
  if (query) list = cut_at_equals(arguments);
  if (list.size() % 2 != 0) {
    return refuse(name_offset, std::format("{} takes names with their values, and here one has none", syntax.name),
                  syntax.example);
  }
  std::vector<Rule> all;
  for (std::size_t i = 0; i < list.size(); i += 2) {
    // One name said twice: the last value counts.
    bool said_again = false;
    for (std::size_t later = i + 2; later < list.size() && !query; later += 2) {
      said_again = said_again || list[later].value == list[i].value;
    }
    if (said_again) continue;
    Made made = make_pair(syntax, std::span<const Argument, 2>(&list[i], 2), negated);
    if (!made) return made;
    all.push_back(std::move(*made));
  }
  return join(negated ? Rule::Kind::any : Rule::Kind::all, std::move(all));
}

Made make(const MatcherSyntax& syntax, std::size_t name_offset, std::span<const Argument> arguments, bool negated) {
  if (arguments.empty()) {
    return refuse(name_offset,
                  std::format("{} has no string (a shell eats backticks that are not quoted)", syntax.name),
                  syntax.example);
  }
  for (const Argument& argument : arguments) {
    if (argument.value.empty()) {
      return refuse(argument.offset, std::format("{} takes no empty string", syntax.name), syntax.example);
    }
  }
  const bool pairs = !syntax.several || syntax.kind == MatcherKind::query;
  if (pairs) return make_pairs(syntax, name_offset, arguments, negated);
  std::vector<Rule> alternatives;
  std::size_t regexps = 0;
  for (const Argument& argument : arguments) {
    // Each is compiled to be checked: the parser's own limit would come too late.
    if (argument.value.contains('{') && ++regexps > kMaxRuleRegexps) {
      return refuse(argument.offset, "the rule has too many placeholders",
                    std::format("at most {} strings with placeholders", kMaxRuleRegexps));
    }
    Made made = make_one(syntax, argument, negated);
    if (!made) return made;
    alternatives.push_back(std::move(*made));
  }
  return join(negated ? Rule::Kind::all : Rule::Kind::any, std::move(alternatives));
}

std::string_view known_in_v3(std::string_view name) {
  using Renamed = std::pair<std::string_view, std::string_view>;
  constexpr std::array kRenamed = {
      Renamed{"Header", "Headers"},
      Renamed{"HeaderRegexp", "HeadersRegexp"},
      Renamed{"HeadersRegex", "HeadersRegexp"},
      Renamed{"PathRegexp", "Path"},
      Renamed{"QueryRegexp", "Query"},
      Renamed{"Methods", "Method"},
      Renamed{"HostSNI", "Host"},
      Renamed{"HostSNIRegexp", "HostRegexp"},
      Renamed{"PathStrip", "Path"},
      Renamed{"PathPrefixStrip", "PathPrefix"},
  };
  for (const auto& [from, to] : kRenamed) {
    if (config::equal_fold(name, from)) return to;
  }
  return {};
}

}  // namespace

const RuleDialect& dialect_v2() {
  static constexpr RuleDialect kDialect{.matchers = kSyntax, .make = make, .known_elsewhere = known_in_v3};
  return kDialect;
}

}  // namespace mooring::routing
