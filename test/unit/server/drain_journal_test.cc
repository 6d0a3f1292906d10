#include "proxy/server/drain_journal.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "test/unit/providers_file/folder.h"

namespace mooring::server {
namespace {

using Phase = DrainView::Phase;

std::string file_in(const file::Folder& folder) {
  return folder.at("control.drains").string();
}

std::string text_in(const file::Folder& folder) {
  std::ifstream file(file_in(folder));
  return {std::istreambuf_iterator<char>(file), {}};
}

DrainView order(const std::string& id, Phase phase = Phase::draining) {
  DrainView view;
  view.target = {.id = id, .name = "shop-" + id + "-1"};
  view.phase = phase;
  view.since_ms = 1'000;
  view.deadline_ms = 61'000;
  return view;
}

TEST_CASE("what is in force when the process ends is found by the next one") {
  const file::Folder folder;
  {
    DrainJournal journal(file_in(folder));
    CHECK(journal.orders().empty());
    journal.put(order("web"));
    journal.put(order("api"));
    journal.put(order("db"));
    journal.put(order("api", Phase::drained));
    journal.remove("web");
    journal.remove("nobody");
  }
  const DrainJournal next(file_in(folder));
  REQUIRE(next.orders().size() == 2);
  CHECK(next.orders()[0].target == order("api").target);
  CHECK(next.orders()[0].phase == Phase::drained);
  CHECK(next.orders()[1].target == order("db").target);
  CHECK(next.orders()[1].phase == Phase::draining);
  CHECK(next.orders()[1].since_ms == 1'000);
  CHECK(next.orders()[1].deadline_ms == 61'000);
}

TEST_CASE("nothing in force leaves no file") {
  const file::Folder folder;
  {
    DrainJournal journal(file_in(folder));
    journal.put(order("web"));
    journal.remove("web");
  }
  CHECK_FALSE(std::filesystem::exists(file_in(folder)));
}

TEST_CASE("a line that cannot be read is passed over, and takes no other with it") {
  const file::Folder folder;
  folder.write(
      "control.drains",
      "draining\ta\t1\t2\tA\n\n\t\t\t\nsomething\tb\t1\t2\tB\ndraining\tc\tx\t2\tC\ndraining\td\t-1\t2\tD\n"
      "draining\te\n\x01\xff\ndraining\tf\t99999999999999999999\t2\tF\nundone\npassed\tg\t1\t2\tG\ndrained\th\t1\t2\t"
      "H");
  const DrainJournal journal(file_in(folder));
  REQUIRE(journal.orders().size() == 2);  // the last line has no end: it was cut short
  CHECK(journal.orders()[0].target.id == "a");
  CHECK(journal.orders()[1].target.id == "g");
  CHECK(journal.orders()[1].phase == Phase::deadline_passed);
}

TEST_CASE("behind a line that was cut short the next one counts all the same") {
  const file::Folder folder;
  folder.write("control.drains", "draining\tweb\t1000\t61000\tshop-web-1\ndraining\tapi\t10");
  {
    DrainJournal journal(file_in(folder));
    journal.remove("web");
    journal.put(order("db"));
  }
  const DrainJournal next(file_in(folder));
  REQUIRE(next.orders().size() == 1);
  CHECK(next.orders()[0].target.id == "db");
}

TEST_CASE("the file is nobody else's to read") {
  const file::Folder folder;
  DrainJournal journal(file_in(folder));
  journal.put(order("web"));
  using std::filesystem::perms;
  CHECK(std::filesystem::status(file_in(folder)).permissions() == (perms::owner_read | perms::owner_write));
}

TEST_CASE("what would be two fields is not written") {
  const file::Folder folder;
  {
    DrainJournal journal(file_in(folder));
    journal.put(order("a\tb"));
    journal.put(order("a\nundone\tweb"));
    journal.put(order("web"));
  }
  CHECK(text_in(folder) == "draining\tweb\t1000\t61000\tshop-web-1\n");
}

TEST_CASE("the file does not grow without end") {
  const file::Folder folder;
  DrainJournal journal(file_in(folder));
  journal.put(order("stays"));
  for (int round = 0; round < 40'000; ++round) {
    journal.put(order("web"));
    journal.remove("web");
  }
  CHECK(std::filesystem::file_size(file_in(folder)) <= (1U << 20U));
  journal.put(order("web"));
  const DrainJournal next(file_in(folder));
  REQUIRE(next.orders().size() == 2);
  CHECK(next.orders()[0].target.id == "stays");
}

TEST_CASE("where no file can be, orders are taken all the same") {
  const file::Folder folder;
  std::filesystem::create_directory(file_in(folder));
  DrainJournal journal(file_in(folder));
  CHECK(journal.orders().empty());
  journal.put(order("web"));
  journal.remove("web");
  CHECK(std::filesystem::is_directory(file_in(folder)));
  std::filesystem::remove(file_in(folder));
  std::filesystem::create_symlink(folder.at("elsewhere"), file_in(folder));
  DrainJournal linked(file_in(folder));
  linked.put(order("web"));
  CHECK_FALSE(std::filesystem::exists(folder.at("elsewhere")));
}

}  // namespace
}  // namespace mooring::server
