// Names, the default rule and constraints: Traefik's rules as tables (traefik-compat 1.3, 1.4).
#include "providers/docker/names.h"

#include <catch2/catch_test_macros.hpp>

#include "providers/docker/constraints.h"
#include "providers/docker/default_rule.h"

using namespace mooring;
using docker::Container;
using docker::Labels;

namespace {

Container compose(const std::string& project, const std::string& service, const std::string& number = "") {
  Container container;
  container.id = "0123456789abcdef";
  container.name = project + "_" + service + "_1";
  container.labels = {{docker::kComposeProject, project}, {docker::kComposeService, service}};
  if (!number.empty()) {
    container.labels[docker::kComposeNumber] = number;
  }
  return container;
}

}  // namespace

TEST_CASE("normalize keeps letters and digits of any script") {
  CHECK(docker::normalize("my_app.1") == "my-app-1");
  CHECK(docker::normalize("web_proj") == "web-proj");
  CHECK(docker::normalize("Keeps-Case") == "Keeps-Case");
  CHECK(docker::normalize("--a..b--") == "a-b");
  CHECK(docker::normalize("übung_日本 ٣") == "übung-日本-٣");
  CHECK(docker::normalize("a\xff\xfe"
                          "b") == "a-b");
  CHECK(docker::normalize("_./-").empty());
  CHECK(docker::normalize("").empty());
}

TEST_CASE("service names and what people read") {
  CHECK(docker::raw_service_name(compose("proj", "web")) == "web_proj");
  CHECK(docker::label_for_people(compose("shop", "web", "2")) == "shop/web-2");
  CHECK(docker::label_for_people(compose("shop", "web")) == "shop/web");
  Container half = compose("shop", "");
  CHECK(docker::raw_service_name(half) == half.name);
  CHECK(docker::label_for_people(half) == half.name);
  half.name.clear();
  CHECK(docker::label_for_people(half) == "0123456789ab");
  CHECK(docker::is_one_off({{docker::kComposeOneOff, "True"}}));
  CHECK_FALSE(docker::is_one_off({{docker::kComposeOneOff, "False"}}));
  CHECK_FALSE(docker::is_one_off({}));
}

