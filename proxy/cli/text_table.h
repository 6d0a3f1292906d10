// TextTable: rows of cells as aligned text, for terminals and pipes.
//
// Cells come from outside, so they are made printable first (control characters escaped, long ones cut). Where the
// table is wider than the terminal, the widest columns are cut, with "…". Counts code points, not glyphs. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mooring::cli {

enum class Tone : std::uint8_t { plain, good, warning, bad, quiet };

struct Cell {
  std::string text;
  Tone tone = Tone::plain;
};

struct TextStyle {
  std::size_t width = 0;  // columns; 0: as wide as it gets
  bool color = false;
};

// `text` in the tone's colour, if the style has colours.
std::string toned(std::string_view text, Tone tone, const TextStyle& style);
std::string heading(std::string_view text, const TextStyle& style);
// Code points in a UTF-8 text.
std::size_t columns_of(std::string_view text);
// At most `columns` code points; what was cut ends in "…".
std::string cut(std::string_view text, std::size_t columns);

class TextTable {
 public:
  struct Column {
    std::string title;
    bool to_the_right = false;  // numbers
    int expendable = 0;         // 0: never left out; else the highest goes first
  };
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // As many cells as columns.
  void add(std::vector<Cell> row);
  bool empty() const { return rows_.empty(); }
  // Each line ends in a line feed and has no blanks at its end.
  std::string render(const TextStyle& style) const;

 private:
  struct Shown {
    std::size_t index;
    std::size_t width;
  };
  std::vector<Shown> layout(const TextStyle& style) const;
  std::size_t readable(const Shown& column) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace mooring::cli
