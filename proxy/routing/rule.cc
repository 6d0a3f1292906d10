#include "proxy/routing/rule.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <format>
#include <iterator>
#include <utility>

#include "proxy/routing/utf8.h"

namespace mooring::routing {
namespace {

constexpr std::array kSyntax = {
    MatcherSyntax{MatcherKind::host, "Host", 1, 1, true, "Host(`example.com`)"},
    MatcherSyntax{MatcherKind::host_regexp, "HostRegexp", 1, 1, false, "HostRegexp(`^[a-z]+\\.example\\.com$`)"},
    MatcherSyntax{MatcherKind::path, "Path", 1, 1, true, "Path(`/login`)"},
    MatcherSyntax{MatcherKind::path_regexp, "PathRegexp", 1, 1, false, "PathRegexp(`^/item/[0-9]+$`)"},
    MatcherSyntax{MatcherKind::path_prefix, "PathPrefix", 1, 1, true, "PathPrefix(`/api`)"},
    MatcherSyntax{MatcherKind::method, "Method", 1, 1, true, "Method(`GET`)"},
    MatcherSyntax{MatcherKind::header, "Header", 2, 2, false, "Header(`X-Tenant`, `blue`)"},
    MatcherSyntax{MatcherKind::header_regexp, "HeaderRegexp", 2, 2, false, "HeaderRegexp(`Accept`, `text/.+`)"},
    MatcherSyntax{MatcherKind::query, "Query", 1, 2, false, "Query(`mobile`, `true`)"},
    MatcherSyntax{MatcherKind::query_regexp, "QueryRegexp", 1, 2, false, "QueryRegexp(`id`, `^[0-9]+$`)"},
    MatcherSyntax{MatcherKind::client_ip, "ClientIP", 1, 1, false, "ClientIP(`10.0.0.0/8`)"},
};

enum class Case { as_written, lower, upper, title };

bool spelled(std::string_view text, std::string_view name, Case how) {
  if (text.size() != name.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool upper = how == Case::upper || (how == Case::title && i == 0);
    const int wanted = how == Case::as_written ? c : upper ? std::toupper(c) : std::tolower(c);
    if (static_cast<unsigned char>(text[i]) != wanted) return false;
  }
  return true;
}

bool has_name(MatcherKind kind) {
  switch (kind) {
    case MatcherKind::header:
    case MatcherKind::header_regexp:
    case MatcherKind::query:
    case MatcherKind::query_regexp:
      return true;
    default:
      return false;
  }
}

void write(const Rule& rule, bool in_all, std::string& to) {
  if (rule.kind == Rule::Kind::condition) {
    if (rule.negated) to += '!';
    to += syntax_of(rule.matcher).name;
    to += '(';
    if (has_name(rule.matcher)) {
      to += quote_for_rule(rule.name);
      to += ", ";
    }
    to += quote_for_rule(rule.value);
    to += ')';
    return;
  }
  // && binds tighter, so only an || inside an && needs parentheses.
  const bool all = rule.kind == Rule::Kind::all;
  const bool group = in_all && !all;
  if (group) to += '(';
  for (std::size_t i = 0; i < rule.operands.size(); ++i) {
    if (i > 0) to += all ? " && " : " || ";
    write(rule.operands[i], all, to);
  }
  if (group) to += ')';
}

bool fits_backticks(std::string_view value) {
  const bool plain = std::ranges::all_of(value, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7f && c != '`';
  });
  return plain && first_invalid_utf8(value) == std::string_view::npos;
}

}  // namespace

std::strong_ordering Rule::operator<=>(const Rule& other) const {
  if (const auto order = kind <=> other.kind; order != 0) return order;
  if (kind == Kind::condition) {
    if (const auto order = matcher <=> other.matcher; order != 0) return order;
    if (const auto order = name <=> other.name; order != 0) return order;
    if (const auto order = value <=> other.value; order != 0) return order;
    return negated <=> other.negated;
  }
  return std::lexicographical_compare_three_way(operands.begin(), operands.end(), other.operands.begin(),
                                                other.operands.end());
}

Rule join(Rule::Kind kind, std::vector<Rule> operands) {
  std::vector<Rule> flat;
  flat.reserve(operands.size());
  for (Rule& operand : operands) {
    if (operand.kind == kind) {
      std::ranges::move(operand.operands, std::back_inserter(flat));
    } else {
      flat.push_back(std::move(operand));
    }
  }
  std::ranges::sort(flat);
  const auto doubles = std::ranges::unique(flat);
  flat.erase(doubles.begin(), doubles.end());
  if (flat.size() == 1) return std::move(flat.front());
  Rule rule;
  rule.kind = kind;
  rule.operands = std::move(flat);
  return rule;
}

std::string canonical(const Rule& rule) {
  std::string text;
  write(rule, false, text);
  return text;
}

const MatcherSyntax& syntax_of(MatcherKind kind) {
  return kSyntax[static_cast<std::size_t>(kind)];
}

std::span<const MatcherSyntax> matchers() {
  return kSyntax;
}

const MatcherSyntax* find_matcher(std::span<const MatcherSyntax> among, std::string_view name) {
  for (const MatcherSyntax& syntax : among) {
    for (const Case how : {Case::as_written, Case::lower, Case::upper, Case::title}) {
      if (spelled(name, syntax.name, how)) return &syntax;
    }
  }
  return nullptr;
}

std::string quote_for_rule(std::string_view value) {
  if (fits_backticks(value)) return std::format("`{}`", value);
  std::string text = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      text += std::format("\\x{:02x}", byte);
    } else {
      text += c;
    }
  }
  return text + '"';
}

std::string_view wildcard_suffix(std::string_view host) {
  if (!host.starts_with("*.")) return {};
  const std::string_view suffix = host.substr(2);
  return suffix.contains('*') ? std::string_view() : suffix;
}

}  // namespace mooring::routing
