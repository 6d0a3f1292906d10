#include "proxy/observe/access_switch.h"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "test/unit/observe/log_pipe.h"

namespace mooring::observe {
namespace {

using test::LogPipe;

AccessRecord record_named(std::string_view target) {
  AccessRecord record;
  record.client_host = "10.0.0.9";
  record.method = "GET";
  record.target = target;
  record.status = 200;
  return record;
}

TEST_CASE("what was recorded before a replacement is written before what comes after it") {
  LogPipe pipe;
  AccessSwitch log(std::make_unique<AccessLog>(pipe.writing(), 1), 1);
  log.record(0, record_named("/first"));
  log.replace(std::make_unique<AccessLog>(pipe.writing(), 1));
  log.record(0, record_named("/second"));
  CHECK(pipe.read_line().find("GET /first ") != std::string::npos);
  CHECK(pipe.read_line().find("GET /second ") != std::string::npos);
}

TEST_CASE("workers that write while the log is replaced, again and again, lose nothing") {
  LogPipe pipe;
  constexpr std::uint32_t kWorkers = 3;
  constexpr std::uint32_t kLines = 1'500;
  AccessSwitch log(std::make_unique<AccessLog>(pipe.writing(), kWorkers), kWorkers);
  std::vector<std::uint32_t> seen(kWorkers);
  std::jthread reader([&] {
    for (std::uint32_t i = 0; i < kWorkers * kLines; ++i) {
      const std::string line = pipe.read_line();
      const auto at = line.find("GET /") + 5;
      const auto worker = static_cast<std::uint32_t>(line.at(at) - '0');
      // Each worker's lines stay in their order, through every replacement.
      if (std::stoul(line.substr(at + 2)) == seen.at(worker)) ++seen.at(worker);
    }
  });
  std::vector<std::jthread> workers;
  for (std::uint32_t worker = 0; worker < kWorkers; ++worker) {
    workers.emplace_back([&log, worker] {
      for (std::uint32_t i = 0; i < kLines; ++i) {
        log.record(worker, record_named("/" + std::to_string(worker) + "/" + std::to_string(i)));
      }
    });
  }
  for (int i = 0; i < 20; ++i) log.replace(std::make_unique<AccessLog>(pipe.writing(), kWorkers));
  workers.clear();
  reader.join();
  CHECK(seen == std::vector<std::uint32_t>(kWorkers, kLines));
}

}  // namespace
}  // namespace mooring::observe
