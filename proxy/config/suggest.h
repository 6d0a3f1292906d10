// The nearest right word to a wrong one: "loadbalancr" → "loadbalancer". For labels, options and names.
//
// Optimal string alignment distance (Levenshtein with swaps of neighbours), ASCII case ignored. What is farther than
// two edits, or too far for its length, is no suggestion: a wrong hint costs more than none. Pure functions, any
// thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace mooring::config {

inline constexpr int kMostEdits = 2;

// Edits between `a` and `b`, ASCII case ignored; `limit + 1` when there are more than `limit`.
int edit_distance(std::string_view a, std::string_view b, int limit = kMostEdits);

// How many edits still make `right` a likely meaning of a word: none up to two letters, one up to four, else two.
int edits_allowed(std::string_view right);

// The candidate with the fewest edits (the first of several), or an empty view when none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);
std::string_view nearest(std::string_view word, std::span<const std::string> candidates);

std::string ascii_lower(std::string_view text);
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool equal_fold(std::string_view a, std::string_view b);
// ascii_lower(a) < ascii_lower(b)
bool less_fold(std::string_view a, std::string_view b);

}  // namespace mooring::config
