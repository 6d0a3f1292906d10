#include "proxy/cli/text_table.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "proxy/config/printable.h"

namespace mooring::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeast = 6;  // a column is not cut below this
constexpr std::size_t kReadable = 14;
constexpr std::size_t kLongestCell = 120;  // even where the width does not matter

bool starts_code_point(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
}

std::string_view colour(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "\x1b[32m";
    case Tone::warning:
      return "\x1b[33m";
    case Tone::bad:
      return "\x1b[31m";
    case Tone::quiet:
      return "\x1b[2m";
    case Tone::plain:
      break;
  }
  return {};
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, starts_code_point));
}

std::string cut(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::size_t seen = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    if (starts_code_point(text[end]) && seen++ == columns - 1) break;
    ++end;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string toned(std::string_view text, Tone tone, const TextStyle& style) {
  const std::string_view on = style.color ? colour(tone) : std::string_view{};
  if (on.empty()) return std::string(text);
  return std::string(on).append(text).append("\x1b[0m");
}

std::string heading(std::string_view text, const TextStyle& style) {
  return style.color ? "\x1b[1m" + std::string(text) + "\x1b[0m" : std::string(text);
}

void TextTable::add(std::vector<Cell> row) {
  assert(row.size() == columns_.size());
  for (Cell& cell : row) cell.text = cut(config::printable(cell.text), kLongestCell);
  rows_.push_back(std::move(row));
}

// What a column may be cut to before another one is left out for it.
std::size_t TextTable::readable(const Shown& column) const {
  return std::min(column.width, std::max(kReadable, columns_of(columns_[column.index].title)));
}

// What each column needs; where that is too much, expendable ones go, then the widest give way.
std::vector<TextTable::Shown> TextTable::layout(const TextStyle& style) const {
  std::vector<Shown> shown;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns_of(columns_[i].title);
    for (const auto& row : rows_) width = std::max(width, columns_of(row[i].text));
    shown.push_back({.index = i, .width = width});
  }
  if (style.width == 0) return shown;
  const auto total = [&shown](auto width_of) {
    std::size_t sum = 0;
    for (const Shown& column : shown) sum += width_of(column) + kGap;
    return sum - kGap;
  };
  const auto expendable = [this](const Shown& column) { return columns_[column.index].expendable; };
  while (total([this](const Shown& column) { return readable(column); }) > style.width) {
    const auto least_missed = std::ranges::max_element(shown, {}, expendable);
    if (expendable(*least_missed) == 0) break;
    shown.erase(least_missed);
  }
  while (total([](const Shown& column) { return column.width; }) > style.width) {
    const auto widest = std::ranges::max_element(shown, {}, &Shown::width);
    if (widest->width <= kLeast) break;
    --widest->width;
  }
  return shown;
}

std::string TextTable::render(const TextStyle& style) const {
  const std::vector<Shown> shown = layout(style);
  std::string out;
  const auto line = [&](auto text_of, auto dress) {
    std::size_t owed = 0;  // blanks that are written only when something follows
    for (const Shown& column : shown) {
      const bool to_the_right = columns_[column.index].to_the_right;
      const std::string text = cut(text_of(column.index), column.width);
      const std::size_t blanks = column.width - columns_of(text);
      if (text.empty()) {
        owed += column.width + kGap;
        continue;
      }
      out.append(owed + (to_the_right ? blanks : 0), ' ').append(dress(column.index, text));
      owed = to_the_right ? kGap : blanks + kGap;
    }
    out.push_back('\n');
  };
  line([this](std::size_t i) { return std::string_view(columns_[i].title); },
       [&](std::size_t, const std::string& text) { return toned(text, Tone::quiet, style); });
  for (const auto& row : rows_) {
    line([&row](std::size_t i) { return std::string_view(row[i].text); },
         [&](std::size_t i, const std::string& text) { return toned(text, row[i].tone, style); });
  }
  return out;
}

}  // namespace mooring::cli
