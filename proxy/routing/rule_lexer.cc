#include "proxy/routing/rule_lexer.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <optional>
#include <utility>

#include "proxy/config/printable.h"
#include "proxy/routing/utf8.h"

namespace mooring::routing {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// One escape of a double-quoted string (Go specification, "Rune literals").
struct Escape {
  std::size_t bytes = 0;  // after the backslash
  std::string meaning;
};

std::optional<Escape> simple_escape(char c) {
  constexpr std::string_view kLetters = "abfnrtv\\\"";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\\"";
  const std::size_t at = kLetters.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return Escape{1, std::string(1, kMeanings[at])};
}

std::optional<Escape> numeric_escape(std::string_view text, std::size_t skip, std::size_t digits, int radix) {
  if (text.size() < skip + digits) return std::nullopt;
  std::uint32_t value = 0;
  const char* begin = text.data() + skip;
  const auto [end, error] = std::from_chars(begin, begin + digits, value, radix);
  if (error != std::errc() || end != begin + digits) return std::nullopt;
  Escape escape{skip + digits, {}};
  if (digits <= 3) {
    if (value > 0xff) return std::nullopt;
    escape.meaning = static_cast<char>(value);
  } else {
    if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return std::nullopt;
    append_utf8(escape.meaning, value);
  }
  return escape;
}

// `text` begins behind the backslash.
std::optional<Escape> read_escape(std::string_view text) {
  if (text.empty()) return std::nullopt;
  switch (text.front()) {
    case 'x':
      return numeric_escape(text, 1, 2, 16);
    case 'u':
      return numeric_escape(text, 1, 4, 16);
    case 'U':
      return numeric_escape(text, 1, 8, 16);
    default:
      return is_digit(text.front()) ? numeric_escape(text, 0, 3, 8) : simple_escape(text.front());
  }
}

}  // namespace

Token RuleLexer::next() {
  at_ = std::min(rule_.find_first_not_of(kBlanks, at_), rule_.size());
  if (at_ == rule_.size()) return simple(TokenKind::end, 0);
  const char c = rule_[at_];
  const std::string_view two = rule_.substr(at_, 2);
  if (two == "&&") return simple(TokenKind::all, 2);
  if (two == "||") return simple(TokenKind::any, 2);
  switch (c) {
    case '(':
      return simple(TokenKind::open, 1);
    case ')':
      return simple(TokenKind::close, 1);
    case ',':
      return simple(TokenKind::comma, 1);
    case '!':
      return simple(TokenKind::negation, 1);
    case '`':
      return backticks();
    case '"':
      return double_quotes();
    default:
      if (is_letter(c)) return name();
      return simple(TokenKind::stray, std::max<std::size_t>(first_code_point(rule_.substr(at_)).bytes, 1));
  }
}

Token RuleLexer::simple(TokenKind kind, std::size_t bytes) {
  Token token;
  token.kind = kind;
  token.offset = at_;
  token.raw = rule_.substr(at_, bytes);
  at_ += bytes;
  return token;
}

Token RuleLexer::name() {
  std::size_t end = at_;
  while (end < rule_.size() && (is_letter(rule_[end]) || is_digit(rule_[end]))) ++end;
  return simple(TokenKind::name, end - at_);
}

Token RuleLexer::backticks() {
  const std::size_t close = rule_.find('`', at_ + 1);
  if (close == std::string_view::npos) {
    return broken(at_, "the string that begins here has no closing backtick", "a backtick at its end");
  }
  Token token = simple(TokenKind::string, close + 1 - at_);
  token.value = token.raw.substr(1, token.raw.size() - 2);
  // Go drops carriage returns from raw strings, so that a file's line ends do not change what it means.
  token.verbatim = std::erase(token.value, '\r') == 0;
  return token;
}

Token RuleLexer::double_quotes() {
  std::string value;
  for (std::size_t i = at_ + 1; i < rule_.size() && rule_[i] != '\n';) {
    if (rule_[i] == '"') {
      Token token = simple(TokenKind::string, i + 1 - at_);
      token.verbatim = value.size() + 2 == token.raw.size();
      token.value = std::move(value);
      return token;
    }
    if (rule_[i] != '\\') {
      value += rule_[i++];
      continue;
    }
    const std::optional<Escape> escape = read_escape(rule_.substr(i + 1));
    if (!escape) {
      return broken(i,
                    std::format("\"{}\" is no escape in a double-quoted string", config::printable(rule_.substr(i, 2))),
                    "a string in backticks, where a backslash means itself");
    }
    value += escape->meaning;
    i += 1 + escape->bytes;
  }
  return broken(at_, "the string that begins here has no closing quote", "a double quote at its end");
}

Token RuleLexer::broken(std::size_t offset, std::string message, std::string expected) {
  Token token;
  token.kind = TokenKind::broken;
  token.offset = offset;
  token.raw = rule_.substr(at_);
  token.error = RuleError{std::move(message), offset, std::move(expected)};
  at_ = rule_.size();
  return token;
}

}  // namespace mooring::routing
