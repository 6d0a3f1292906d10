#include "proxy/routing/rule_template.h"

#include <re2/re2.h>

#include <format>
#include <optional>
#include <utility>

#include "proxy/config/printable.h"
#include "proxy/routing/regexp.h"

namespace mooring::routing {
namespace {

constexpr std::string_view kExample = "a placeholder such as {id:[0-9]+}";

std::unexpected<RuleError> refuse_in(const Argument& argument, std::size_t at, std::string message) {
  return std::unexpected(RuleError{std::move(message), place_in(argument, at), std::string(kExample)});
}

// Behind the brace that closes the one at `begin`; patterns have braces of their own, in pairs.
std::optional<std::size_t> end_of_placeholder(std::string_view text, std::size_t begin) {
  int depth = 0;
  for (std::size_t at = begin; at < text.size(); ++at) {
    if (text[at] == '{') ++depth;
    if (text[at] == '}' && --depth == 0) return at + 1;
  }
  return std::nullopt;
}

// The pattern of what stands between the braces, checked.
std::expected<std::string, RuleError> pattern_of(const Argument& argument, std::size_t begin, std::size_t end,
                                                 std::string_view any) {
  const std::string_view inner = std::string_view(argument.value).substr(begin + 1, end - begin - 2);
  const std::size_t colon = inner.find(':');
  const std::string_view pattern = colon == std::string_view::npos ? any : inner.substr(colon + 1);
  if (inner.substr(0, colon).empty() || pattern.empty()) {
    return refuse_in(argument, begin, "a placeholder needs a name, and a pattern behind its colon");
  }
  const auto regexp = compile_regexp(pattern);
  if (!regexp->ok()) {
    return refuse_in(argument, begin, std::format("bad regular expression: {}", config::printable(regexp->error())));
  }
  return std::string(pattern);
}

}  // namespace

std::string quoted_for_regexp(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").contains(c)) quoted += '\\';
    quoted += c;
  }
  return quoted;
}

std::expected<Template, RuleError> read_template(const Argument& argument, std::string_view any, std::string_view end) {
  const std::string_view text = argument.value;
  Template result;
  result.expression = "^";
  std::size_t at = 0;
  for (;;) {
    const std::size_t brace = text.find_first_of("{}", at);
    result.expression += quoted_for_regexp(text.substr(at, brace == std::string_view::npos ? brace : brace - at));
    if (brace == std::string_view::npos) break;
    if (text[brace] == '}') return refuse_in(argument, brace, "this brace closes nothing");
    const auto behind = end_of_placeholder(text, brace);
    if (!behind) return refuse_in(argument, brace, "this brace is never closed");
    const auto pattern = pattern_of(argument, brace, *behind, any);
    if (!pattern) return std::unexpected(pattern.error());
    result.plain = false;
    result.expression += std::format("(?:{})", *pattern);
    at = *behind;
  }
  result.expression += end;
  if (result.plain) return result;
  // Each pattern is good for itself, and together they may still be too much, or a "\" at an end take the next sign.
  const auto whole = compile_regexp(result.expression);
  if (!whole->ok()) {
    return refuse_in(argument, 0, std::format("bad regular expression: {}", config::printable(whole->error())));
  }
  return result;
}

}  // namespace mooring::routing
