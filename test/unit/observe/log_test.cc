#include "proxy/observe/log.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "test/unit/observe/log_pipe.h"

namespace mooring::observe {
namespace {

using config::LogLevel;
using test::LogPipe;

TEST_CASE("before the start and after the end, lines go nowhere") {
  CHECK_FALSE(log_enabled(LogLevel::panic));
  log_line(LogLevel::panic, "nobody hears it");
  LogPipe pipe;
  start_log({.level = LogLevel::info, .json = false, .no_color = false, .file_path = {}}, pipe.writing());
  CHECK(log_enabled(LogLevel::info));
  CHECK_FALSE(log_enabled(LogLevel::debug));
  stop_log();
  CHECK_FALSE(log_enabled(LogLevel::panic));
  log_error("nor this");
  CHECK(pipe.read_rest().empty());
}

TEST_CASE("the level decides, the order is kept, the end writes what is left") {
  LogPipe pipe;
  start_log({.level = LogLevel::warn, .json = false, .no_color = false, .file_path = {}}, pipe.writing());
  log_debug("not {}", 1);
  log_info("not {}", 2);
  log_warning("one {}\n", 1);
  log_error("two \"{}\"", "2\n3");
  log_line(LogLevel::fatal, "three");
  stop_log();
  const std::string text = pipe.read_rest();
  CHECK(std::ranges::count(text, '\n') == 3);
  CHECK(text.find("WARN one 1\n") < text.find("ERROR two \"2\\n3\"\n"));
  CHECK(text.find("ERROR two") < text.find("FATAL three\n"));
  CHECK(text.find("not") == std::string::npos);
}

TEST_CASE("as JSON each line is an object") {
  LogPipe pipe;
  start_log({.level = LogLevel::debug, .json = true, .no_color = false, .file_path = {}}, pipe.writing());
  log_debug("a \"b\"");
  CHECK(pipe.read_line().ends_with(R"(,"message":"a \"b\""})"
                                   "\n"));
  stop_log();
}

TEST_CASE("a reader that has stopped blocks nobody: the oldest lines are lost, counted and said") {
  LogPipe pipe;
  const std::size_t stuffing = pipe.fill();
  start_log({.level = LogLevel::info, .json = false, .no_color = false, .file_path = {}}, pipe.writing());
  constexpr int kLines = 20'000;
  for (int i = 1; i <= kLines; ++i) log_info("line {} of many", i);
  pipe.read_bytes(stuffing);
  std::size_t written = 0;
  std::size_t lost = 0;
  std::string line;
  do {
    line = pipe.read_line();
    if (const auto at = line.find(" lines of this log were lost"); at != std::string::npos) {
      const auto number = line.rfind(' ', at - 1);
      lost += std::stoul(line.substr(number + 1));
    } else {
      ++written;
    }
  } while (line.find(" line 20000 of many") == std::string::npos);
  stop_log();
  CHECK(lost > 0);
  CHECK(lost + written == kLines);
}

TEST_CASE("a reader that never comes back does not keep the process from ending") {
  LogPipe pipe;
  pipe.fill();
  start_log({.level = LogLevel::info, .json = false, .no_color = false, .file_path = {}}, pipe.writing());
  for (int i = 0; i < 100; ++i) log_info("nobody reads this");
  stop_log();  // returns
  SUCCEED();
}

}  // namespace
}  // namespace mooring::observe
