#include "proxy/http/date.h"

#include <array>
#include <cstring>

namespace mooring::http {
namespace {

void two_digits(char* to, int value) {
  to[0] = static_cast<char>('0' + value / 10);
  to[1] = static_cast<char>('0' + value % 10);
}

}  // namespace

void write_http_date(char* to, std::time_t time) {
  static constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  std::tm utc{};
  gmtime_r(&time, &utc);
  std::memcpy(to, "Sun, 06 Nov 1994 08:49:37 GMT", kDateBytes);
  kDays.copy(to, 3, static_cast<std::size_t>(utc.tm_wday) * 3);
  two_digits(to + 5, utc.tm_mday);
  kMonths.copy(to + 8, 3, static_cast<std::size_t>(utc.tm_mon) * 3);
  const int year = utc.tm_year + 1900;
  two_digits(to + 12, year / 100 % 100);
  two_digits(to + 14, year % 100);
  two_digits(to + 17, utc.tm_hour);
  two_digits(to + 20, utc.tm_min);
  two_digits(to + 23, utc.tm_sec);
}

std::string_view http_date() {
  thread_local std::time_t written = -1;
  thread_local std::array<char, kDateBytes> text;
  const std::time_t now = std::time(nullptr);
  if (now != written) {
    write_http_date(text.data(), now);
    written = now;
  }
  return {text.data(), text.size()};
}

}  // namespace mooring::http
