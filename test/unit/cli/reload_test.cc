#include "proxy/cli/reload.h"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <string>
#include <vector>

#include "proxy/cli/process_options.h"

namespace mooring::cli {
namespace {

using Files = std::map<std::string, std::string>;
constexpr const char* kFile = "/etc/traefik/traefik.yml";

config::Environment environment(const Files& files) {
  config::Environment made;
  made.read_file = [files](const std::string& path, std::size_t) -> std::expected<std::string, config::ReadFailure> {
    const auto found = files.find(path);
    if (found == files.end()) return std::unexpected(config::ReadFailure{true, "none"});
    if (found->second == "denied") return std::unexpected(config::ReadFailure{false, "Permission denied"});
    return found->second;
  };
  made.variable = [](const std::string&) { return std::nullopt; };
  made.variable_names = [] { return std::vector<std::string>{}; };
  return made;
}

Reload reload(const Files& before, const Files& after, const std::vector<std::string>& flags = {}) {
  const auto started = read_process_options(flags, environment(before));
  REQUIRE(started.ok());
  return reload_options(flags, started.options, started.problems, environment(after));
}

TEST_CASE("SIGHUP takes what it can, and names what needs a restart") {
  const Reload result =
      reload({{kFile, "log: {level: INFO}\nworkers: 1\n"}}, {{kFile, "log: {level: DEBUG}\nworkers: 2\n"}});
  CHECK_FALSE(result.refused);
  CHECK(result.problems.empty());
  REQUIRE(result.applied.size() == 1);
  CHECK(to_line(result.applied[0]) == "log.level: INFO → DEBUG");
  REQUIRE(result.withheld.size() == 1);
  CHECK(to_line(result.withheld[0]) == "workers: 1 → 2");
  CHECK(result.options.log.level == config::LogLevel::debug);
  CHECK(result.options.workers == 1);
}

TEST_CASE("SIGHUP: flags still win over the file") {
  const Reload result =
      reload({{kFile, "log: {level: INFO}\n"}}, {{kFile, "log: {level: DEBUG}\n"}}, {"--log.level=WARN"});
  CHECK_FALSE(result.refused);
  CHECK(result.applied.empty());
  CHECK(result.withheld.empty());
}

TEST_CASE("SIGHUP: what is broken, unreadable or gone changes nothing and says why") {
  const Files before{{kFile, "log: {level: INFO}\n"}};
  const std::vector<std::pair<Files, std::string>> rows{
      {{{kFile, "log: {level: DEBUG\n"}}, "broken YAML"},
      {{{kFile, "log: {level: DEBUG}\nwrokers: 2\n"}}, "no such key"},
      {{{kFile, "log: {level: DEBUG}\nproviders: {docker: {constraints: 'Nonsense('}}\n"}}, "constraints"},
      {{{kFile, "denied"}}, "Permission denied"},
      {{}, "is gone"},
      {{{"./traefik.yml", "log: {level: DEBUG}\n"}}, "is gone"},
  };
  for (const auto& [after, why] : rows) {
    INFO(why);
    const Reload result = reload(before, after);
    CHECK(result.refused);
    CHECK(result.applied.empty());
    CHECK(result.options.log.level == config::LogLevel::info);
    REQUIRE_FALSE(result.problems.empty());
    std::string lines;
    for (const auto& problem : result.problems) {
      lines += to_line(problem) + "\n";
      CHECK(problem.in_force.starts_with("nothing changes"));
    }
    CHECK(lines.find(why) != std::string::npos);
  }
}

TEST_CASE("SIGHUP: a problem that was told at the start is not told again, a new one is") {
  const Reload result = reload({{kFile, "metrics: {prometheus: {}}\n"}},
                               {{kFile, "metrics: {prometheus: {}}\ntracing: {serviceName: x}\n"}});
  CHECK_FALSE(result.refused);
  REQUIRE(result.problems.size() == 1);
  CHECK(result.problems[0].key == "tracing");
}

}  // namespace
}  // namespace mooring::cli
