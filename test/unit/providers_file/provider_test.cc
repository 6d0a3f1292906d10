#include "providers/file/provider.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "test/unit/providers/recording_sink.h"
#include "test/unit/providers_file/folder.h"

namespace mooring::file {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using Said = docker::RecordingSink::Said;

// Without the slow poll: what is found is found by events.
constexpr Pace kByEvents{.settle = milliseconds(20), .patience = milliseconds(60'000), .poll = milliseconds(3'600'000)};
constexpr Pace kByPolls{.settle = milliseconds(20), .patience = milliseconds(100), .poll = milliseconds(30)};

// "a.yml:web=Host(`a`)" for every router there is, sorted.
std::string routers(const Said& said) {
  std::string text;
  for (const auto& [id, fragment] : said.fragments) {
    for (const auto& [name, router] : fragment->routers) text += id + ":" + name + "=" + router.rule + " ";
  }
  return text;
}

bool has_problem(const Said& said, const std::string& id, const std::string& code, const std::string& part = "") {
  const auto found = said.fragments.find(id);
  if (found == said.fragments.end()) return false;
  return std::ranges::any_of(found->second->problems, [&](const config::Problem& problem) {
    return problem.code == code && config::to_line(problem).contains(part);
  });
}

struct ProviderBench {
  Folder folder;
  docker::RecordingSink sink;
  std::unique_ptr<FileProvider> provider;

  ~ProviderBench() {
    if (provider != nullptr) provider->stop();
  }
  void follow(Pace pace = kByEvents, bool watch = true) {
    start({.enabled = true, .filename = "", .directory = folder.path(), .watch = watch}, pace);
  }
  void follow_file(const std::string& name, Pace pace = kByEvents) {
    start({.enabled = true, .filename = folder.at(name).string(), .directory = "", .watch = true}, pace);
  }
  void start(config::FileOptions options, Pace pace) {
    provider = std::make_unique<FileProvider>(std::move(options), pace);
    provider->start(sink);
    REQUIRE(sink.wait([](const Said& said) { return said.synced; }));
  }
  bool becomes(const std::string& expected) {
    const bool did = sink.wait([&](const Said& said) { return routers(said) == expected; });
    if (!did) UNSCOPED_INFO("it is: " << routers(sink.said()));
    return did;
  }
};

TEST_CASE("a directory is read with what is below it, in both languages, and nothing else") {
  ProviderBench bench;
  bench.folder.write("a.yml", router_file("web", "a"));
  bench.folder.write("sub/b.YAML", router_file("other", "b"));
  bench.folder.write("c.toml", "[http.routers.third]\nrule = \"Host(`c`)\"\nservice = \"s\"\n");
  bench.folder.write(".hidden.yml", router_file("hidden", "h"));
  bench.folder.write("..data/d.yml", router_file("data", "d"));
  bench.folder.write("notes.txt", "nothing of ours");
  bench.folder.write("e.yml~", router_file("backup", "e"));
  bench.follow();
  CHECK(routers(bench.sink.said()) == "a.yml:web=Host(`a`) c.toml:third=Host(`c`) sub/b.YAML:other=Host(`b`) ");
  const auto fragment = bench.sink.said().fragments.at("a.yml");
  CHECK(fragment->origin.provider == "file");
  CHECK(fragment->origin.label == "a.yml");
  CHECK(fragment->origin.container_id.empty());
}

TEST_CASE("an empty directory is a whole table too") {
  ProviderBench bench;
  bench.follow();
  CHECK(bench.sink.said().fragments.empty());
}

TEST_CASE("what changes in a directory is in force by an event alone") {
  ProviderBench bench;
  bench.folder.write("a.yml", router_file("web", "a"));
  bench.follow();
  SECTION("written in place") {
    bench.folder.write("a.yml", router_file("web", "b"));
    CHECK(bench.becomes("a.yml:web=Host(`b`) "));
  }
  SECTION("replaced by a rename") {
    bench.folder.replace("a.yml", router_file("web", "b"));
    CHECK(bench.becomes("a.yml:web=Host(`b`) "));
  }
  SECTION("deleted and written anew, as some editors do") {
    fs::rename(bench.folder.at("a.yml"), bench.folder.at("a.yml~"));
    bench.folder.write("a.yml", router_file("web", "b"));
    CHECK(bench.becomes("a.yml:web=Host(`b`) "));
  }
  SECTION("deleted") {
    fs::remove(bench.folder.at("a.yml"));
    CHECK(bench.becomes(""));
    CHECK_FALSE(bench.sink.said().fragments.contains("a.yml"));
  }
  SECTION("another one, in a new directory") {
    bench.folder.write("new/deep/b.yml", router_file("other", "b"));
    CHECK(bench.becomes("a.yml:web=Host(`a`) new/deep/b.yml:other=Host(`b`) "));
    bench.folder.write("new/deep/b.yml", router_file("other", "c"));
    CHECK(bench.becomes("a.yml:web=Host(`a`) new/deep/b.yml:other=Host(`c`) "));
  }
  SECTION("renamed") {
    fs::rename(bench.folder.at("a.yml"), bench.folder.at("z.yml"));
    CHECK(bench.becomes("z.yml:web=Host(`a`) "));
  }
}

TEST_CASE("a link that is pointed elsewhere is another file, as with a mounted ConfigMap") {
  ProviderBench bench;
  bench.folder.write("..1/web.yml", router_file("web", "one"));
  bench.folder.write("..2/web.yml", router_file("web", "two"));
  fs::create_directory_symlink("..1", bench.folder.at("..data"));
  fs::create_symlink("..data/web.yml", bench.folder.at("web.yml"));
  bench.follow();
  CHECK(routers(bench.sink.said()) == "web.yml:web=Host(`one`) ");
  fs::create_directory_symlink("..2", bench.folder.at("..data_tmp"));
  fs::rename(bench.folder.at("..data_tmp"), bench.folder.at("..data"));
  CHECK(bench.becomes("web.yml:web=Host(`two`) "));
}

TEST_CASE("links in a circle are followed once") {
  ProviderBench bench;
  bench.folder.write("a/x.yml", router_file("web", "a"));
  fs::create_directory_symlink("..", bench.folder.at("a/up"));
  fs::create_symlink("nowhere.yml", bench.folder.at("gone.yml"));
  bench.follow();
  CHECK(routers(bench.sink.said()) == "a/x.yml:web=Host(`a`) ");
}

TEST_CASE("one file: written, replaced, gone and back") {
  ProviderBench bench;
  bench.folder.write("only.yml", router_file("web", "a"));
  bench.folder.write("beside.yml", router_file("no", "no"));
  bench.follow_file("only.yml");
  CHECK(routers(bench.sink.said()) == "only.yml:web=Host(`a`) ");
  bench.folder.replace("only.yml", router_file("web", "b"));
  REQUIRE(bench.becomes("only.yml:web=Host(`b`) "));
  bench.folder.write("only.yml", router_file("web", "c"));
  REQUIRE(bench.becomes("only.yml:web=Host(`c`) "));
  fs::remove(bench.folder.at("only.yml"));
  REQUIRE(bench.becomes(""));
  CHECK(has_problem(bench.sink.said(), "", "F001", "nothing of it is in force"));
  bench.folder.write("only.yml", router_file("web", "d"));
  REQUIRE(bench.becomes("only.yml:web=Host(`d`) "));
  CHECK(bench.sink.wait([](const Said& said) { return !said.fragments.contains(""); }));
}

TEST_CASE("a text that cannot be read leaves the last good one in force, and says so until it can") {
  ProviderBench bench;
  bench.folder.write("a.yml", router_file("web", "a"));
  bench.follow();
  bench.folder.write("a.yml", "http:\n  routers: [\n");
  REQUIRE(bench.sink.wait([](const Said& said) { return has_problem(said, "a.yml", "O005", "last good version"); }));
  CHECK(routers(bench.sink.said()) == "a.yml:web=Host(`a`) ");
  bench.folder.write("a.yml", router_file("web", "b"));
  REQUIRE(bench.becomes("a.yml:web=Host(`b`) "));
  CHECK(bench.sink.said().fragments.at("a.yml")->problems.empty());
}

TEST_CASE("a text that never could be read is a Problem and nothing else") {
  ProviderBench bench;
  bench.folder.write("a.yml", "http: {{ template }}\n");
  bench.folder.write("b.yml", router_file("web", "b"));
  bench.follow();
  CHECK(has_problem(bench.sink.said(), "a.yml", "F002", "nothing of the file is in force"));
  CHECK(routers(bench.sink.said()) == "b.yml:web=Host(`b`) ");
}

TEST_CASE("a file that is still open for writing does not take effect, however good it looks") {
  ProviderBench bench;
  bench.folder.write("a.yml", router_file("web", "a"));
  bench.follow();
  const std::string whole = router_file("web", "b") + "      middlewares: [guard]\n";
  const int file = ::open(bench.folder.at("a.yml").c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  REQUIRE(file >= 0);
  const std::size_t half = router_file("web", "b").size();
  REQUIRE(::write(file, whole.data(), half) == static_cast<ssize_t>(half));
  // Another file is written much later and comes into force first.
  bench.folder.write("b.yml", router_file("other", "x"));
  REQUIRE(bench.becomes("a.yml:web=Host(`a`) b.yml:other=Host(`x`) "));
  REQUIRE(::write(file, whole.data() + half, whole.size() - half) == static_cast<ssize_t>(whole.size() - half));
  ::close(file);
  REQUIRE(bench.becomes("a.yml:web=Host(`b`) b.yml:other=Host(`x`) "));
  CHECK(bench.sink.said().fragments.at("a.yml")->routers.at("web").middlewares.size() == 1);
}

TEST_CASE("of two files that define one name the first by its path has it") {
  ProviderBench bench;
  const std::string rest = "  services:\n    s: {loadBalancer: {servers: [{url: \"http://x\"}]}}\n";
  bench.folder.write("b.yml", router_file("web", "b") + rest);
  bench.folder.write("c.yml", router_file("web", "c") + rest + "  middlewares:\n    only: {sticky: {cookie: {}}}\n");
  bench.follow();
  CHECK(routers(bench.sink.said()) == "b.yml:web=Host(`b`) ");
  CHECK(has_problem(bench.sink.said(), "c.yml", "F003", "router \"web\" is defined in b.yml and in c.yml"));
  CHECK(has_problem(bench.sink.said(), "c.yml", "F003", "service \"s\""));
  CHECK(bench.sink.said().fragments.at("c.yml")->middlewares.size() == 1);
  // In whatever order they come: the one before takes it, and gives it back.
  bench.folder.write("a.yml", router_file("web", "a"));
  REQUIRE(bench.becomes("a.yml:web=Host(`a`) "));
  fs::remove(bench.folder.at("a.yml"));
  fs::remove(bench.folder.at("b.yml"));
  REQUIRE(bench.becomes("c.yml:web=Host(`c`) "));
  CHECK(bench.sink.wait([](const Said& said) { return said.fragments.at("c.yml")->problems.empty(); }));
}

TEST_CASE("without watching, changes wait for a reload") {
  ProviderBench bench;
  bench.folder.write("a.yml", router_file("web", "a"));
  bench.follow(kByPolls, false);
  bench.folder.write("a.yml", router_file("web", "b"));
  bench.provider->reload();
  CHECK(bench.becomes("a.yml:web=Host(`b`) "));
}

TEST_CASE("a directory that is not there is said, and read when it comes") {
  ProviderBench bench;
  const std::string path = bench.folder.at("later").string();
  bench.start({.enabled = true, .filename = "", .directory = path, .watch = true}, kByEvents);
  CHECK(has_problem(bench.sink.said(), "", "F001", "No such file"));
  bench.folder.write("later/a.yml", router_file("web", "a"));
  REQUIRE(bench.becomes("a.yml:web=Host(`a`) "));
  CHECK(bench.sink.wait([](const Said& said) { return !said.fragments.contains(""); }));
}

TEST_CASE("a directory that goes away as a whole takes nothing out of force") {
  ProviderBench bench;
  bench.folder.write("d/a.yml", router_file("web", "a"));
  bench.start({.enabled = true, .filename = "", .directory = bench.folder.at("d").string(), .watch = true}, kByPolls);
  fs::rename(bench.folder.at("d"), bench.folder.at("away"));
  REQUIRE(bench.sink.wait([](const Said& said) { return has_problem(said, "", "F001", "stays in force"); }));
  CHECK(routers(bench.sink.said()) == "a.yml:web=Host(`a`) ");
}

TEST_CASE("the slow poll finds what no event told") {
  ProviderBench bench;
  bench.folder.write("real/a.yml", router_file("web", "a"));
  fs::create_directory(bench.folder.at("d"));
  // The target of a link's target is in no directory that is watched.
  fs::create_directory_symlink("real", bench.folder.at("hop"));
  fs::create_symlink("../hop/a.yml", bench.folder.at("d/a.yml"));
  bench.start({.enabled = true, .filename = "", .directory = bench.folder.at("d").string(), .watch = true}, kByPolls);
  CHECK(routers(bench.sink.said()) == "a.yml:web=Host(`a`) ");
  bench.folder.write("other/a.yml", router_file("web", "b"));
  fs::create_directory_symlink("other", bench.folder.at("hop2"));
  fs::rename(bench.folder.at("hop2"), bench.folder.at("hop"));
  CHECK(bench.becomes("a.yml:web=Host(`b`) "));
}

TEST_CASE("what is too large, too deep or no file at all is refused and holds nothing up") {
  ProviderBench bench;
  bench.folder.write("good.yml", router_file("web", "a"));
  bench.folder.write("large.yml", "");
  REQUIRE(::truncate(bench.folder.at("large.yml").c_str(), kMostBytes + 1) == 0);
  REQUIRE(::mkfifo(bench.folder.at("pipe.yml").c_str(), 0600) == 0);
  std::string deep;
  for (int level = 0; level < kMostLevels + 2; ++level) deep += "d/";
  bench.folder.write(deep + "lost.yml", router_file("lost", "l"));
  bench.follow();
  CHECK(routers(bench.sink.said()) == "good.yml:web=Host(`a`) ");
  CHECK(has_problem(bench.sink.said(), "large.yml", "F005", "64 MiB"));
  CHECK(has_problem(bench.sink.said(), "", "F005", "levels deep"));
}

TEST_CASE("a file that asks for itself by name may be called what it wants, but must be of a known kind") {
  ProviderBench bench;
  bench.folder.write("rules.conf", router_file("web", "a"));
  bench.follow_file("rules.conf");
  CHECK(routers(bench.sink.said()).empty());
  CHECK(has_problem(bench.sink.said(), "rules.conf", "F001", ".toml"));
}

}  // namespace
}  // namespace mooring::file
