#include "proxy/config/options_change.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "proxy/config/options_reader.h"
#include "proxy/config/options_schema.h"

namespace mooring::config {
namespace {

Options options_of(const std::string& yaml) {
  const Environment environment{
      [yaml](const std::string& path, std::size_t) -> std::expected<std::string, ReadFailure> {
        if (path != "./traefik.yml") return std::unexpected(ReadFailure{true, "none"});
        return yaml;
      },
      [](const std::string&) { return std::nullopt; },
      [] { return std::vector<std::string>{}; },
      {}};
  const auto read = read_options({}, environment);
  REQUIRE(read.ok());
  return read.options;
}

// "+" is taken at once, "-" needs a restart.
std::string changes(const std::string& before, const std::string& after) {
  std::string text;
  for (const auto& change : option_changes(options_of(before), options_of(after))) {
    text += (change.live ? "+ " : "- ") + to_line(change) + "\n";
  }
  return text;
}

TEST_CASE("what differs between two sets of options") {
  struct Row {
    std::string before;
    std::string after;
    std::string expected;
  };
  const std::vector<Row> rows{
      {"", "", ""},
      {"log: {level: INFO}", "# another line\nlog: {level: info}", ""},
      {"log: {level: INFO}", "log: {level: DEBUG, format: json, noColor: true}",
       "+ log.level: INFO → DEBUG\n+ log.format: common → json\n+ log.noColor: false → true\n"},
      {"log: {filePath: /a}", "log: {filePath: /b}", "- log.filePath: /a → /b\n"},
      {"workers: 2", "workers: 3", "- workers: 2 → 3\n"},
      {"accessLog: {}", "accessLog: {filters: {statusCodes: [500-599]}, fields: {names: {ClientHost: drop}}}",
       "+ accessLog.filters.statusCodes: nothing → 500-599\n+ accessLog.fields.names.ClientHost: nothing → drop\n"},
      {"accessLog: {fields: {names: {ClientHost: drop}}}", "accessLog: {}",
       "+ accessLog.fields.names.ClientHost: drop → nothing\n"},
      {"accessLog: {}", "accessLog: {bufferingSize: 5}", "- accessLog.bufferingSize: 0 → 5\n"},
      {"", "accessLog: {format: json}", "- accessLog: false → true\n"},
      {"accessLog: {format: json}", "", "- accessLog: true → false\n"},
      {"entryPoints: {a: {address: ':80'}}", "entryPoints: {a: {address: ':81', asDefault: true}}",
       "- entryPoints.a.address: :80 → :81\n- entryPoints.a.asDefault: false → true\n"},
      {"entryPoints: {a: {address: ':80'}}", "entryPoints: {a: {address: ':80'}, b: {address: '[::1]:81'}}",
       "- entryPoints.b: nothing → [::1]:81\n"},
      {"entryPoints: {a: {address: ':80'}, b: {address: ':81'}}", "entryPoints: {a: {address: ':80'}}",
       "- entryPoints.b: :81 → nothing\n"},
      {"providers: {docker: {}}", "providers: {docker: {constraints: 'Label(`a`,`b`)'}, file: {directory: /d}}",
       "- providers.docker.constraints: nothing → Label(`a`,`b`)\n- providers.file: false → true\n"},
      {"providers: {docker: {endpoint: 'http://u:one@e:1'}}", "providers: {docker: {endpoint: 'http://u:two@e:1'}}",
       "- providers.docker.endpoint: http://(masked)@e:1 → http://(masked)@e:1\n"},
  };
  for (const Row& row : rows) {
    INFO(row.before << " => " << row.after);
    CHECK(changes(row.before, row.after) == row.expected);
  }
}

TEST_CASE("what is taken at once is what is said to be, and nothing else") {
  const Options running = options_of("log: {level: INFO, filePath: /a}\naccessLog: {filePath: /x}\nworkers: 2\n");
  const Options wanted = options_of(
      "log: {level: DEBUG, format: json, noColor: true, filePath: /b}\nworkers: 3\n"
      "accessLog: {filePath: /y, format: json, addInternals: true, filters: {retryAttempts: true}, "
      "fields: {defaultMode: drop}}\n");
  const Options taken = take_live_changes(running, wanted);
  for (const auto& change : option_changes(running, taken)) CHECK(change.live);
  for (const auto& change : option_changes(taken, wanted)) CHECK_FALSE(change.live);
  CHECK(option_changes(running, taken).size() == 7);
  CHECK(option_changes(taken, wanted).size() == 3);
  CHECK(take_live_changes(running, running) == running);
  // An access log that is not there cannot be changed.
  CHECK(take_live_changes(options_of(""), wanted).access_log == AccessLogOptions{});
}

TEST_CASE("the keys that are live are keys or sections of the schema") {
  for (const auto key : live_option_keys()) {
    INFO(key);
    CHECK(std::ranges::any_of(option_leaves(), [&](const OptionNode* leaf) {
      return leaf->status == OptionStatus::done && leaf->pattern.starts_with(key);
    }));
  }
}

}  // namespace
}  // namespace mooring::config
