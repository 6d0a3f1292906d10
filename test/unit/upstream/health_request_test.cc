#include "proxy/upstream/health_request.h"

#include <catch2/catch_test_macros.hpp>

#include "proxy/loop/resolve.h"
#include "test/unit/upstream/health_server.h"

namespace mooring::upstream {
namespace {

using test::HealthServer;
using test::status_line;
using Kind = HealthAnswer::Kind;

config::ServerConfig server_at(std::uint16_t port, const std::string& host = "127.0.0.1") {
  config::ServerConfig server;
  server.host = host;
  server.port = port;
  return server;
}

config::HealthCheckConfig check_of(const std::string& path = "/health") {
  config::HealthCheckConfig check;
  check.path = path;
  return check;
}

HealthAnswer ask(loop::EventLoop& loop, const config::ServerConfig& server, const config::HealthCheckConfig& check) {
  const HealthQuestion question = health_question(server, check);
  HealthCall call;
  return test::run_task(loop, ask_health(loop, question, loop::resolve, call));
}

std::string saying(const std::string& text) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
}

loop::Task<std::vector<loop::SocketAddress>> no_address(loop::EventLoop& /*loop*/, std::string /*name*/,
                                                        std::uint16_t /*port*/) {
  co_return std::vector<loop::SocketAddress>{};
}

TEST_CASE("what is asked: method, path, query, host, headers, port") {
  loop::EventLoop loop;
  HealthServer server(loop, [](const std::string&) { return status_line(204); });
  config::HealthCheckConfig check = check_of("/health?deep=1");
  check.method = "OPTIONS";
  check.hostname = "shop.example";
  check.headers = {{"Host", "evil.example"}, {"X-Probe", "yes"}};
  check.port = server.port();
  CHECK(ask(loop, server_at(1), check).kind == Kind::well);
  REQUIRE(server.requests.size() == 1);
  CHECK(server.requests[0] ==
        "OPTIONS /health?deep=1 HTTP/1.1\r\nHost: shop.example\r\nX-Probe: yes\r\nUser-Agent: Mooring\r\n\r\n");
  check = check_of("");
  check.headers = {{"user-agent", "me"}};
  CHECK(ask(loop, server_at(server.port()), check).kind == Kind::well);
  CHECK(server.requests[1] ==
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) + "\r\nuser-agent: me\r\n\r\n");
}

struct AnswerRow {
  const char* answer;
  int wanted;
  Kind kind;
  const char* why;
};

TEST_CASE("what an answer means") {
  const AnswerRow rows[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 0, Kind::well, "GET /health: 200"},
      {"HTTP/1.0 200 OK\r\n\r\nuntil close", 0, Kind::well, "GET /health: 200"},
      {"HTTP/1.1 399 x\r\nContent-Length: 0\r\n\r\n", 0, Kind::well, "GET /health: 399"},
      {"HTTP/1.1 400 x\r\nContent-Length: 0\r\n\r\n", 0, Kind::sick, "GET /health: 400, wanted 2xx or 3xx"},
      {"HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n", 0, Kind::sick, "GET /health: 503, wanted 2xx or 3xx"},
      {"HTTP/1.1 200 x\r\nContent-Length: 0\r\n\r\n", 204, Kind::sick, "GET /health: 200, wanted 204"},
      {"HTTP/1.1 418 x\r\nContent-Length: 0\r\n\r\n", 418, Kind::well, "GET /health: 418"},
      {"HTTP/1.1 103 x\r\nLink: a\r\n\r\nHTTP/1.1 200 x\r\nContent-Length: 0\r\n\r\n", 0, Kind::well,
       "GET /health: 200"},
      {"HTTP/1.1 101 x\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", 0, Kind::sick,
       "GET /health: 101, wanted 2xx or 3xx"},
      {"SSH-2.0-OpenSSH_9.9\r\n", 0, Kind::sick, "GET /health: the answer is no HTTP: not an HTTP response"},
      {HealthServer::kClose, 0, Kind::sick, "GET /health: the connection was closed without an answer"},
      {"HTTP/1.1 302 x\r\nLocation: https://other.example/\r\nContent-Length: 0\r\n\r\n", 0, Kind::well,
       "GET /health: 302"},
      {"HTTP/1.1 302 x\r\nContent-Length: 0\r\n\r\n", 0, Kind::well, "GET /health: 302"},
  };
  for (const AnswerRow& row : rows) {
    INFO(row.answer);
    loop::EventLoop loop;
    HealthServer server(loop, [&](const std::string&) { return std::string{row.answer}; });
    config::HealthCheckConfig check = check_of();
    check.status = row.wanted;
    const HealthAnswer answer = ask(loop, server_at(server.port()), check);
    CHECK(answer.kind == row.kind);
    CHECK(answer.why == row.why);
    CHECK(test::run_until(loop, [&] { return server.open() == 0; }));
  }
}

