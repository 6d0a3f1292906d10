#include "proxy/config/compose.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "proxy/config/compose_ports.h"

namespace mooring::config {
namespace {

Variables variables(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional{found->second};
  };
}

ComposeProject read(const std::vector<std::string>& texts, std::set<std::string> profiles = {}) {
  ComposeInput input;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string name = "f" + std::to_string(i) + ".yaml";
    auto reading = read_yaml_tree(texts[i], name, {});
    REQUIRE(reading.problems.empty());
    input.files.push_back({name, std::move(reading.tree)});
  }
  input.variables = variables({{"HOST", "a.example.com"}, {"EMPTY", ""}});
  input.directory = "My Shop";
  input.profiles = std::move(profiles);
  return read_compose(std::move(input));
}

TEST_CASE("variables are replaced as Compose does") {
  struct Row {
    const char* text;
    const char* becomes;
    std::size_t faults;
  };
  const Variables known = variables({{"A", "1"}, {"E", ""}});
  for (const Row& row : {Row{"$A", "1", 0},
                         Row{"${A}b", "1b", 0},
                         Row{"$$A", "$A", 0},
                         Row{"$A$A", "11", 0},
                         Row{"${X:-d}", "d", 0},
                         Row{"${E:-d}", "d", 0},
                         Row{"${E-d}", "", 0},
                         Row{"${X-d}", "d", 0},
                         Row{"${X:-${A}}", "1", 0},
                         Row{"${X:-${Y:-z}}", "z", 0},
                         Row{"${A:+yes}", "yes", 0},
                         Row{"${E:+yes}", "", 0},
                         Row{"${E+yes}", "yes", 0},
                         Row{"${X:?say}", "", 1},
                         Row{"${E:?say}", "", 1},
                         Row{"${E?say}", "", 0},
                         Row{"$X", "", 1},
                         Row{"${X}", "", 1},
                         Row{"$", "", 1},
                         Row{"${", "", 1},
                         Row{"${A", "", 1},
                         Row{"$2y", "2y", 1},
                         Row{"${}", "", 1},
                         Row{"${A!b}", "", 1},
                         Row{"${A:}", "", 1},
                         Row{"a$", "a", 1},
                         Row{"", "", 0}}) {
    INFO(row.text);
    std::vector<VariableFault> faults;
    CHECK(interpolated(row.text, known, faults) == row.becomes);
    CHECK(faults.size() == row.faults);
  }
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "${X:-";
  for (int i = 0; i < 1000; ++i) deep += "}";
  std::vector<VariableFault> faults;
  CHECK(interpolated(deep, known, faults).size() < deep.size());
}

TEST_CASE("an .env file") {
  const auto values = read_env_file(
      "# comment\nA=1\nexport B = two words # not this\nC='$A raw'\nD=\"x$A\\n\"\nE=\nbad line\n=x\nF=${A}${OUT}\n",
      variables({{"OUT", "o"}}));
  CHECK(values == std::map<std::string, std::string>{
                      {"A", "1"}, {"B", "two words"}, {"C", "$A raw"}, {"D", "x1\n"}, {"E", ""}, {"F", "1o"}});
}

TEST_CASE("labels as list and as section, with their lines") {
  const auto project = read({R"(x-common: &common
  traefik.enable: true
services:
  a:
    labels:
      - a=1
      - "b=x=y"
      - c
  b:
    labels:
      <<: *common
      r: Host(`${HOST}`)
      n: 5
)"});
  CHECK(project.name == "myshop");
  CHECK(project.services.at("a").labels == std::map<std::string, ComposeText>{{"a", {"1", "f0.yaml:6"}},
                                                                              {"b", {"x=y", "f0.yaml:7"}},
                                                                              {"c", {"", "f0.yaml:8"}}});
  CHECK(project.services.at("b").labels.at("traefik.enable").value == "true");
  CHECK(project.services.at("b").labels.at("r") == ComposeText{"Host(`a.example.com`)", "f0.yaml:12"});
  CHECK(project.services.at("b").labels.at("n").value == "5");
  CHECK(project.problems.empty());
}

TEST_CASE("later files override, and extends is followed") {
  const auto project = read({R"(services:
  base:
    image: one
    labels: [a=1, b=1]
    networks: [edge]
  web:
    extends: {service: base}
    labels: [b=2]
networks:
  edge:
    name: front
)",
                             R"(services:
  web:
    image: two
    labels: {c: 3}
    deploy: {replicas: 4}
networks:
  back:
  old:
    external: true
)"});
  const ComposeService& web = project.services.at("web");
  CHECK(web.image == "two");
  CHECK(web.labels.at("a").value == "1");
  CHECK(web.labels.at("b").value == "2");
  CHECK(web.labels.at("c").where == "f1.yaml:4");
  CHECK(web.replicas == 4);
  CHECK(web.networks == std::set<std::string>{"edge"});
  CHECK(project.networks ==
        std::map<std::string, std::string>{
            {"back", "myshop_back"}, {"default", "myshop_default"}, {"edge", "front"}, {"old", "old"}});
  CHECK(project.problems.empty());
}

TEST_CASE("profiles: services of those that are not asked for are left out") {
  const std::string text = "services:\n  a: {image: x}\n  b: {image: x, profiles: [debug]}\n";
  CHECK(read({text}).left_out == std::vector<std::string>{"b"});
  CHECK(read({text}, {"debug"}).left_out.empty());
  CHECK(read({text}, {"*"}).services.size() == 2);
}

TEST_CASE("ports in all their forms") {
  const auto ports = [](const char* text) { return parse_compose_port(text, true); };
  CHECK(ports("80") == std::vector<ComposePort>{{80, "tcp", "", 0}});
  CHECK(ports("8080:80") == std::vector<ComposePort>{{80, "tcp", "", 8080}});
  CHECK(ports("127.0.0.1:8080:80/udp") == std::vector<ComposePort>{{80, "udp", "127.0.0.1", 8080}});
  CHECK(ports("[::1]:8080:80") == std::vector<ComposePort>{{80, "tcp", "::1", 8080}});
  CHECK(ports("90-91:80-81") == std::vector<ComposePort>{{80, "tcp", "", 90}, {81, "tcp", "", 91}});
  CHECK(ports("90-99:80") == std::vector<ComposePort>{{80, "tcp", "", 0}});
  CHECK(ports("1-65535").size() == kMostPortsOfARange);
  for (const char* bad : {"", "x", "0", "70000", "81-80", "80:", "a:b:c"}) CHECK(ports(bad).empty());
}

TEST_CASE("names of projects") {
  CHECK(compose_project_name("My Shop") == "myshop");
  CHECK(compose_project_name("_a-B_1") == "a-b_1");
  CHECK(compose_project_name("…").empty());
}

}  // namespace
}  // namespace mooring::config
