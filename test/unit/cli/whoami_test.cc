#include "proxy/cli/whoami.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "proxy/cli/websocket_echo.h"
#include "proxy/cli/whoami_payload.h"
#include "proxy/cli/whoami_query.h"
#include "proxy/loop/connect.h"
#include "proxy/loop/task_scope.h"
#include "test/unit/cli/websocket_frames.h"

namespace mooring::cli {
namespace {

using Catch::Matchers::ContainsSubstring;
using std::chrono::milliseconds;

constexpr std::size_t kMostRead = std::size_t{16} << 20U;

struct Dialog {
  std::string request;
  std::size_t read_up_to = kMostRead;  // then it goes
  bool hard = false;                   // goes with RST
  std::string answer{};
  loop::Io end = loop::Io::ok;
  bool connected = false;
};

loop::Task<void> talk(loop::EventLoop& loop, loop::SocketAddress address, Dialog& dialog) {
  loop::Connected connected = co_await loop::connect(loop, address, 5000, nullptr);
  dialog.connected = connected.has_value();
  if (!dialog.connected) {
    dialog.end = connected.error();
    co_return;
  }
  loop::Stream& stream = **connected;
  co_await stream.write(dialog.request);
  while (dialog.answer.size() < dialog.read_up_to) {
    dialog.end = co_await stream.readable();
    if (dialog.end != loop::Io::ok) break;
    dialog.answer += stream.buffered();
    stream.consume(stream.buffered().size());
  }
  stream.close(dialog.hard);
}

// A server on a free port of the loopback, and its clients, on one loop.
struct Whoami {
  loop::EventLoop loop;
  std::unique_ptr<WhoamiServer> server;

  explicit Whoami(WhoamiOptions options = {}) {
    options.address = "127.0.0.1";
    options.port = 0;
    auto made = WhoamiServer::make(loop, options);
    REQUIRE(made.has_value());
    server = std::move(*made);
  }
  ~Whoami() {
    server->stop();
    loop.run();
    CHECK(server->ended());
    server.reset();
    CHECK(loop.slabs().lent() == 0);
  }

