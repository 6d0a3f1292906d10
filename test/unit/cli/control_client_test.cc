#include "proxy/cli/control_client.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "proxy/cli/commands.h"
#include "proxy/cli/drain_command.h"
#include "proxy/cli/healthcheck.h"
#include "proxy/cli/http_client.h"
#include "proxy/cli/status_command.h"
#include "test/unit/cli/fixed_answer.h"
#include "test/unit/cli/printed.h"
#include "test/unit/providers_file/folder.h"

namespace mooring::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using std::chrono::milliseconds;

TEST_CASE("the body of a 200 is the answer") {
  const file::Folder folder;
  const std::string socket = folder.path() + "/s";
  FixedAnswer server(socket, http(200, "{}"));
  const auto answer = ControlClient(socket).get("/api/status?wait=5", milliseconds(5000));
  REQUIRE(answer.has_value());
  CHECK(*answer == "{}");
  CHECK(server.request().starts_with("GET /api/status?wait=5 HTTP/1.1\r\nHost: mooring\r\n"));
}

TEST_CASE("no socket, a file that is none, a dead one, a silent one: unreachable, and how to mend it") {
  const file::Folder folder;
  const std::string socket = folder.path() + "/s";
  const auto failure_of = [&socket] {
    const auto answer = ControlClient(socket).get("/ping", milliseconds(200));
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == kExitUnreachable);
    CHECK_THAT(answer.error().text, ContainsSubstring(socket));
    return answer.error().text;
  };
  CHECK_THAT(failure_of(), ContainsSubstring("no Mooring runs here") && ContainsSubstring("--control-socket"));
  std::fclose(std::fopen(socket.c_str(), "w"));
  CHECK_THAT(failure_of(), ContainsSubstring("does not answer"));
  ::unlink(socket.c_str());
  {
    const auto dead = loop::ListenSocket::bind_unix(socket, 0600);
  }
  CHECK_THAT(failure_of(), ContainsSubstring("does not answer"));
  ::unlink(socket.c_str());
  const FixedAnswer silent(socket, "", true);
  CHECK_THAT(failure_of(), ContainsSubstring("no answer within 200 ms"));
}

