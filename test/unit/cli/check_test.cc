#include "proxy/cli/check.h"

#include <stdlib.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "providers/file/listing.h"
#include "proxy/cli/check_command.h"
#include "proxy/cli/exit_code.h"
#include "proxy/config/problem_codes.h"
#include "test/unit/cli/check_bench.h"

namespace mooring::cli {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

bool has_code(const CheckResult& result, std::string_view code) {
  return std::ranges::any_of(result.findings, [&](const Finding& one) { return one.problem.code == code; });
}

// The example of a code as files: labels and flags are those of one container and of the proxy.
Texts example_files(std::string_view example) {
  const std::string text{example};
  if (text.find("services:") != std::string::npos && !text.starts_with("traefik.") && !text.starts_with("--")) {
    return {{"compose.yaml", text + "\n"}};
  }
  std::string flags;
  std::string labels;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    std::string& into = line.starts_with("--") ? flags : labels;
    std::string escaped;
    for (const char c : line) escaped += c == '\'' ? std::string{"''"} : c == '$' ? std::string{"$$"} : std::string{c};
    into += "      - '" + escaped + "'\n";
  }
  std::string file = "services:\n  proxy:\n    image: mooring\n    command: \n" + flags;
  if (flags.find("entryPoints.") == std::string::npos) file += "      - --entryPoints.web.address=:80\n";
  if (flags.find("exposedByDefault") == std::string::npos) labels += "      - traefik.enable=true\n";
  return {{"compose.yaml", file + "  web:\n    image: shop\n    expose: [\"80\"]\n    labels:\n" + labels}};
}

TEST_CASE("the example of each code gives it, where no running system is needed") {
  std::size_t tried = 0;
  for (const config::ProblemCode& code : config::problem_codes()) {
    const std::string example{code.example};
    // What only a running system shows is the line that is said then.
    const bool runs = example.starts_with("error ") || example.starts_with("warning ") || example.starts_with("info ");
    if (runs || code.code == "O004") continue;  // O004 is of a file that is not there
    const bool options = code.code.starts_with('O') && !example.starts_with("--");
    const bool other = code.code == "C006";
    ++tried;
    INFO(code.code << "\n" << example);
    const auto result = check_texts(options ? Texts{{"traefik.yml", example + "\n"}}
                                    : other ? Texts{{"x.yml", example}}
                                            : example_files(example));
    INFO(check_report(result, CheckFormat::text));
    CHECK(has_code(result, code.code));
  }
  CHECK(tried > 45);
}

TEST_CASE("the examples and the seed have no problems") {
  const std::filesystem::path root{MOORING_SOURCE_DIR};
  std::size_t folders = 0;
  const auto check_folder = [&](const std::filesystem::path& folder) {
    Texts texts;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      const std::string ending = entry.path().extension();
      if (ending == ".yml" || ending == ".yaml" || ending == ".toml") {
        texts[entry.path().filename()] = read_file(entry.path());
      }
    }
    if (texts.empty()) return;
    ++folders;
    INFO(folder.string());
    CHECK(check_report(check_texts(texts), CheckFormat::text) ==
          std::to_string(texts.size()) + (texts.size() == 1 ? " file, no problems\n" : " files, no problems\n"));
  };
  for (const auto& entry : std::filesystem::directory_iterator(root / "examples")) check_folder(entry.path());
  check_folder(root / "test/end_to_end/seed");
  check_folder(root / "compose/production");
  CHECK(folders >= 2);
}

constexpr std::string_view kBroken = R"(services:
  web:
    image: shop
    labels:
      - traefik.enable=true
      - traefik.http.routers.web.rule=Host(shop, 100%)
      - traefik.http.services.web.loadbalancer.server.port=80
)";

TEST_CASE("SARIF names the rule, the level, the file and the line") {
  const auto result = check_texts({{"a b.yaml", std::string{kBroken}}});
  const auto document = nlohmann::json::parse(check_report(result, CheckFormat::sarif));
  CHECK(document["version"] == "2.1.0");
  const auto& run = document["runs"][0];
  CHECK(run["tool"]["driver"]["name"] == "mooring");
  REQUIRE(run["results"].size() == 1);
  CHECK(run["results"][0]["ruleId"] == "R001");
  CHECK(run["results"][0]["level"] == "error");
  CHECK(run["tool"]["driver"]["rules"][0]["id"] == "R001");
  const auto& place = run["results"][0]["locations"][0]["physicalLocation"];
  CHECK(place["artifactLocation"]["uri"] == "a b.yaml");
  CHECK(place["region"]["startLine"] == 6);
  const auto none = nlohmann::json::parse(check_report(check_texts({}), CheckFormat::sarif));
  CHECK(none["runs"][0]["results"].empty());
}

TEST_CASE("JSON has everything, GitHub's commands are escaped") {
  const auto result = check_texts({{"a,b.yaml", std::string{kBroken}}});
  const auto document = nlohmann::json::parse(check_report(result, CheckFormat::json));
  CHECK(document["errors"] == 1);
  CHECK(document["problems"][0]["code"] == "R001");
  CHECK(document["problems"][0]["file"] == "a,b.yaml");
  CHECK(document["problems"][0]["line"] == 6);
  CHECK(document["problems"][0]["where"] == "shop/web-1");
  const std::string github = check_report(result, CheckFormat::github);
  CHECK(github.starts_with("::error file=a%2Cb.yaml,line=6,title=R001 Unreadable rule::shop/web-1: "));
  CHECK(github.find("100%25") != std::string::npos);
  CHECK(std::ranges::count(github, '\n') == 2);
  CHECK(check_format("sarif") == CheckFormat::sarif);
  CHECK_FALSE(check_format("xml"));
}

