#include "proxy/config/options_reader.h"

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "proxy/config/options_entry_points.h"
#include "proxy/config/options_flags.h"
#include "proxy/config/options_resolve.h"
#include "proxy/config/options_tree.h"

namespace mooring::config {
namespace {

// One file and nothing else.
Environment with_file(const std::string& content) {
  return {[content](const std::string& path, std::size_t) -> std::expected<std::string, ReadFailure> {
            if (path != "./traefik.yml") return std::unexpected(ReadFailure{true, "none"});
            return content;
          },
          [](const std::string&) { return std::nullopt; },
          [] { return std::vector<std::string>{}; },
          {}};
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "mooring-options-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

TEST_CASE("the seed's file starts, and nothing but what it says of a dashboard is told") {
  const auto result = read_options({}, with_file("api:\n  dashboard: true\n  insecure: true\nlog:\n  level: INFO\n"
                                                 "entryPoints:\n  web:\n    address: \":80\"\n"));
  CHECK(result.ok());
  REQUIRE(result.problems.size() == 1);
  CHECK(result.problems[0].severity == Severity::info);
  CHECK(result.problems[0].key == "api.dashboard");
  CHECK(result.problems[0].where == "./traefik.yml:2");
  CHECK(result.options.docker.enabled);
  CHECK(result.options.api.insecure);
  CHECK(result.options.log.level == LogLevel::info);
  CHECK(result.options.entry_points.at("web").port == 80);
  CHECK(result.options.entry_points.at("traefik").port == 8080);
  CHECK(result.options.entry_points.size() == 2);
}

TEST_CASE("thousands of problems are cut, and an error among the cut ones still counts") {
  std::vector<std::string> flags;
  std::string yaml;
  for (int i = 0; i < 500; ++i) yaml += "unknown" + std::to_string(i) + ": 1\n";
  const auto result = read_options({}, with_file(yaml));
  CHECK_FALSE(result.ok());
  REQUIRE(result.problems.size() == 101);
  CHECK(result.problems.back().text == "and 400 more");
  CHECK(result.problems.back().severity == Severity::error);
}

TEST_CASE("routers without entry points: those marked, else all but traefik") {
  const auto names = [](const std::string& yaml) {
    const auto result = read_options({}, with_file(yaml));
    REQUIRE(result.ok());
    return default_entry_points(result.options);
  };
  using Names = std::vector<std::string>;
  CHECK(names("ping: {}\nentryPoints: {b: {address: ':81'}, a: {address: ':80'}}\n") == Names{"a", "b"});
  CHECK(names("entryPoints: {a: {address: ':80'}, b: {address: ':81', asDefault: true}}\n") == Names{"b"});
  CHECK(names("") == Names{"http"});
  // A marked one that stays closed must not hand its routers to the others.
  CHECK(names("entryPoints: {a: {address: ':80'}, b: {address: ':443', asDefault: true, http: {tls: {}}}}\n").empty());
}

TEST_CASE("listening addresses") {
  using Address = ReadAddress;
  const std::vector<std::pair<std::string, std::optional<Address>>> cases{
      {":80", Address{"", 80, false}},
      {"0.0.0.0:443", Address{"0.0.0.0", 443, false}},
      {"[fd00::5]:1/udp", Address{"fd00::5", 1, true}},
      {":65535/TCP", Address{"", 65535, false}},
      {"LOCALHOST:1", Address{"127.0.0.1", 1, false}},
      {"[localhost]:1", std::nullopt},
      {"", std::nullopt},
      {":", std::nullopt},
      {"/tcp", std::nullopt},
      {":80/", std::nullopt},
      {":80/tcp/udp", std::nullopt},
      {":+80", std::nullopt},
      {"fd00::5:80", std::nullopt},
      {"[]:80", std::nullopt},
      {"[:80", std::nullopt},
      {std::string(":8\0", 3), std::nullopt},
      {"1.2.3:80", std::nullopt},
      {"256.1.1.1:80", std::nullopt},
      {"10.0.0.0/8:80", std::nullopt},
  };
  for (const auto& [text, expected] : cases) {
    INFO(text);
    CHECK(parse_listen_address(text) == expected);
  }
}

TEST_CASE("flags keep their value out of the key") {
  const auto flags = read_options_flags({"--a.b=secret", "--c[12].d", "secret"});
  REQUIRE(flags.settings.size() == 2);
  CHECK(flags.settings[0].key == "--a.b");
  CHECK(flags.settings[0].values == std::vector<std::string>{"secret"});
  CHECK(flags.settings[1].path == std::vector<std::string>{"c", "[12]", "d"});
  CHECK(flags.settings[1].values == std::vector<std::string>{"secret"});
  CHECK(flags.problems.empty());
}

TEST_CASE("the real environment reads regular files alone") {
  const TemporaryFolder folder;
  const Environment real = system_environment();
  {
    std::ofstream(folder / "small.yml") << "log: {level: INFO}\n";
    std::ofstream(folder / "big.yml") << std::string(5000, '#');
  }
  REQUIRE(::mkfifo((folder / "pipe.yml").c_str(), 0600) == 0);
  std::filesystem::create_directory(folder / "folder.yml");

  const auto small = real.read_file(folder / "small.yml", 4096);
  REQUIRE(small.has_value());
  CHECK(*small == "log: {level: INFO}\n");
  CHECK(real.read_file(folder / "big.yml", 5000).has_value());
  const auto big = real.read_file(folder / "big.yml", 4096);
  REQUIRE_FALSE(big.has_value());
  CHECK(big.error().text == "it is larger than 4 KiB");
  const auto pipe = real.read_file(folder / "pipe.yml", 4096);
  REQUIRE_FALSE(pipe.has_value());
  CHECK_FALSE(pipe.error().missing);
  const auto directory = real.read_file(folder / "folder.yml", 4096);
  REQUIRE_FALSE(directory.has_value());
  CHECK(directory.error().text.starts_with("it is a directory"));
  CHECK(real.read_file(folder / "none.yml", 4096).error().missing);
  CHECK(real.read_file((folder / "small.yml") + "/below", 4096).error().missing);

  const auto result = read_options({"--configFile=" + (folder / "small.yml")}, real);
  CHECK(result.options.log.level == LogLevel::info);
  CHECK(real.variable_names().size() >= 1);
  CHECK(real.variable("MOORING_NO_SUCH_VARIABLE") == std::nullopt);
}

// Whatever the bytes are: no crash, no endless loop, and a refusal is a Problem.
void feed(const std::string& text) {
  const auto yaml = read_options_text(TextFormat::yaml, text, "f.yml");
  for (const auto& problem : yaml.problems) CHECK_FALSE(problem.text.empty());
  const auto resolved = resolve_options(yaml.settings);
  CHECK(resolved.options.size() <= yaml.settings.size());
}

TEST_CASE("every prefix and many mutations of a file are survived") {
  const std::string text =
      "entryPoints: &e\n  web:\n    address: \":80\"\n    forwardedHeaders: {trustedIPs: [10.0.0.0/8, '::1']}\n"
      "  other:\n    <<: *e\n    address: |\n      :81\nlog:\n  level: !!str INFO # why\n"
      "? complex\n: value\nproviders: {docker: {tls: {ca: \"\\u00e9\"}}, plugin: {a: [{b: c}, d]}}\n";
  for (std::size_t length = 0; length <= text.size(); ++length) feed(text.substr(0, length));
  std::mt19937 random(1);
  const std::string alphabet = "{}[]&*<:-?!|>'\"#%@`,\n\t \\\0a1";
  for (int round = 0; round < 3000; ++round) {
    std::string mutated = text;
    for (int change = 0; change < 4; ++change) {
      mutated[random() % mutated.size()] = alphabet[random() % alphabet.size()];
    }
    feed(mutated);
  }
}

TEST_CASE("large hostile files are refused or read in bounded time") {
  const auto repeat = [](const std::string& part, std::size_t size) {
    std::string text;
    while (text.size() < size) text += part;
    return text;
  };
  std::string keys;
  for (int i = 0; i < 30'000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  // A quarter of the size that is allowed: the sanitizers make all of this ten times slower.
  constexpr std::size_t kSize = 256 * 1024;
  const std::vector<std::string> files{keys,
                                       repeat("[", kSize),
                                       repeat("{", kSize),
                                       repeat("- ", kSize),
                                       repeat("? ", kSize),
                                       repeat("&a ", kSize),
                                       repeat("\"", kSize),
                                       repeat("a: b: ", kSize),
                                       "a: [" + repeat("x, ", kSize) + "]",
                                       repeat("- a\n", kSize),
                                       repeat("---\n", kSize),
                                       repeat("%TAG ! x\n", kSize),
                                       repeat("|\n ", kSize),
                                       "a: \"" + repeat("\\x41", kSize) + "\"",
                                       repeat("!<a> ", kSize)};
  for (const auto& file : files) feed(file);
}

}  // namespace
}  // namespace mooring::config