TEST_CASE("answers that are none are failures, and are not printed as they are") {
  struct Row {
    std::string bytes;
    std::string says;
  };
  const Row rows[] = {
      {http(503, "Service Unavailable"), "answers /ping with 503: Service Unavailable"},
      {http(404, "\x1b[2Jline\nnext"), "\\x1b[2Jline"},
      {"SSH-2.0-x\r\n", "/ping"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "/ping"},
      {"HTTP/1.1 200 OK\r\n" + std::string(200'000, 'x'), "/ping"},
  };
  for (const Row& row : rows) {
    const file::Folder folder;
    const FixedAnswer server(folder.path() + "/s", row.bytes);
    const auto answer = ControlClient(folder.path() + "/s").get("/ping", milliseconds(5000));
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == kExitFailure);
    CHECK_THAT(answer.error().text, ContainsSubstring(row.says));
    CHECK(answer.error().text.find('\x1b') == std::string::npos);
  }
}

TEST_CASE("an answer larger than the bound is refused") {
  const file::Folder folder;
  const FixedAnswer server(folder.path() + "/s", http(200, std::string(5000, 'x')));
  const HttpBounds enough{.time = milliseconds(5000), .bytes = 5000};
  const HttpBounds one_less{.time = milliseconds(5000), .bytes = 4999};
  CHECK(http_get(folder.path() + "/s", "/", enough).has_value());
  const auto refused = http_get(folder.path() + "/s", "/", one_less);
  REQUIRE_FALSE(refused.has_value());
  CHECK_FALSE(refused.error().unreachable);
  CHECK_THAT(refused.error().text, ContainsSubstring("larger than"));
}

TEST_CASE("healthcheck exits with 0 or 1, whatever is wrong") {
  const file::Folder folder;
  const std::string socket = folder.path() + "/s";
  CHECK(run_healthcheck({.control_socket = socket}) == 1);
  {
    const FixedAnswer well(socket, http(200, "OK"));
    CHECK(run_healthcheck({.control_socket = socket}) == 0);
  }
  {
    const FixedAnswer ending(socket, http(503, "Service Unavailable"));
    CHECK(run_healthcheck({.control_socket = socket}) == 1);
  }
  CHECK(run_healthcheck({.control_socket = folder.path() + "/" + std::string(200, 'x')}) == 1);
}

TEST_CASE("status exits with 0, 1 or 4") {
  const file::Folder folder;
  const std::string socket = folder.path() + "/s";
  CHECK(run_status({.control_socket = socket}) == kExitUnreachable);
  CHECK(run_status({.control_socket = socket, .watch = true}) == kExitUnreachable);
  {
    FixedAnswer server(socket, http(200, R"({"version": "x", "generation": 1})"));
    CHECK(run_status({.control_socket = socket}) == kExitOk);
    CHECK(run_status({.control_socket = socket, .json = true}) == kExitOk);
    CHECK(server.request().starts_with("GET /api/status?pretty HTTP/1.1\r\n"));
  }
  const FixedAnswer other(socket, http(200, "<html>"));
  CHECK(run_status({.control_socket = socket}) == kExitFailure);
}

TEST_CASE("status --watch waits for the generation after the one it has shown, and shows each once") {
  const file::Folder folder;
  const std::string socket = folder.path() + "/s";
  const auto generation = [](int number) {
    return http(200, R"({"generation": )" + std::to_string(number) + ", \"routers\": []}");
  };
  // The third time nothing has changed within its time; then the proxy ends.
  FixedAnswer server(socket, {generation(7), generation(9), generation(9), http(500, "it ends")});
  Printed printed;
  const int code = run_status({.control_socket = socket, .json = true, .watch = true});
  const std::string text = printed.text();
  CHECK(code == kExitFailure);
  CHECK(text == "{\"generation\":7,\"routers\":[]}\n{\"generation\":9,\"routers\":[]}\n");
  const std::vector<std::string> asked = server.asked();
  REQUIRE(asked.size() == 4);
  CHECK(asked[0] == "GET /api/status HTTP/1.1");
  CHECK_THAT(asked[1], ContainsSubstring("GET /api/status?wait=7&timeout="));
  CHECK_THAT(asked[2], ContainsSubstring("GET /api/status?wait=9&timeout="));
  CHECK_THAT(asked[3], ContainsSubstring("GET /api/status?wait=9&timeout="));
}

TEST_CASE(
    "drain exits with 0 when the order is given or the drain is over, 124 at its deadline, 1 when it is refused") {
  const auto order = [](const std::string& state) {
    return http(200, R"({"name": "shop-web-1", "id": "abc", "state": ")" + state + R"("})");
  };
  struct Row {
    std::string answer;
    bool wait;
    int code;
  };
  const Row rows[] = {
      {order("draining"), false, kExitOk},         {order("drained"), true, kExitOk},
      {order("deadlinePassed"), true, 124},        {http(404, "nobody\nis called so\n"), true, kExitFailure},
      {http(409, "several"), false, kExitFailure}, {http(405, ""), false, kExitFailure},
  };
  for (const Row& row : rows) {
    const file::Folder folder;
    const std::string socket = folder.path() + "/s";
    FixedAnswer server(socket, row.answer);
    const DrainOptions options{
        .control_socket = socket, .name = "web/10.0.0.1:80 x", .wait = row.wait, .deadline = milliseconds(1500)};
    CHECK(run_drain(options) == row.code);
    CHECK(server.request().starts_with(
        "POST /api/drain?name=web%2F10.0.0.1%3A80%20x&deadline=1500ms HTTP/1.1\r\nHost: mooring\r\n"));
  }
  const file::Folder folder;
  FixedAnswer server(folder.path() + "/s", http(200, R"({"name": "shop-web-1", "state": "undone"})"));
  CHECK(run_undrain({.control_socket = folder.path() + "/s", .name = "3f9a"}) == kExitOk);
  CHECK(server.request().starts_with("POST /api/undrain?name=3f9a HTTP/1.1\r\n"));
}

TEST_CASE("the socket can be named by the environment, and a flag wins") {
  const file::Folder folder;
  const std::string socket = folder.path() + "/s";
  const FixedAnswer server(socket, http(200, "OK"));
  ::setenv(kControlSocketVariable, socket.c_str(), 1);  // NOLINT(concurrency-mt-unsafe): read by this thread alone
  CHECK(run_command({"healthcheck"}, nullptr) == 0);
  CHECK(run_command({"healthcheck", "--control-socket", folder.path() + "/other"}, nullptr) == 1);
  ::unsetenv(kControlSocketVariable);  // NOLINT(concurrency-mt-unsafe)
}

}  // namespace
}  // namespace mooring::cli