TEST_CASE("default rule templates") {
  Container container = compose("proj", "we.b");
  container.labels["tier"] = "a.b";
  const struct {
    const char* text;
    const char* rule;
  } cases[] = {
      {"Host(`{{ normalize .Name }}`)", "Host(`we-b-proj`)"},
      {"Host(`{{normalize .Name}}.example.com`)", "Host(`we-b-proj.example.com`)"},
      {"Host(`{{ .Name }}`)", "Host(`we-b-proj`)"},
      {"Host(`{{ .ContainerName }}`)", "Host(`proj_we.b_1`)"},
      {"Host(`{{ normalize .ContainerName }}`)", "Host(`proj-we-b-1`)"},
      {"Host(`{{ .ContainerName | normalize }}`)", "Host(`proj-we-b-1`)"},
      {"Host(`{{ index .Labels \"tier\" }}`)", "Host(`a.b`)"},
      {"Host(`{{ normalize (index .Labels `tier`) }}`)", "Host(`a-b`)"},
      {"Host(`{{ index .Labels \"missing\" }}`)", "Host(``)"},
      {"Host(`x`)", "Host(`x`)"},
      {"a  {{- .Name -}}  b", "awe-b-projb"},
      {"{{ index .Labels \"missing\" }}", ""},
      {"", ""},
      {"a }} b", "a }} b"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    const auto rule = docker::DefaultRule::parse(each.text);
    REQUIRE(rule.has_value());
    CHECK(rule->render(container) == each.rule);
    CHECK_FALSE(docker::validate_default_rule(each.text));
  }
}

TEST_CASE("a template that is not understood is named") {
  for (const char* text :
       {"Host(`{{ .Nome }}`)", "{{ env \"HOME\" }}", "{{ if .Name }}x{{ end }}", "{{ .Name", "{{ }}",
        "{{ index .Labels }}", "{{ index .Labels tier }}", "{{ index .Name \"a\" }}", "{{ .Name | upper }}",
        "{{ (.Name }}", "{{ .Name .Name }}", "{{ \"open }}", "{{ normalize }}", "{{ \"a\\n\" }}", "{{ \"a\\\" }}"}) {
    CAPTURE(text);
    CHECK_FALSE(docker::DefaultRule::parse(text).has_value());
    const auto problem = docker::validate_default_rule(text);
    REQUIRE(problem);
    CHECK(problem->key == "providers.docker.defaultRule");
  }
  CHECK(docker::DefaultRule::parse("x {{ .Nome }}").error() ==
        "\".Nome\" is not known in this template (in \"{{ .Nome }}\")");
  CHECK_FALSE(docker::DefaultRule::parse("{{" + std::string(10'000, '(') + "}}").has_value());
}

TEST_CASE("constraints") {
  const Labels labels{{"tier", "web"}, {"quoted", "a`b\"c"}};
  const struct {
    const char* text;
    bool matches;
  } cases[] = {
      {"", true},
      {"   ", true},
      {"Label(`tier`,`web`)", true},
      {"Label(\"tier\", \"web\")", true},
      {"Label(`tier`,`we`)", false},
      {"Label(`none`,``)", true},  // a missing label is empty text
      {"LabelRegex(`tier`,`^w`)", true},
      {"LabelRegex(`tier`,`e`)", true},
      {"LabelRegex(`none`,`.*`)", true},
      {"!Label(`tier`,`web`)", false},
      {"!!Label(`tier`,`web`)", true},
      {"Label(`tier`,`x`) || Label(`tier`,`web`)", true},
      {"Label(`tier`,`x`) && Label(`tier`,`web`)", false},
      {"Label(`tier`,`web`) || Label(`tier`,`x`) && Label(`tier`,`y`)", true},  // && binds tighter
      {"(Label(`tier`,`web`) || Label(`tier`,`x`)) && Label(`tier`,`y`)", false},
      {"LabelRegex(`tier`,`(`)", false},
      {"!LabelRegex(`tier`,`(`)", false},  // broken must not widen
      {"!(LabelRegex(`tier`,`(`) && Label(`tier`,`x`))", true},
      {"LabelRegex(`tier`,`(`) || Label(`tier`,`web`)", true},
      {"LabelRegex(`tier`,`(`) && Label(`tier`,`web`)", false},
  };
  for (const auto& each : cases) {
    CAPTURE(each.text);
    const auto constraints = docker::Constraints::parse(each.text);
    REQUIRE(constraints.has_value());
    CHECK(constraints->matches(labels) == each.matches);
  }
  CHECK(docker::validate_constraints("LabelRegex(`tier`,`(`)"));
  CHECK_FALSE(docker::validate_constraints("LabelRegex(`tier`,`.`)"));
}

TEST_CASE("broken constraints are refused with the place") {
  for (const std::string& text :
       {std::string("Label(`tier`)"), std::string("Label('a','b')"), std::string("label(`a`,`b`)"),
        std::string("Label(`a`,`b`"), std::string("Label(`a`,`b`) Label(`a`,`b`)"), std::string("Label(`a`,`b`) &&"),
        std::string("(Label(`a`,`b`)"), std::string("!"), std::string("Label(`a`,\"b\\n\")"), std::string(5000, '('),
        std::string(5000, '!')}) {
    CAPTURE(text);
    CHECK_FALSE(docker::Constraints::parse(text).has_value());
    CHECK(docker::validate_constraints(text));
  }
  CHECK(docker::Constraints::parse("Label(`a`,`b`) or").error() == "unexpected \"or\" at character 16");
}

TEST_CASE("a name of which nothing is left is replaced by the short id") {
  docker::Container container;
  container.id = "0123456789abcdef0123";
  container.name = "__";
  CHECK(docker::service_name(container) == "0123456789ab");
  container.name = "my_app.1";
  CHECK(docker::service_name(container) == "my-app-1");
}
