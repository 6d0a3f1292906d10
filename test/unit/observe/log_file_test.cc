// LogFile: opened to append, opened again after rotation under the same number, and what it says when it cannot be.
#include "proxy/observe/log_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace mooring::observe {
namespace {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "mooring-log-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path path;
};

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void say(const LogFile& file, std::string_view text) {
  REQUIRE(::write(file.descriptor(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

}  // namespace

TEST_CASE("a log file goes on where it was, and after rotation in a new one") {
  const Folder folder;
  const std::filesystem::path path = folder.path / "access.log";
  std::ofstream(path) << "old\n";
  auto file = LogFile::open(path.string());
  REQUIRE(file.has_value());
  say(*file, "one\n");
  std::filesystem::rename(path, folder.path / "access.log.1");
  say(*file, "two\n");
  const int number = file->descriptor();
  CHECK(!file->reopen().has_value());
  CHECK(file->descriptor() == number);
  say(*file, "three\n");
  CHECK(content(folder.path / "access.log.1") == "old\none\ntwo\n");
  CHECK(content(path) == "three\n");
  CHECK((::fcntl(number, F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("a file that cannot be opened again is written to as it was") {
  const Folder folder;
  const std::filesystem::path below = folder.path / "below";
  std::filesystem::create_directory(below);
  const auto file = LogFile::open((below / "access.log").string());
  REQUIRE(file.has_value());
  std::filesystem::rename(below, folder.path / "moved");
  const auto error = file->reopen();
  REQUIRE(error.has_value());
  CHECK(error->find("No such file or directory; what was open is still written to") != std::string::npos);
  say(*file, "still\n");
  CHECK(content(folder.path / "moved" / "access.log") == "still\n");
}

TEST_CASE("a path that cannot be opened is named") {
  const auto file = LogFile::open("/nowhere/at/all/access.log");
  REQUIRE(!file.has_value());
  CHECK(file.error() == "cannot open the log file /nowhere/at/all/access.log: No such file or directory");
}

TEST_CASE("without a path it is standard output, which stays open") {
  {
    const auto file = LogFile::open("");
    REQUIRE(file.has_value());
    CHECK(file->descriptor() == STDOUT_FILENO);
    CHECK(!file->reopen().has_value());
  }
  CHECK(::fcntl(STDOUT_FILENO, F_GETFD) >= 0);
}

}  // namespace mooring::observe