// A folder of its own, gone at the end.
struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / ("mooring-check-" + std::string(6, 'X'))).string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file(const std::string& name, std::string_view text) const {
    std::ofstream{path / name, std::ios::binary} << text;
    return path / name;
  }
};

TEST_CASE("exit codes: no error, an error, a hint with --strict, and what cannot be read") {
  const Folder folder;
  const std::string broken = folder.file("compose.yaml", kBroken);
  const std::string good = folder.file("good.yaml", "services:\n  web:\n    image: shop\n");
  const std::string hint = folder.file("hint.yaml", "services:\n  web:\n    image: shop:${MOORING_TEST_NOT_SET}\n");
  folder.file(".env", "MOORING_TEST_HOST=a.example.com\n");
  const std::string env = folder.file("env.compose.yaml",
                                      "services:\n  web:\n    image: shop\n    labels:\n      "
                                      "- traefik.http.routers.r.rule=Host(`${MOORING_TEST_HOST}`)\n      "
                                      "- traefik.http.services.s.loadbalancer.server.port=80\n");
  CHECK(run_check({.files = {good}}) == kExitOk);
  CHECK(run_check({.files = {broken}}) == kExitFindings);
  CHECK(run_check({.files = {hint}}) == kExitOk);
  CHECK(run_check({.files = {hint}, .strict = true}) == kExitFindings);
  CHECK(run_check({.files = {env}, .strict = true}) == kExitOk);
  CHECK(run_check({.files = {good, (folder.path / "none.yaml").string()}}) == kExitUsage);
  CHECK(run_check({.files = {folder.path.string()}}) == kExitFindings);
}

TEST_CASE("of a folder the files that the file provider would read") {
  const Folder folder;
  folder.file("compose.yaml", "services:\n  web:\n    image: shop\n");
  folder.file(".hidden.yml", "http: [");
  folder.file("notes.txt", "http: [");
  CHECK(run_check({.files = {folder.path.string()}}) == kExitOk);
  std::filesystem::create_directory(folder.path / "inner");
  folder.file("inner/broken.yml", "http: [");
  CHECK(run_check({.files = {folder.path.string()}}) == kExitFindings);
}

TEST_CASE("a folder that cannot be read whole is not said to be without problems") {
  const Folder folder;
  std::filesystem::path inner = folder.path;
  for (int level = 0; level <= file::kMostLevels; ++level) inner /= "in";
  std::filesystem::create_directories(inner);
  CHECK(run_check({.files = {folder.path.string()}}) == kExitFindings);
}

TEST_CASE("a file as large as Mooring reads them is no finding") {
  std::string text =
      "http:\n  services:\n    shop:\n      loadBalancer:\n        servers:\n          - url: http://10.0.0.1\n"
      "  routers:\n    shop:\n      rule: Host(`shop.example`)\n      service: shop\n      entryPoints:\n";
  for (int i = 0; i < 210'000; ++i) text += "        - web\n";
  const CheckResult result = check_texts({{"dynamic.yml", text}});
  CHECK_FALSE(has_code(result, "O005"));
}

TEST_CASE("a file's router may have rules in v2's form, and lead to every service that Mooring has itself") {
  const std::string text =
      "http:\n  routers:\n    old:\n      rule: PathPrefix(`/a/{id:[0-9]+}`)\n      ruleSyntax: v2\n"
      "      service: noop@internal\n";
  CHECK(check_report(check_texts({{"dynamic.yml", text}}), CheckFormat::text) == "1 file, no problems\n");
}

TEST_CASE("hostile files end as findings") {
  for (const std::string text :
       {"[", "services: [", "services: 5", "services:\n  a: 5\n  b: [x]\n  c: ~\n",
        "services:\n  a:\n    labels: {x: [1]}\n    ports: [{}, [], 99999, \"a:b\"]\n", "services: &a\n  b: *a\n", ",",
        "\xff\xfe", "- 1\n- 2\n", "services:\n  a:\n    extends: a\n", "[{\"Id\": 5, \"Config\": []}]",
        "services:\n  a:\n    labels:\n      - ${A:-${B:-${C:?x}}\n"}) {
    INFO(text);
    CHECK_NOTHROW(check_report(check_texts({{"f.yml", text}}), CheckFormat::json));
  }
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'j'; ++c) {
    bomb += std::string{c} + ": &" + c + " [*" + static_cast<char>(c - 1) + ",*" + static_cast<char>(c - 1) + ",*" +
            static_cast<char>(c - 1) + ",*" + static_cast<char>(c - 1) + ",*" + static_cast<char>(c - 1) + "]\n";
  }
  CHECK_FALSE(check_texts({{"compose.yaml", bomb + "services: {}\n"}}).findings.empty());
}

}  // namespace
}  // namespace mooring::cli
