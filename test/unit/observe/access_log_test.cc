#include "proxy/observe/access_log.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "proxy/observe/log.h"
#include "test/unit/observe/log_pipe.h"

namespace mooring::observe {
namespace {

using test::LogPipe;

AccessRecord record_of(std::string_view target, std::string_view router = "web@docker") {
  AccessRecord record;
  record.client_host = "10.0.0.9";
  record.method = "GET";
  record.target = target;
  record.status = 200;
  record.router = router;
  return record;
}

// What stands between `"-" "-" ` and the next blank: the line's number.
std::uint64_t number_in(std::string_view line) {
  constexpr std::string_view kBefore = R"("-" "-" )";
  return std::stoull(std::string(line.substr(line.find(kBefore) + kBefore.size(), 20)));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

TEST_CASE("a line is written without being asked for, and the rest at the end") {
  LogPipe pipe;
  AccessLog log(pipe.writing(), 1);
  log.start();
  log.record(0, record_of("/first"));
  CHECK(pipe.read_line().find("\"GET /first HTTP/1.1\"") != std::string::npos);
  log.record(0, record_of("/second"));
  log.stop();
  const std::string rest = pipe.read_rest();
  CHECK(rest.find("\"GET /second HTTP/1.1\" 200 0 \"-\" \"-\" 2 \"web@docker\"") != std::string::npos);
  CHECK(log.dropped() == 0);
}

TEST_CASE("every worker's lines are there, each with a number of its own") {
  LogPipe pipe;
  constexpr std::uint32_t kWorkers = 4;
  constexpr int kLines = 2'000;
  AccessLog log(pipe.writing(), kWorkers);
  log.start();
  std::string text;
  {
    std::vector<std::jthread> workers;
    for (std::uint32_t worker = 0; worker < kWorkers; ++worker) {
      workers.emplace_back([&log, worker] {
        const std::string target = "/" + std::to_string(worker);
        for (int i = 0; i < kLines; ++i) log.record(worker, record_of(target));
      });
    }
    for (std::uint32_t i = 0; i < kWorkers * kLines; ++i) text += pipe.read_line();
  }
  log.stop();
  CHECK(log.dropped() == 0);
  std::set<std::uint64_t> numbers;
  for (const std::string& line : lines_of(text)) numbers.insert(number_in(line));
  CHECK(numbers.size() == kWorkers * kLines);
  CHECK(*numbers.begin() == 1);
  CHECK(*numbers.rbegin() == kWorkers * kLines);
  for (std::uint32_t worker = 0; worker < kWorkers; ++worker) {
    const std::string target = "GET /" + std::to_string(worker) + " HTTP";
    const auto lines = lines_of(text);
    CHECK(std::ranges::count_if(lines, [&](const auto& line) { return line.contains(target); }) == kLines);
  }
}

TEST_CASE("a full buffer loses whole lines, counts them, and the application log says so once") {
  LogPipe application;
  start_log({.level = config::LogLevel::error, .json = false, .no_color = false, .file_path = {}},
            application.writing());
  LogPipe pipe;
  AccessLog log(pipe.writing(), 2, 4096);  // not started: nobody empties the rings
  constexpr std::uint64_t kLines = 1000;
  for (std::uint64_t i = 0; i < kLines; ++i) log.record(0, record_of("/busy"));
  log.record(1, record_of("/other"));
  const std::uint64_t dropped = log.dropped();
  CHECK(dropped > 900);
  CHECK(dropped < kLines);
  log.start();
  log.stop();
  stop_log();
  const std::vector<std::string> lines = lines_of(pipe.read_rest());
  CHECK(lines.size() == kLines - dropped + 1);  // the other worker lost nothing
  for (const std::string& line : lines) CHECK(line.ends_with("0ms"));
  CHECK(number_in(lines.back()) == kLines + 1);  // the gap shows
  const std::vector<std::string> said = lines_of(application.read_rest());
  REQUIRE(said.size() == 1);
  CHECK(said[0].find("ERROR " + std::to_string(dropped) + " lines of the access log were lost") != std::string::npos);
}

TEST_CASE("a reader that has stopped holds up neither the workers nor the end") {
  LogPipe pipe;
  pipe.fill();
  AccessLog log(pipe.writing(), 1, 4096);
  log.start();
  for (int i = 0; i < 1000; ++i) log.record(0, record_of("/x"));
  log.stop();  // returns
  CHECK(log.dropped() == 1000);
}

TEST_CASE("a reader that has gone is not the end of the process") {
  LogPipe pipe;
  pipe.close_reading();
  AccessLog log(pipe.writing(), 1);
  log.start();
  log.record(0, record_of("/x"));
  log.stop();
  CHECK(log.dropped() == 1);
}

TEST_CASE("requests to the API and to ping are left out, as are workers that are not ours") {
  LogPipe pipe;
  AccessLog log(pipe.writing(), 1);
  log.start();
  log.record(0, record_of("/api/status", "api@internal"));
  log.record(0, record_of("/ping", "ping@internal"));
  log.record(0, record_of("/shown", ""));
  log.record(7, record_of("/nobody"));
  log.stop();
  const std::vector<std::string> lines = lines_of(pipe.read_rest());
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].contains("/shown"));
}

// Which of these targets a log with these options writes.
std::string kept_by(const config::AccessLogOptions& options, const std::vector<AccessRecord>& records) {
  LogPipe pipe;
  AccessLog log(pipe.writing(), 1, AccessLog::kRingBytes, options);
  log.start();
  for (const AccessRecord& record : records) log.record(0, record);
  log.stop();
  std::string targets;
  for (const std::string& line : lines_of(pipe.read_rest())) {
    const std::size_t at = line.find("GET ") + 4;
    targets += line.substr(at, line.find(' ', at) - at);
  }
  return targets;
}

TEST_CASE("a line is kept when any filter that is set keeps it") {
  std::vector<AccessRecord> records{record_of("/ok"), record_of("/404"), record_of("/500"), record_of("/retried"),
                                    record_of("/slow")};
  records[1].status = 404;
  records[2].status = 500;
  records[3].retries = 1;
  records[4].duration = std::chrono::milliseconds(101);
  config::AccessLogOptions options;
  CHECK(kept_by(options, records) == "/ok/404/500/retried/slow");
  options.filters.status_codes = {{.first = 404, .last = 404}, {.first = 500, .last = 599}};
  CHECK(kept_by(options, records) == "/404/500");
  options.filters.retry_attempts = true;
  CHECK(kept_by(options, records) == "/404/500/retried");
  options.filters.min_duration = std::chrono::milliseconds(101);
  CHECK(kept_by(options, records) == "/404/500/retried");
  options.filters.min_duration = std::chrono::milliseconds(100);
  CHECK(kept_by(options, records) == "/404/500/retried/slow");
  options.filters = {};
  options.filters.min_duration = std::chrono::milliseconds(100);
  CHECK(kept_by(options, records) == "/slow");
}

TEST_CASE("addInternals shows our own services' requests") {
  std::vector<AccessRecord> records{record_of("/ping", "ping@internal"), record_of("/api", "own@docker"),
                                    record_of("/shop")};
  records[1].service = "api@internal";
  config::AccessLogOptions options;
  CHECK(kept_by(options, records) == "/shop");
  options.add_internals = true;
  CHECK(kept_by(options, records) == "/ping/api/shop");
}

TEST_CASE("lines without a number have none") {
  LogPipe pipe;
  config::AccessLogOptions options;
  options.format = config::AccessLogFormat::generic_clf;
  AccessLog log(pipe.writing(), options);
  log.start();
  log.record(0, record_of("/one"));
  log.record(0, record_of("/two"));
  log.stop();
  const std::vector<std::string> lines = lines_of(pipe.read_rest());
  REQUIRE(lines.size() == 2);
  for (const std::string& line : lines) CHECK(line.ends_with(R"(HTTP/1.1" 200 0 "-" "-")"));
}

TEST_CASE("bufferingSize makes room for a burst of that many lines") {
  LogPipe pipe;
  config::AccessLogOptions options;
  options.buffering_size = 4000;
  AccessLog log(pipe.writing(), options);  // not started: nobody empties the rings
  const std::string target = "/" + std::string(600, 'x');
  for (int i = 0; i < 4000; ++i) log.record(0, record_of(target));
  CHECK(log.dropped() == 0);
}

}  // namespace
}  // namespace mooring::observe
