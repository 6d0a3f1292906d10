#include "proxy/observe/timestamp.h"

#include <fmt/format.h>

#include <array>
#include <ctime>
#include <string_view>

namespace mooring::observe {
namespace {

struct Civil {
  int year;
  unsigned month, day;
  long hour, minute, second;
};

Civil civil(std::chrono::sys_seconds time) {
  const auto midnight = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss clock(time - midnight);
  return {.year = static_cast<int>(date.year()),
          .month = static_cast<unsigned>(date.month()),
          .day = static_cast<unsigned>(date.day()),
          .hour = static_cast<long>(clock.hours().count()),
          .minute = static_cast<long>(clock.minutes().count()),
          .second = static_cast<long>(clock.seconds().count())};
}

}  // namespace

std::string rfc3339(std::int64_t ms_since_epoch) {
  const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds{ms_since_epoch}};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const Civil at = civil(seconds);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", at.year, at.month, at.day, at.hour, at.minute,
                     at.second, (time - seconds).count());
}

std::string common_log_time(std::int64_t seconds_since_epoch) {
  // Not strftime: its names follow the locale.
  static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Civil at = civil(std::chrono::sys_seconds{std::chrono::seconds{seconds_since_epoch}});
  return fmt::format("{:02}/{}/{:04}:{:02}:{:02}:{:02} +0000", at.day, kMonths[at.month - 1], at.year, at.hour,
                     at.minute, at.second);
}

void ClockText::set(std::chrono::system_clock::time_point time, bool local) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  if (whole.time_since_epoch().count() == at_) return;
  at_ = whole.time_since_epoch().count();
  long offset = 0;
  if (local) {
    tm broken_down{};
    const auto seconds = static_cast<time_t>(at_);
    if (::localtime_r(&seconds, &broken_down) != nullptr) offset = broken_down.tm_gmtoff;
  }
  const Civil at = civil(whole + std::chrono::seconds{offset});
  second_ =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", at.year, at.month, at.day, at.hour, at.minute, at.second);
  const long minutes = (offset < 0 ? -offset : offset) / 60;
  zone_ = offset == 0 ? "Z" : fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

const std::string& ClockText::fraction(std::chrono::system_clock::time_point time) {
  const auto part =
      std::chrono::duration_cast<std::chrono::nanoseconds>(time - std::chrono::floor<std::chrono::seconds>(time));
  fraction_ = fmt::format(".{:09}", part.count());
  fraction_.erase(fraction_.find_last_not_of('0') + 1);
  if (fraction_ == ".") fraction_.clear();
  return fraction_;
}

std::int64_t wall_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace mooring::observe
