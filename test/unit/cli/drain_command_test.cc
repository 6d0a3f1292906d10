#include "proxy/cli/drain_command.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "proxy/cli/command_line.h"
#include "test/unit/cli/fixed_answer.h"
#include "test/unit/providers_file/folder.h"

namespace mooring::cli {
namespace {

constexpr std::int64_t kNow = 1'763'830'800'000;  // 2025-11-22T17:00:00Z

Json order(const std::string& state) {
  return {{"name", "shop-web-1"},
          {"id", "abc"},
          {"state", state},
          {"since", "2025-11-22T16:59:48Z"},
          {"deadline", "2025-11-22T17:29:48Z"},
          {"inFlight", 1},
          {"tunnels", 2},
          {"sessions", 3}};
}

TEST_CASE("a line says how far a drain is") {
  CHECK(drain_progress(order("draining"), kNow) ==
        "shop-web-1: draining for 12s · 3 sessions · 1 request in flight · 2 WebSockets · 29m left");
  CHECK(drain_progress(order("drained"), kNow) == "shop-web-1: drained after 12s");
  CHECK(drain_progress(order("deadlinePassed"), kNow) ==
        "shop-web-1: the deadline has passed after 12s; left: 3 sessions · 1 request in flight · 2 WebSockets");
  Json estimated = order("draining");
  estimated["sessionsEstimated"] = true;
  CHECK(drain_progress(estimated, kNow).contains("≥3 sessions"));
}

TEST_CASE("whatever comes as an order gives a line, and none that does something to a terminal") {
  for (const char* text : {"{}", "[]", "null", R"({"name": 5, "since": "x", "deadline": [], "sessions": "many"})"}) {
    CHECK_FALSE(drain_progress(Json::parse(text), kNow).empty());
  }
  CHECK(drain_progress({{"name", "\x1b[2J"}}, kNow).find('\x1b') == std::string::npos);
}

TEST_CASE("drain --wait ends with what has become of the order") {
  const file::Folder folder;
  const auto ends_with = [&](std::vector<std::string> answers, const char* deadline = "2099-11-22T17:29:48Z") {
    Json given = order("draining");
    given["deadline"] = deadline;
    answers.insert(answers.begin(), http(200, given.dump()));
    const FixedAnswer server(folder.path() + "/s", std::move(answers));
    const int code = run_drain({.control_socket = folder.path() + "/s", .name = "shop-web-1", .wait = true});
    std::filesystem::remove(folder.path() + "/s");
    return code;
  };
  CHECK(ends_with({http(200, order("drained").dump())}) == kExitOk);
  CHECK(ends_with({http(200, order("deadlinePassed").dump())}) == kExitDeadline);
  CHECK(ends_with({http(404, "shop-web-1 has ended")}) == kExitOk);
  CHECK(ends_with({http(409, "not drained by a person")}) == kExitFailure);
  // Mooring was started again, and has not listed the containers yet: that says nothing of the order.
  CHECK(ends_with({http(503, "not ready"), http(503, "not ready"), http(409, "not drained")}) == kExitFailure);
  // It is being started again: nobody answers for a while.
  CHECK(ends_with({"", "", http(200, order("drained").dump())}) == kExitOk);
  CHECK(ends_with({http(503, "not ready")}, "2025-11-22T17:29:48Z") == kExitDeadline);
}

TEST_CASE("drain and undrain on the command line") {
  CHECK(read_command_line({"drain", "web-1"}) == CommandLine(DrainOptions{.name = "web-1"}));
  CHECK(read_command_line({"drain", "shop/web-1", "--wait", "--deadline", "90s", "--control-socket=/s"}) ==
        CommandLine(DrainOptions{
            .control_socket = "/s", .name = "shop/web-1", .wait = true, .deadline = std::chrono::seconds(90)}));
  CHECK(read_command_line({"undrain", "web-1"}) == CommandLine(UndrainOptions{.name = "web-1"}));
  const auto message = [](const std::vector<std::string>& words) {
    const CommandLine read = read_command_line(words);
    REQUIRE(std::holds_alternative<Message>(read));
    return std::get<Message>(read);
  };
  for (const std::vector<std::string>& words : {std::vector<std::string>{"drain"},
                                                {"undrain"},
                                                {"drain", "a", "b"},
                                                {"drain", "a", "--deadline", "soon"},
                                                {"drain", "a", "--deadline", "25h"},
                                                {"undrain", "a", "--wait"},
                                                {"drain", "a", "--wiat"}}) {
    CHECK(message(words).code == kExitUsage);
  }
  CHECK(message({"drain"}).text.contains("say what"));
  CHECK(message({"drain", "a", "--wiat"}).text.contains("did you mean --wait?"));
  CHECK(message({"drian", "a"}).text.contains("did you mean drain?"));
  CHECK(message({"help", "drain"}).text.contains("124"));
}

TEST_CASE("without a proxy there is nobody to drain anything") {
  CHECK(run_drain({.control_socket = "/nowhere/s", .name = "a"}) == kExitUnreachable);
  CHECK(run_undrain({.control_socket = "/nowhere/s", .name = "a"}) == kExitUnreachable);
}

}  // namespace
}  // namespace mooring::cli