TEST_CASE("interim answers without end, and a head without end, are no answer") {
  loop::EventLoop loop;
  std::string interim;
  for (int i = 0; i < 100; ++i) interim += "HTTP/1.1 103 x\r\n\r\n";
  HealthServer server(loop, [&](const std::string&) { return interim; });
  CHECK(ask(loop, server_at(server.port()), check_of()).why == "GET /health: interim answers without end");
  server.answer_with(
      [](const std::string&) { return "HTTP/1.1 200 OK\r\nX: " + std::string(1'000'000, 'a') + "\r\n\r\n"; });
  const HealthAnswer answer = ask(loop, server_at(server.port()), check_of());
  CHECK(answer.kind == Kind::sick);
  CHECK(answer.why.starts_with("GET /health: the answer is no HTTP"));
}

TEST_CASE("a huge body, and one that never ends, are left alone and hold up nobody") {
  loop::EventLoop loop;
  HealthServer server(loop, [](const std::string&) { return saying(std::string(5'000'000, 'x')); });
  config::HealthCheckConfig check = check_of();
  const std::uint64_t start = loop.now_ms();
  CHECK(ask(loop, server_at(server.port()), check).kind == Kind::well);
  server.answer_with([](const std::string&) { return "HTTP/1.1 200 x\r\nContent-Length: 10\r\n\r\n12345"; });
  CHECK(ask(loop, server_at(server.port()), check).kind == Kind::well);
  CHECK(loop.now_ms() - start < 4'000);
  CHECK(test::run_until(loop, [&] { return server.open() == 0; }));
}

TEST_CASE("no answer, no connection, no name") {
  loop::EventLoop loop;
  HealthServer silent(loop, [](const std::string&) { return std::string{}; });
  config::HealthCheckConfig check = check_of();
  check.timeout = std::chrono::milliseconds(60);
  CHECK(ask(loop, server_at(silent.port()), check).why == "GET /health: no answer in 60ms");
  HealthServer half(loop, [](const std::string&) { return std::string{"HTTP/1.1 200 O"}; });
  CHECK(ask(loop, server_at(half.port()), check).why == "GET /health: no answer in 60ms");
  const loop::ListenSocket closed = test::bound_socket("127.0.0.1");
  CHECK(ask(loop, server_at(closed.address().port()), check_of()).why == "GET /health: the connection was refused");
  const NameLookup nothing = no_address;
  const HealthQuestion question = health_question(server_at(80, "nobody.test"), check_of());
  HealthCall call;
  const HealthAnswer answer = test::run_task(loop, ask_health(loop, question, nothing, call));
  CHECK(answer.kind == Kind::sick);
  CHECK(answer.why == "GET /health: the host cannot be reached");
}

TEST_CASE("redirects to the same host are followed, ten at most, and not where that is switched off") {
  loop::EventLoop loop;
  HealthServer server(loop, [](const std::string& request) {
    if (request.starts_with("POST /health ")) return status_line(302, "Location: /login\r\n");
    if (request.starts_with("GET /login ")) return status_line(401);
    const std::string number = request.substr(request.find("/step") + 5, 2);
    return status_line(308, "Location: /step" + std::to_string(std::stoi(number) + 1) + "\r\n");
  });
  config::HealthCheckConfig check = check_of();
  check.method = "POST";
  CHECK(ask(loop, server_at(server.port()), check).why == "POST /health: 401 at /login, wanted 2xx or 3xx");
  CHECK(server.requests.size() == 2);
  check.follow_redirects = false;
  CHECK(ask(loop, server_at(server.port()), check).why == "POST /health: 302");
  CHECK(server.requests.size() == 3);
  CHECK(ask(loop, server_at(server.port()), check_of("/step10")).why == "GET /step10: more than 10 redirects");
  CHECK(server.requests.size() == 3 + 11);
}

TEST_CASE("a canceled question says nothing of the endpoint") {
  loop::EventLoop loop;
  HealthServer silent(loop, [](const std::string&) { return std::string{}; });
  const HealthQuestion question = health_question(server_at(silent.port()), check_of());
  HealthCall call;
  loop::TaskScope tasks(loop);
  std::optional<HealthAnswer> answer;
  tasks.spawn(test::keep_result(ask_health(loop, question, loop::resolve, call), answer));
  REQUIRE(test::run_until(loop, [&] { return silent.requests.size() == 1; }));
  call.cancel();
  REQUIRE(test::run_until(loop, [&] { return tasks.size() == 0; }));
  CHECK(answer->kind == Kind::unknown);
}

}  // namespace
}  // namespace mooring::upstream
