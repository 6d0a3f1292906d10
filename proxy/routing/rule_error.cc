#include "proxy/routing/rule_error.h"

#include <algorithm>
#include <format>
#include <utility>
#include <vector>

#include "proxy/routing/utf8.h"

namespace mooring::routing {
namespace {

constexpr std::size_t kWindowColumns = 96;  // a terminal's line, less the indent
constexpr std::string_view kEllipsis = "…";

// Characters that would move the cursor, colour the terminal, break the line, or turn the direction of writing.
bool printable(char32_t c) {
  if (c < 0x20 || (c >= 0x7f && c <= 0x9f)) return false;
  const bool line_break = c == 0x2028 || c == 0x2029;
  const bool direction = c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
  return !line_break && !direction && c != 0xfeff;
}

struct Column {
  std::size_t offset;
  std::string_view text;
};

// One entry a character. White space is one column wide, whatever it was.
std::vector<Column> columns_of(std::string_view rule) {
  std::vector<Column> columns;
  std::size_t at = 0;
  while (at < rule.size()) {
    const CodePoint point = first_code_point(rule.substr(at));
    const std::size_t bytes = std::max<std::size_t>(point.bytes, 1);
    std::string_view text = rule.substr(at, bytes);
    if (text == "\n" || text == "\t" || text == "\r") {
      text = " ";
    } else if (point.bytes == 0 || !printable(point.value)) {
      text = "?";
    }
    columns.push_back({at, text});
    at += bytes;
  }
  return columns;
}

}  // namespace

std::unexpected<RuleError> refuse(std::size_t offset, std::string message, std::string_view expected) {
  return std::unexpected(RuleError{std::move(message), offset, std::string(expected)});
}

std::string explain(std::string_view rule, const RuleError& error) {
  const std::vector<Column> columns = columns_of(rule);
  const auto place = std::ranges::upper_bound(columns, error.offset, {}, &Column::offset);
  std::size_t caret = static_cast<std::size_t>(place - columns.begin());
  if (caret > 0 && error.offset < rule.size()) --caret;

  std::size_t first = 0;
  if (columns.size() > kWindowColumns) {
    first = caret > kWindowColumns / 2 ? caret - kWindowColumns / 2 : 0;
    first = std::min(first, columns.size() - kWindowColumns);
  }
  const std::size_t last = std::min(columns.size(), first + kWindowColumns);

  std::string text;
  if (first > 0) text += kEllipsis;
  for (std::size_t i = first; i < last; ++i) text += columns[i].text;
  if (last < columns.size()) text += kEllipsis;
  const std::string blanks(caret - first + (first > 0 ? 1 : 0), ' ');
  return std::format("{}\n  {}\n  {}^\n  expected {}", error.message, text, blanks, error.expected);
}

}  // namespace mooring::routing