  void run(Dialog& dialog) {
    loop::TaskScope scope(loop);
    scope.spawn(talk(loop, server->address(), dialog));
    while (scope.size() != 0) loop.run_once(true);
  }
  // The whole answer to a request that is the connection's last.
  std::string ask(std::string_view line, std::string_view fields = {}, std::string_view body = {}) {
    Dialog dialog;
    dialog.request.append(line).append(" HTTP/1.1\r\nHost: Who.Example:81\r\n").append(fields);
    dialog.request.append("Connection: close\r\n\r\n").append(body);
    run(dialog);
    return dialog.answer;
  }
};

std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

std::string handshake(std::string_view fields =
                          "Sec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                          "Upgrade: websocket\r\nConnection: Upgrade\r\n") {
  return "GET /echo HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

TEST_CASE("/ says who it is and what it was asked, as Go writes a request") {
  WhoamiOptions options;
  options.name = "one";
  Whoami whoami(options);
  const std::string answer = whoami.ask("GET /some/path?x=1&y=%20",
                                        "x-b: 2\r\nX-A: 1\r\nx-b: 3\r\naccept: */*\r\nUser-Agent: test\r\n"
                                        "X-Forwarded-For: 10.0.0.9\r\nCookie: a=b\r\n");
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK_THAT(answer, ContainsSubstring("Content-Type: text/plain; charset=utf-8\r\n"));
  const std::string body = body_of(answer);
  CHECK(body.starts_with("Name: one\nHostname: "));
  CHECK_THAT(body, ContainsSubstring("\nRemoteAddr: 127.0.0.1:"));
  CHECK(body.find("IP: 127.0.0.1") == std::string::npos);
  CHECK_THAT(body, ContainsSubstring("\nGET /some/path?x=1&y=%20 HTTP/1.1\r\nHost: Who.Example:81\r\n"
                                     "User-Agent: test\r\nAccept: */*\r\nConnection: close\r\nCookie: a=b\r\n"
                                     "X-A: 1\r\nX-B: 2\r\nX-B: 3\r\nX-Forwarded-For: 10.0.0.9\r\n\r\n"));
  CHECK(body.ends_with("10.0.0.9\r\n\r\n"));
}

TEST_CASE("/ gives the body back, its first 64 KiB, and reads the rest") {
  Whoami whoami;
  CHECK(whoami.ask("POST /x", "Content-Length: 5\r\n", "hello").ends_with("\r\n\r\nhello"));
  CHECK(whoami.ask("POST /x", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            .ends_with("\r\n\r\nabcde"));
  const std::string large(300'000, 'x');
  const std::string answer = whoami.ask("PUT /", "Content-Length: 300000\r\n", large);
  CHECK(answer.ends_with("\r\n\r\n" + large.substr(0, std::size_t{64} * 1024)));
  const std::string patient = whoami.ask("PUT /", "Expect: 100-continue\r\nContent-Length: 2\r\n", "ok");
  CHECK(patient.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
}

TEST_CASE("/api says the same as JSON") {
  Whoami whoami;
  const std::string answer = whoami.ask("GET /api?x=1", "x-b: 2\r\nX-B: \xff\r\n");
  CHECK_THAT(answer, ContainsSubstring("Content-Type: application/json\r\n"));
  const auto document = nlohmann::json::parse(body_of(answer));
  CHECK(document["url"] == "/api?x=1");
  CHECK(document["host"] == "Who.Example:81");
  CHECK(document["method"] == "GET");
  CHECK(document["headers"]["X-B"] == nlohmann::json({"2", "\xef\xbf\xbd"}));
  CHECK(document["headers"].contains("Connection"));
  CHECK_FALSE(document["headers"].contains("Host"));
  CHECK_FALSE(document["headers"].contains("X-Forwarded-For"));
  CHECK_FALSE(document["hostname"].get<std::string>().empty());
  CHECK(document["ip"].is_array());
  CHECK(document["remoteAddr"].get<std::string>().starts_with("127.0.0.1:"));
}

TEST_CASE("/health answers with the status that it was told") {
  Whoami whoami;
  CHECK(whoami.ask("GET /health").starts_with("HTTP/1.1 200 "));
  CHECK(whoami.ask("POST /health", "Content-Length: 3\r\n", "503").starts_with("HTTP/1.1 200 "));
  CHECK(whoami.ask("GET /health").starts_with("HTTP/1.1 503 "));
  CHECK(whoami.ask("HEAD /health").starts_with("HTTP/1.1 503 "));
  for (const char* bad : {"abc", "199", "600", "-20", "2e2"}) {
    CHECK(whoami.ask("POST /health", "Content-Length: 3\r\n", bad).starts_with("HTTP/1.1 400 "));
  }
  CHECK(whoami.ask("POST /health").starts_with("HTTP/1.1 400 "));
  CHECK(whoami.ask("GET /health").starts_with("HTTP/1.1 503 "));
  CHECK(whoami.ask("POST /health", "Content-Length: 4\r\n", "204\n").starts_with("HTTP/1.1 200 "));
  CHECK(whoami.ask("GET /health").starts_with("HTTP/1.1 204 "));
}

TEST_CASE("/bench is small, /data is as large as asked") {
  Whoami whoami;
  CHECK(body_of(whoami.ask("GET /bench")) == "1");
  CHECK(body_of(whoami.ask("GET /data")) == "|");
  CHECK(body_of(whoami.ask("GET /data?size=0")).empty());
  CHECK(body_of(whoami.ask("GET /data?size=2")) == "||");
  CHECK(body_of(whoami.ask("GET /data?size=30")) == "|ABCDEFGHIJKLMNOPQRSTUVWXYZ-A|");
  CHECK(body_of(whoami.ask("GET /data?size=1&unit=KB")).size() == 1024);
  const std::string named = whoami.ask("GET /data?size=3&attachment=true");
  CHECK_THAT(named, ContainsSubstring("Content-Disposition: attachment; filename=\"data.txt\"\r\n"));
  const std::string large = body_of(whoami.ask("GET /data?size=3&unit=MB"));
  REQUIRE(large.size() == std::size_t{3} << 20U);
  CHECK(large.front() == '|');
  CHECK(large.back() == '|');
  bool right = true;
  for (std::size_t i = 1; i + 1 < large.size(); ++i) right = right && large[i] == "-ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i % 27];
  CHECK(right);
  for (const char* bad : {"size=x", "size=-1", "size=", "size=99999999999999999999", "size=9000000000&unit=GB"}) {
    CHECK(whoami.ask("GET /data?" + std::string(bad)).starts_with("HTTP/1.1 400 "));
  }
}

TEST_CASE("a client that reads a little of an endless answer and goes leaves nothing behind") {
  Whoami whoami;
  for (const bool hard : {false, true}) {
    Dialog dialog{
        .request = "GET /data?size=4000000&unit=TB HTTP/1.1\r\nHost: a\r\n\r\n", .read_up_to = 200'000, .hard = hard};
    whoami.run(dialog);
    CHECK(dialog.answer.size() >= 200'000);
  }
}

TEST_CASE("?wait= holds the answer back, and a client that goes does not hold the server") {
  Whoami whoami;
  const std::uint64_t before = whoami.loop.now_ms();
  CHECK(whoami.ask("GET /bench?wait=60ms").ends_with("\r\n\r\n1"));
  CHECK(whoami.loop.now_ms() - before >= 60);
  CHECK(whoami.ask("GET /bench?wait=soon").ends_with("\r\n\r\n1"));
  Dialog gone{.request = "GET /bench HTTP/1.1\r\nHost: a\r\n\r\nGET /?wait=1h HTTP/1.1\r\nHost: a\r\n\r\n",
              .read_up_to = 1};
  whoami.run(gone);
  const std::uint64_t stopped = whoami.loop.now_ms();
  whoami.server->stop();
  whoami.loop.run();
  CHECK(whoami.loop.now_ms() - stopped < static_cast<std::uint64_t>(WhoamiServer::kGrace.count()));
}

TEST_CASE("/echo: the handshake, messages, ping and close") {
  Whoami whoami;
  Dialog dialog;
  dialog.request = handshake() + text_frame("hi") + bytes_of({.first = 0x89, .payload = "p"}) +
                   text_frame(std::string(100'000, 'y')) + bytes_of({.first = 0x88, .payload = "\x03\xe8"});
  whoami.run(dialog);
  CHECK(dialog.answer.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK_THAT(dialog.answer, ContainsSubstring("\r\nUpgrade: websocket\r\n"));
  CHECK_THAT(dialog.answer, ContainsSubstring("\r\nConnection: Upgrade\r\n"));
  CHECK_THAT(dialog.answer, ContainsSubstring("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  std::string expected = "\x81\x02hi\x8A\x01p";
  append_frame(expected, 1, std::string(100'000, 'y'));
  CHECK(body_of(dialog.answer) == expected + "\x88\x02\x03\xe8");
  CHECK(dialog.end == loop::Io::end);
}

TEST_CASE("/echo ends when the client breaks the rules, or goes without a word") {
  Whoami whoami;
  Dialog hostile;
  hostile.request = handshake() + bytes_of({.payload = "unmasked", .masked = false}) + std::string(200'000, '\xff');
  whoami.run(hostile);
  CHECK(body_of(hostile.answer) == "\x88\x02\x03\xea");
  for (const bool hard : {false, true}) {
    Dialog gone{.request = handshake() + text_frame("hi"), .read_up_to = 1, .hard = hard};
    whoami.run(gone);
    CHECK(gone.answer.starts_with("HTTP/1.1 101 "));
  }
}

TEST_CASE("/echo says what is missing in a handshake") {
  Whoami whoami;
  CHECK(whoami.ask("GET /echo").starts_with("HTTP/1.1 400 "));
  struct Row {
    const char* fields;
    const char* status;
  };
  for (const Row& row :
       {Row{"Upgrade: websocket\r\nConnection: Upgrade\r\n", "HTTP/1.1 426 "},
        Row{"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 12\r\n", "HTTP/1.1 426 "},
        Row{"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n", "HTTP/1.1 400 "},
        Row{"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: short\r\n",
            "HTTP/1.1 400 "},
        Row{"Upgrade: irc\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
            "HTTP/1.1 400 "}}) {
    Dialog dialog{.request = handshake(row.fields), .read_up_to = 1};
    whoami.run(dialog);
    CHECK(dialog.answer.starts_with(row.status));
  }
}

TEST_CASE("stop closes the listener at once, lets a request end, and lingers as long as told") {
  WhoamiOptions options;
  options.stop_delay = milliseconds(80);
  Whoami whoami(options);
  Dialog running{.request = "GET /bench?wait=40ms HTTP/1.1\r\nHost: a\r\n\r\n"};
  Dialog late{.request = "GET /bench HTTP/1.1\r\nHost: a\r\n\r\n"};
  loop::TaskScope clients(whoami.loop);
  Dialog first{.request = "GET /bench HTTP/1.1\r\nHost: a\r\n\r\n", .read_up_to = 1};
  whoami.run(first);
  clients.spawn(talk(whoami.loop, whoami.server->address(), running));
  while (!running.connected) whoami.loop.run_once(true);
  const std::uint64_t stopped = whoami.loop.now_ms();
  whoami.server->stop();
  whoami.run(late);
  CHECK_FALSE(late.connected);
  CHECK_FALSE(whoami.server->ended());
  whoami.loop.run();
  CHECK(running.answer.ends_with("\r\n\r\n1"));
  CHECK_THAT(running.answer, ContainsSubstring("Connection: close"));
  CHECK(whoami.server->ended());
  CHECK(whoami.loop.now_ms() - stopped >= 80);
}

TEST_CASE("a second stop ends at once") {
  WhoamiOptions options;
  options.stop_delay = std::chrono::hours(1);
  Whoami whoami(options);
  Dialog running{.request = "GET /bench?wait=1h HTTP/1.1\r\nHost: a\r\n\r\n"};
  loop::TaskScope clients(whoami.loop);
  clients.spawn(talk(whoami.loop, whoami.server->address(), running));
  while (!running.connected) whoami.loop.run_once(true);
  whoami.server->stop();
  whoami.server->stop();
  whoami.loop.run();
  CHECK(whoami.server->ended());
  CHECK(clients.size() == 0);
}

TEST_CASE("with a start delay nobody is heard before it") {
  WhoamiOptions options;
  options.start_delay = milliseconds(100);
  Whoami whoami(options);
  Dialog early{.request = "GET /bench HTTP/1.1\r\nHost: a\r\n\r\n", .read_up_to = 1};
  whoami.run(early);
  CHECK(early.end == loop::Io::refused);
  Dialog heard;
  while (!heard.connected) {
    heard = Dialog{.request = "GET /bench HTTP/1.1\r\nHost: a\r\n\r\n", .read_up_to = 1};
    whoami.run(heard);
  }
  CHECK(heard.answer.starts_with("HTTP/1.1 200 "));
}

TEST_CASE("stopped before it began") {
  WhoamiOptions options;
  options.start_delay = std::chrono::hours(1);
  const Whoami whoami(options);
}

TEST_CASE("a wrong address is said") {
  loop::EventLoop loop;
  const auto server = WhoamiServer::make(loop, {.address = "localhost", .port = 0});
  REQUIRE_FALSE(server.has_value());
  CHECK_THAT(server.error(), ContainsSubstring("\"localhost\" is not an IP address"));
}

TEST_CASE("query parameters") {
  CHECK(query_value("a=1&b=2&a=3", "a") == "1");
  CHECK(query_value("a=1&b=2", "b") == "2");
  CHECK(query_value("a", "a") == "");
  CHECK(query_value("%61=x%20y+z%", "a") == "x y z%");
  CHECK_FALSE(query_value("", "a").has_value());
  CHECK_FALSE(query_value("&&=&b", "a").has_value());
  CHECK(wait_of("wait=2s") == milliseconds(2000));
  CHECK(wait_of("wait=1us") == milliseconds(1));
  CHECK(wait_of("wait=100h") == std::chrono::hours(1));
  CHECK_FALSE(wait_of("wait=-2s").has_value());
  CHECK_FALSE(wait_of("wait=").has_value());
  CHECK(size_of("size=2&unit=gb") == std::uint64_t{2} << 30U);
  CHECK(size_of("unit=KB") == 1024);
  CHECK_FALSE(size_of("size=4611686018427387905").has_value());
}

}  // namespace
}  // namespace mooring::cli
