#include "proxy/server/drain_journal.h"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace mooring::server {
namespace {

using Phase = DrainView::Phase;

// A folder of its own, gone at the end.
struct Folder {
  std::string path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "journal-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file() const { return path + "/control.drains"; }
  std::string text() const {
    std::ifstream file_now(file());
    return {std::istreambuf_iterator<char>(file_now), {}};
  }
  void write(const std::string& text) const { std::ofstream(file()) << text; }
};

DrainView order(const std::string& id, Phase phase = Phase::draining) {
  DrainView view;
  view.target = {.id = id, .name = "shop-" + id + "-1"};
  view.phase = phase;
  view.since_ms = 1'000;
  view.deadline_ms = 61'000;
  return view;
}

TEST_CASE("what is in force when the process ends is found by the next one") {
  const Folder folder;
  {
    DrainJournal journal(folder.file());
    CHECK(journal.found().empty());
    journal.put(order("web"));
    journal.put(order("api"));
    journal.put(order("db"));
    journal.put(order("api", Phase::drained));
    journal.remove("web");
    journal.remove("nobody");
  }
  const DrainJournal next(folder.file());
  REQUIRE(next.found().size() == 2);
  CHECK(next.found()[0].target == order("db").target);
  CHECK(next.found()[0].phase == Phase::draining);
  CHECK(next.found()[0].since_ms == 1'000);
  CHECK(next.found()[0].deadline_ms == 61'000);
  CHECK(next.found()[1].target.id == "api");
  CHECK(next.found()[1].phase == Phase::drained);
}

TEST_CASE("nothing in force leaves no file") {
  const Folder folder;
  {
    DrainJournal journal(folder.file());
    journal.put(order("web"));
    journal.remove("web");
  }
  CHECK_FALSE(std::filesystem::exists(folder.file()));
}

TEST_CASE("a line that cannot be read is passed over, and takes no other with it") {
  const Folder folder;
  folder.write(
      "draining\ta\t1\t2\tA\n\n\t\t\t\nsomething\tb\t1\t2\tB\ndraining\tc\tx\t2\tC\ndraining\td\t-1\t2\tD\n"
      "draining\te\n\x01\xff\ndraining\tf\t99999999999999999999\t2\tF\nundone\npassed\tg\t1\t2\tG\ndrained\th\t1\t2\t"
      "H");
  const DrainJournal journal(folder.file());
  REQUIRE(journal.found().size() == 2);  // the last line has no end: it was cut short
  CHECK(journal.found()[0].target.id == "a");
  CHECK(journal.found()[1].target.id == "g");
  CHECK(journal.found()[1].phase == Phase::deadline_passed);
}

TEST_CASE("what would be two fields is not written") {
  const Folder folder;
  {
    DrainJournal journal(folder.file());
    journal.put(order("a\tb"));
    journal.put(order("a\nundone\tweb"));
    journal.put(order("web"));
  }
  CHECK(folder.text() == "draining\tweb\t1000\t61000\tshop-web-1\n");
}

TEST_CASE("the file does not grow without end") {
  const Folder folder;
  DrainJournal journal(folder.file());
  journal.put(order("stays"));
  for (int round = 0; round < 40'000; ++round) {
    journal.put(order("web"));
    journal.remove("web");
  }
  CHECK(std::filesystem::file_size(folder.file()) <= (1U << 20U));
  journal.put(order("web"));
  const DrainJournal next(folder.file());
  REQUIRE(next.found().size() == 2);
  CHECK(next.found()[0].target.id == "stays");
}

TEST_CASE("where no file can be, orders are taken all the same") {
  const Folder folder;
  std::filesystem::create_directory(folder.file());
  DrainJournal journal(folder.file());
  CHECK(journal.found().empty());
  journal.put(order("web"));
  journal.remove("web");
  CHECK(std::filesystem::is_directory(folder.file()));
  std::filesystem::remove(folder.file());
  std::filesystem::create_symlink(folder.path + "/elsewhere", folder.file());
  DrainJournal linked(folder.file());
  linked.put(order("web"));
  CHECK_FALSE(std::filesystem::exists(folder.path + "/elsewhere"));
}

}  // namespace
}  // namespace mooring::server
