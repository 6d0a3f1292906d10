#include "proxy/config/suggest.h"

#include <algorithm>
#include <array>

namespace mooring::config {
namespace {

// No key of any table is longer; the work per comparison stays bounded whatever is compared.
constexpr std::size_t kLongestWord = 64;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

template <typename Candidates>
std::string_view nearest_of(std::string_view word, const Candidates& candidates) {
  std::string_view best;
  int best_distance = kMostEdits + 1;
  for (const std::string_view candidate : candidates) {
    const int allowed = std::min(edits_allowed(candidate), best_distance - 1);
    if (allowed < 0) break;
    const int distance = edit_distance(word, candidate, allowed);
    if (distance > allowed) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

}  // namespace

int edit_distance(std::string_view a, std::string_view b, int limit) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (gap > static_cast<std::size_t>(limit)) return limit + 1;
  if (equal_fold(a, b)) return 0;
  if (a.size() > kLongestWord || b.size() > kLongestWord) return limit + 1;
  using Row = std::array<int, kLongestWord + 1>;
  Row before_last{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(i);
    int least = row[0];
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
      least = std::min(least, row[j]);
    }
    if (least > limit) return limit + 1;
    before_last = last;
    last = row;
  }
  return std::min(last[b.size()], limit + 1);
}

int edits_allowed(std::string_view right) {
  if (right.size() <= 2) return 0;
  return right.size() <= 4 ? 1 : kMostEdits;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  return nearest_of(word, candidates);
}

std::string_view nearest(std::string_view word, std::span<const std::string> candidates) {
  return nearest_of(word, candidates);
}

std::string ascii_lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

bool equal_fold(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool less_fold(std::string_view a, std::string_view b) {
  // Characters are compared as std::string does: by their values as unsigned ones.
  return std::ranges::lexicographical_compare(
      a, b, [](char x, char y) { return static_cast<unsigned char>(lower(x)) < static_cast<unsigned char>(lower(y)); });
}

}  // namespace mooring::config
