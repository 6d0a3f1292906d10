#include "proxy/config/go_values.h"

#include <array>
#include <charconv>
#include <limits>
#include <utility>

namespace mooring::config {
namespace {

using std::chrono::nanoseconds;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// Longer names first, so that "ms" is not read as "m". Both micro signs (U+00B5, U+03BC), as Go.
constexpr std::array<Unit, 8> kUnits{{{"ns", 1},
                                      {"us", 1'000},
                                      {"µs", 1'000},
                                      {"μs", 1'000},
                                      {"ms", 1'000'000},
                                      {"s", 1'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"h", 3'600'000'000'000}}};

// The digits at the front of `text`, taken off it. Nothing when there is none or the number does not fit.
std::optional<std::int64_t> take_digits(std::string_view& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || text.front() == '-') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<std::int64_t> take_unit(std::string_view& text) {
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.nanoseconds;
  }
  return std::nullopt;
}

// The fraction after the point as nanoseconds of `unit`; digits beyond what can matter are dropped.
std::int64_t fraction_of(std::string_view digits, std::int64_t unit) {
  std::int64_t sum = 0;
  std::int64_t scale = unit;
  for (const char digit : digits) {
    scale /= 10;
    if (scale == 0) break;
    sum += scale * (digit - '0');
  }
  return sum;
}

// One "<number><unit>" of a duration, taken off `text`.
std::optional<std::int64_t> take_term(std::string_view& text) {
  std::int64_t whole = 0;
  const bool has_whole = !text.empty() && is_digit(text.front());
  if (has_whole) {
    const auto digits = take_digits(text);
    if (!digits) return std::nullopt;
    whole = *digits;
  }
  std::string_view fraction;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    std::size_t length = 0;
    while (length < text.size() && is_digit(text[length])) ++length;
    fraction = text.substr(0, length);
    text.remove_prefix(length);
  }
  if (!has_whole && fraction.empty()) return std::nullopt;
  const auto unit = take_unit(text);
  if (!unit) return std::nullopt;
  std::int64_t sum = 0;
  if (__builtin_mul_overflow(whole, *unit, &sum)) return std::nullopt;
  if (__builtin_add_overflow(sum, fraction_of(fraction, *unit), &sum)) return std::nullopt;
  return sum;
}

}  // namespace

std::optional<bool> parse_bool(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "TRUE", "true", "True"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "FALSE", "false", "False"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

std::optional<std::int64_t> parse_int(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.empty() || !is_digit(text.front())) return std::nullopt;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  const auto value = parse_int(text);
  if (!value || *value < 1 || *value > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  return static_cast<std::uint16_t>(*value);
}

std::optional<nanoseconds> parse_duration(std::string_view text) {
  if (const auto seconds = parse_int(text)) {
    std::int64_t sum = 0;
    if (__builtin_mul_overflow(*seconds, std::int64_t{1'000'000'000}, &sum)) return std::nullopt;
    return nanoseconds{sum};
  }
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  std::int64_t sum = 0;
  while (!text.empty()) {
    const auto term = take_term(text);
    if (!term || __builtin_add_overflow(sum, *term, &sum)) return std::nullopt;
  }
  return nanoseconds{negative ? -sum : sum};
}

std::string duration_text(std::chrono::milliseconds duration) {
  if (duration.count() == 0) return "0s";
  const auto hours = std::chrono::floor<std::chrono::hours>(duration);
  const auto minutes = std::chrono::floor<std::chrono::minutes>(duration - hours);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration - hours - minutes);
  const auto rest = duration - hours - minutes - seconds;
  std::string text;
  if (hours.count() != 0) text += std::to_string(hours.count()) + "h";
  if (minutes.count() != 0) text += std::to_string(minutes.count()) + "m";
  if (seconds.count() != 0) text += std::to_string(seconds.count()) + "s";
  if (rest.count() != 0) text += std::to_string(rest.count()) + "ms";
  return text;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  if (trimmed(text).empty()) return items;
  for (;;) {
    const auto comma = text.find(',');
    items.emplace_back(trimmed(text.substr(0, comma)));
    if (comma == std::string_view::npos) return items;
    text.remove_prefix(comma + 1);
  }
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

}  // namespace mooring::config
