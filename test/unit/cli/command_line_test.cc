#include "proxy/cli/command_line.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>
#include <vector>

#include "proxy/cli/commands.h"

namespace mooring::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using Words = std::vector<std::string>;

TEST_CASE("everything that is no command goes to run, untouched") {
  struct Row {
    Words given;
    Words flags;
  };
  const Row rows[] = {
      {{}, {}},
      {{"run"}, {}},
      {{"traefik"}, {}},
      {{"mooring", "run"}, {}},
      {{"--api.insecure=true"}, {"--api.insecure=true"}},
      {{"run", "--api", "--ping=true"}, {"--api", "--ping=true"}},
      {{"traefik", "--providers.docker"}, {"--providers.docker"}},
      {{"--entryPoints.web.address", ":80", "status"}, {"--entryPoints.web.address", ":80", "status"}},
      {{"-configFile=/x y"}, {"-configFile=/x y"}},
      {{"--version=1"}, {"--version=1"}},
      {{"run", "traefik"}, {"traefik"}},
      {{"run", "whoami"}, {"whoami"}},
      {{"--log.level=DEBUG", ""}, {"--log.level=DEBUG", ""}},
  };
  for (const Row& row : rows) CHECK(read_command_line(row.given) == CommandLine(RunFlags{row.flags}));
}

TEST_CASE("commands and their flags") {
  CHECK(read_command_line({"status"}) == CommandLine(StatusOptions{}));
  CHECK(read_command_line({"status", "--watch", "-o", "json"}) ==
        CommandLine(StatusOptions{.json = true, .watch = true}));
  CHECK(read_command_line({"mooring", "status", "-w", "--output=table"}) == CommandLine(StatusOptions{.watch = true}));
  CHECK(read_command_line({"status", "--control-socket", "/s"}) == CommandLine(StatusOptions{.control_socket = "/s"}));
  CHECK(read_command_line({"healthcheck", "--control-socket=/s"}) ==
        CommandLine(HealthcheckOptions{.control_socket = "/s"}));
  CHECK(read_command_line({"version"}) == CommandLine(VersionOptions{}));
  CHECK(read_command_line({"--version"}) == CommandLine(VersionOptions{}));
  CHECK(read_command_line({"version", "-o", "json"}) == CommandLine(VersionOptions{.json = true}));
  CHECK(read_command_line({"whoami"}) == CommandLine(WhoamiOptions{}));
  WhoamiOptions whoami;
  whoami.port = 8000;
  whoami.name = "one two";
  whoami.verbose = true;
  whoami.start_delay = std::chrono::milliseconds(1500);
  whoami.stop_delay = std::chrono::seconds(5);
  CHECK(read_command_line({"whoami", "--port", "8000", "--name=one two", "--verbose", "--start-delay", "1.5s",
                           "--stop-delay=5s"}) == CommandLine(whoami));
  CHECK(read_command_line({"whoami", "-port", "8000", "-name", "one two", "-verbose", "-start-delay=1.5s",
                           "-stop-delay=5"}) == CommandLine(whoami));
}

TEST_CASE("mistakes are named, with the nearest right word, and exit with 2") {
  struct Row {
    Words given;
    std::string says;
  };
  const Row rows[] = {
      {{"statsu"}, "did you mean status?"},
      {{"wohami"}, "did you mean whoami?"},
      {{"frobnicate"}, "there is no command \"frobnicate\""},
      {{"chekc"}, "did you mean check?"},
      {{"check", "--format", "xml"}, "xml"},
      {{"check", "--stict"}, "did you mean --strict?"},
      {{""}, "there is no command \"\""},
      {{"help", "statsu"}, "did you mean status?"},
      {{"a\x1b[2Jb"}, "\\x1b[2J"},
      {{"status", "--wacth"}, "did you mean --watch?"},
      {{"status", "--wacth=true"}, "there is no flag --wacth\n"},
      {{"status", "--contol-socket", "/s"}, "did you mean --control-socket?"},
      {{"status", "web"}, "\"web\" was not expected"},
      {{"status", "-o", "yaml"}, "yaml"},
      {{"status", "-o"}, "--output"},
      {{"healthcheck", "--watch"}, "there is no flag --watch"},
      {{"version", "-o", "table"}, "table"},
      {{"whoami", "--port", "70000"}, "--port"},
      {{"whoami", "--port", "-1"}, "--port"},
      {{"whoami", "--port", "eighty"}, "--port"},
      {{"whoami", "--prot", "80"}, "did you mean --port?"},
      {{"whoami", "--stop-delay", "soon"}, "like 500ms or 2s"},
      {{"whoami", "--stop-delay", "-5s"}, "--stop-delay"},
      {{"whoami", "--start-delay=1000h"}, "from 0s to 24h"},
  };
  for (const Row& row : rows) {
    INFO(row.says);
    const CommandLine read = read_command_line(row.given);
    REQUIRE(std::holds_alternative<Message>(read));
    CHECK(std::get<Message>(read).code == kExitUsage);
    CHECK_THAT(std::get<Message>(read).text, ContainsSubstring(row.says));
    CHECK_THAT(std::get<Message>(read).text, ContainsSubstring("--help"));
    CHECK(std::get<Message>(read).text.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("help names every command, or every flag of one") {
  for (const Words& given : {Words{"--help"}, Words{"-h"}, Words{"help"}, Words{"run", "--help"}, Words{"help", "run"},
                             Words{"traefik", "--help"}, Words{"--api.insecure", "--help"}}) {
    const CommandLine read = read_command_line(given);
    REQUIRE(std::holds_alternative<Message>(read));
    CHECK(std::get<Message>(read).code == kExitOk);
    for (const char* command : {"run", "status", "healthcheck", "whoami", "version", "exit codes"}) {
      CHECK_THAT(std::get<Message>(read).text, ContainsSubstring(command));
    }
  }
  for (const Words& given : {Words{"status", "--help"}, Words{"help", "status"}, Words{"status", "-h"}}) {
    const CommandLine read = read_command_line(given);
    REQUIRE(std::holds_alternative<Message>(read));
    CHECK(std::get<Message>(read).code == kExitOk);
    CHECK_THAT(std::get<Message>(read).text, ContainsSubstring("--watch"));
  }
}

Words g_flags;

int fake_run(const Words& flags) {
  g_flags = flags;
  return 42;
}

TEST_CASE("the exit code is the command's") {
  CHECK(run_command({"traefik", "--api", "x"}, fake_run) == 42);
  CHECK(g_flags == Words{"--api", "x"});
  CHECK(run_command({"version"}, fake_run) == 0);
  CHECK(run_command({"statsu"}, fake_run) == 2);
  CHECK(run_command({"--help"}, fake_run) == 0);
}

TEST_CASE("the version is one short line, or a document") {
  const std::string line = version_text(false);
  CHECK(line.starts_with("mooring 0."));
  CHECK(line.size() < 120);
  CHECK(line.find('\n') == std::string::npos);
  const std::string document = version_text(true);
  for (const char* key : {"\"version\"", "\"compiler\"", "\"libuv\"", "\"llhttp\"", "\"libcurl\"", "\"openssl\""}) {
    CHECK_THAT(document, ContainsSubstring(key));
  }
}

}  // namespace
}  // namespace mooring::cli
