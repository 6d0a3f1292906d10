#include "proxy/observe/log_format.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "proxy/observe/timestamp.h"

namespace mooring::observe {
namespace {

using config::LogLevel;

constexpr std::int64_t kTime = 1'795'331'606'586;

TEST_CASE("times are written in UTC") {
  CHECK(rfc3339(0) == "1970-01-01T00:00:00.000Z");
  CHECK(rfc3339(kTime) == "2026-11-22T07:13:26.586Z");
  CHECK(rfc3339(-1) == "1969-12-31T23:59:59.999Z");
  CHECK(common_log_time(kTime / 1000) == "22/Nov/2026:07:13:26 +0000");
  CHECK(common_log_time(1'709'164'800) == "29/Feb/2024:00:00:00 +0000");
}

TEST_CASE("a log line has a time, a level and a text") {
  CHECK(format_log_line(false, LogLevel::info, kTime, "ready") == "2026-11-22T07:13:26.586Z INFO ready\n");
  CHECK(format_log_line(false, LogLevel::panic, kTime, "") == "2026-11-22T07:13:26.586Z PANIC \n");
  CHECK(format_log_line(true, LogLevel::warn, kTime, "ready") ==
        R"({"level":"warn","time":"2026-11-22T07:13:26.586Z","message":"ready"})"
        "\n");
}

TEST_CASE("on a terminal the level has a color, and JSON never has") {
  CHECK(format_log_line(false, LogLevel::warn, 0, "x", true) == "1970-01-01T00:00:00.000Z \x1b[33mWARN\x1b[0m x\n");
  CHECK(format_log_line(true, LogLevel::warn, 0, "x", true) == format_log_line(true, LogLevel::warn, 0, "x"));
}

TEST_CASE("hostile text stays on its line and inside its string") {
  struct Row {
    std::string text;
    std::string shown;
    std::string in_json;
  };
  const Row rows[] = {
      {"a\nERROR b", R"(a\nERROR b)", R"(a\\nERROR b)"},
      {"a\r\nb", R"(a\x0d\nb)", R"(a\\x0d\\nb)"},
      {"\x1b[2J\x07", R"(\x1b[2J\x07)", R"(\\x1b[2J\\x07)"},
      {"say \"x\"", "say \"x\"", R"(say \"x\")"},
      {"c:\\d", "c:\\d", R"(c:\\d)"},
      {"caf\xc3\xa9", "caf\xc3\xa9", "caf\xc3\xa9"},
      {"caf\xe9", "caf\\xe9", R"(caf\\xe9)"},
      {std::string("nul\0here", 8), R"(nul\x00here)", R"(nul\\x00here)"},
      {"\xe2\x80\xaegnp.exe", R"(\xe2\x80\xaegnp.exe)", R"(\\xe2\\x80\\xaegnp.exe)"},
      {"ends\n\n", "ends", "ends"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.shown);
    CHECK(format_log_line(false, LogLevel::error, kTime, row.text) ==
          "2026-11-22T07:13:26.586Z ERROR " + row.shown + "\n");
    CHECK(format_log_line(true, LogLevel::error, kTime, row.text) ==
          R"({"level":"error","time":"2026-11-22T07:13:26.586Z","message":")" + row.in_json + "\"}\n");
  }
}

TEST_CASE("a text without end is cut") {
  const std::string line = format_log_line(false, LogLevel::info, kTime, std::string(1'000'000, 'x'));
  CHECK(line.size() < kLogTextLength + 64);
  CHECK(line.ends_with("x…\n"));
}

}  // namespace
}  // namespace mooring::observe
