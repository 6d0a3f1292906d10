// The two small texts inside the engine's JSON: signals and times.
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "providers/docker/engine_json.h"

namespace mooring::docker {

namespace {

constexpr int kHighestSignal = 64;

constexpr std::array<std::pair<std::string_view, int>, 21> kSignals{{
    {"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT},   {"ILL", SIGILL},   {"ABRT", SIGABRT}, {"BUS", SIGBUS},
    {"FPE", SIGFPE},   {"KILL", SIGKILL}, {"USR1", SIGUSR1},   {"SEGV", SIGSEGV}, {"USR2", SIGUSR2}, {"PIPE", SIGPIPE},
    {"ALRM", SIGALRM}, {"TERM", SIGTERM}, {"CHLD", SIGCHLD},   {"CONT", SIGCONT}, {"STOP", SIGSTOP}, {"TSTP", SIGTSTP},
    {"PWR", SIGPWR},   {"IO", SIGIO},     {"WINCH", SIGWINCH},
}};

std::optional<int> parse_int(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    return std::nullopt;
  }
  return value;
}

// The real-time signals, whose numbers Docker takes from the kernel's numbering (34 to 64).
std::optional<int> realtime_signal(std::string_view name) {
  const bool from_min = name.starts_with("RTMIN");
  if (!from_min && !name.starts_with("RTMAX")) {
    return std::nullopt;
  }
  const int start = from_min ? 34 : kHighestSignal;
  const std::string_view rest = name.substr(5);
  if (rest.empty()) {
    return start;
  }
  const auto distance = parse_int(rest.substr(1));
  if (rest.front() != (from_min ? '+' : '-') || !distance || *distance < 0 || *distance > kHighestSignal - 34) {
    return std::nullopt;
  }
  return from_min ? start + *distance : start - *distance;
}

// Reads exactly `count` digits at the start of `text` and drops them.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) {
    return std::nullopt;
  }
  int value = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

std::int64_t take_fraction(std::string_view& text) {
  std::int64_t nanoseconds = 0;
  std::int64_t unit = 100'000'000;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    nanoseconds += unit * (text.front() - '0');
    unit /= 10;
    text.remove_prefix(1);
  }
  return nanoseconds;
}

// "Z" or "+02:00" at the end of a time: how far it is ahead of UTC.
std::optional<std::chrono::seconds> take_offset(std::string_view& text) {
  if (take(text, "Zz")) {
    return std::chrono::seconds(0);
  }
  const bool behind = text.starts_with('-');
  if (!take(text, "+-")) {
    return std::nullopt;
  }
  const auto hours = take_digits(text, 2);
  if (!hours || !take(text, ":")) {
    return std::nullopt;
  }
  const auto minutes = take_digits(text, 2);
  if (!minutes) {
    return std::nullopt;
  }
  const std::chrono::seconds offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return behind ? -offset : offset;
}

}  // namespace

std::optional<int> signal_number(std::string_view text) {
  if (const auto number = parse_int(text); number) {
    return *number > 0 && *number <= kHighestSignal ? number : std::nullopt;
  }
  std::string name(text);
  for (char& c : name) {
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  const std::string_view bare = std::string_view(name).starts_with("SIG") ? std::string_view(name).substr(3) : name;
  for (const auto& [known, number] : kSignals) {
    if (known == bare) {
      return number;
    }
  }
  return realtime_signal(bare);
}

std::int64_t parse_time(std::string_view text) {
  const auto year = take_digits(text, 4);
  if (!year || !take(text, "-")) return 0;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, "-")) return 0;
  const auto day = take_digits(text, 2);
  if (!day || !take(text, "Tt ")) return 0;
  const auto hour = take_digits(text, 2);
  if (!hour || !take(text, ":")) return 0;
  const auto minute = take_digits(text, 2);
  if (!minute || !take(text, ":")) return 0;
  const auto second = take_digits(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return 0;
  const std::int64_t fraction = take(text, ".") ? take_fraction(text) : 0;
  const auto offset = take_offset(text);
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  // Outside these years nanoseconds since the epoch do not fit, and no container was created there.
  if (!offset || !text.empty() || !date.ok() || *year < 1970 || *year > 2200) return 0;
  const std::chrono::seconds seconds = std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(*hour) +
                                       std::chrono::minutes(*minute) + std::chrono::seconds(*second) - *offset;
  return seconds.count() * 1'000'000'000 + fraction;
}

}  // namespace mooring::docker
