#include "proxy/cli/config_command.h"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "proxy/cli/command_line.h"
#include "proxy/cli/exit_code.h"
#include "proxy/cli/process_options.h"

namespace mooring::cli {
namespace {

using Words = std::vector<std::string>;
using Json = nlohmann::json;

config::Environment environment(const std::string& file, const std::map<std::string, std::string>& variables) {
  config::Environment made;
  made.read_file = [file](const std::string& path, std::size_t) -> std::expected<std::string, config::ReadFailure> {
    if (path != "/etc/traefik/traefik.yml") return std::unexpected(config::ReadFailure{true, "none"});
    return file;
  };
  made.variable = [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  };
  made.variable_names = [variables] {
    Words names;
    for (const auto& [name, value] : variables) names.push_back(name);
    return names;
  };
  return made;
}

// "value | origin" by key.
std::map<std::string, std::string> shown(const config::OptionsResult& read) {
  std::map<std::string, std::string> rows;
  const Json document = Json::parse(config_text(read, true));
  for (const Json& option : document["options"]) {
    const Json& origin = option["origin"];
    std::string text = option["value"].get<std::string>() + " | " + origin["source"].get<std::string>();
    for (const char* more : {"where", "name"}) {
      if (origin.contains(more)) text += " " + origin[more].get<std::string>();
    }
    rows[option["key"].get<std::string>()] = text;
  }
  return rows;
}

TEST_CASE("config show: each option with its origin, the strongest source's") {
  const auto read = read_process_options(
      {"--log.level=debug", "--entrypoints.WEB.http.middlewares=a@file"},
      environment("log:\n  level: INFO\n  format: json\nentryPoints:\n  web:\n    address: ':80'\n"
                  "    http: {middlewares: [b@file]}\nproviders:\n  docker: {network: edge}\n",
                  {{"TRAEFIK_LOG_LEVEL", "WARN"}, {"MOORING_WORKERS", "2"}, {"DOCKER_HOST", "tcp://engine:2375"}}));
  REQUIRE(read.ok());
  const auto rows = shown(read);
  CHECK(rows.at("log.level") == "DEBUG | flag --log.level");
  CHECK(rows.at("log.format") == "json | file /etc/traefik/traefik.yml:3");
  CHECK(rows.at("log.noColor") == "false | default");
  CHECK(rows.at("workers") == "2 | variable MOORING_WORKERS");
  CHECK(rows.at("entryPoints.web.address") == ":80 | file /etc/traefik/traefik.yml:6");
  CHECK(rows.at("entryPoints.web.http.middlewares") == "a@file | flag --entrypoints.WEB.http.middlewares");
  CHECK(rows.at("providers.docker") == "true | file /etc/traefik/traefik.yml:9");
  CHECK(rows.at("providers.docker.endpoint") == "tcp://engine:2375 | variable DOCKER_HOST");
  CHECK(rows.at("ping") == "false | default");
  CHECK_FALSE(rows.contains("ping.entryPoint"));

  const std::string table = config_text(read, false);
  CHECK(table.starts_with("OPTION"));
  CHECK(table.find("log.level") != std::string::npos);
  CHECK(table.find("flag --log.level") != std::string::npos);
}

TEST_CASE("config show: a section that was switched off again comes from who did it") {
  const auto read = read_process_options({"--accesslog=false"}, environment("accessLog: {format: json}\n", {}));
  REQUIRE(read.ok());
  const auto rows = shown(read);
  CHECK(rows.at("accessLog") == "false | flag --accesslog");
  CHECK_FALSE(rows.contains("accessLog.format"));
}

TEST_CASE("config show: keys and passwords are masked, paths are not") {
  const std::string pem = "-----BEGIN PRIVATE KEY-----\\nMIIsecret\\n-----END PRIVATE KEY-----";
  const auto read = read_process_options(
      {}, environment("providers:\n  docker:\n    endpoint: http://user:secret@engine:2375\n    tls: {key: \"" + pem +
                          "\", cert: /c/cert.pem}\n",
                      {}));
  REQUIRE(read.ok());
  for (const bool json : {false, true}) CHECK(config_text(read, json).find("secret") == std::string::npos);
  const auto rows = shown(read);
  CHECK(rows.at("providers.docker.tls.key") == "(masked) | file /etc/traefik/traefik.yml:4");
  CHECK(rows.at("providers.docker.tls.cert").starts_with("/c/cert.pem | "));
  CHECK(rows.at("providers.docker.endpoint").starts_with("http://(masked)@engine:2375 | "));
}

TEST_CASE("config show: what the provider says to the options is an error too") {
  const auto read = read_process_options({"--providers.docker.constraints=Nonsense("}, environment("", {}));
  CHECK_FALSE(read.ok());
}

TEST_CASE("config show: its command line") {
  CHECK(read_command_line({"config", "show"}) == CommandLine(ConfigShowOptions{}));
  CHECK(read_command_line({"config", "show", "-o", "json", "--api", "--log.level", "INFO"}) ==
        CommandLine(ConfigShowOptions{.json = true, .flags = {"--api", "--log.level", "INFO"}}));
  CHECK(read_command_line({"config", "show", "--output=table"}) == CommandLine(ConfigShowOptions{}));
  const std::vector<Words> wrong{
      {"config"}, {"config", "shw"}, {"config", "show", "-o"}, {"config", "show", "-o", "x"}};
  for (const Words& words : wrong) {
    const CommandLine read = read_command_line(words);
    REQUIRE(std::holds_alternative<Message>(read));
    CHECK(std::get<Message>(read).code == kExitUsage);
  }
  const CommandLine help = read_command_line({"help", "config"});
  REQUIRE(std::holds_alternative<Message>(help));
  CHECK(std::get<Message>(help).code == kExitOk);
}

}  // namespace
}  // namespace mooring::cli
