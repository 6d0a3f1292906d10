// What the access log says of requests that were really made, as JSON.
#include "proxy/observe/access_log.h"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"
#include "test/unit/observe/log_pipe.h"

namespace mooring::test {
namespace {

using nlohmann::json;

// A log of its own, and what it wrote.
struct Logged {
  LogPipe pipe;
  config::AccessLogOptions options;
  std::unique_ptr<observe::AccessLog> log;

  Logged() { options.format = config::AccessLogFormat::json; }
  ProxyPlan plan() {
    log = std::make_unique<observe::AccessLog>(pipe.writing(), options);
    log->start();
    ProxyPlan plan;
    plan.access = log.get();
    return plan;
  }
  json line() { return json::parse(pipe.read_line()); }
};

}  // namespace

TEST_CASE("a JSON line tells of the client, the request, the service and the answer") {
  ScriptedUpstream upstream([](Peer& peer) {
    while (peer.request()) peer.answer("hello", "Server: origin\r\n");
  });
  Logged logged;
  logged.options.fields.headers_mode = config::FieldMode::keep;
  logged.options.fields.headers["authorization"] = config::FieldMode::redact;
  ProxyUnderTest proxy(logged.plan());
  proxy.serve({{.port = upstream.port()}});
  const std::string body = "12345678";
  CHECK(proxy
            .ask("POST /a?b=c HTTP/1.1\r\nHost: shop.test:81\r\nAuthorization: Basic x\r\nX-Forwarded-For: 9.9.9.9\r\n"
                 "Content-Length: 8\r\n\r\n" +
                 body)
            .body == "hello");
  const json line = logged.line();
  const std::string url = "127.0.0.1:" + std::to_string(upstream.port());
  CHECK(line["ClientHost"] == "127.0.0.1");  // what the client claims is not believed
  CHECK(line["ClientAddr"].get<std::string>().starts_with("127.0.0.1:"));
  CHECK(line["entryPointName"] == "web");
  CHECK(line["RequestAddr"] == "shop.test:81");
  CHECK(line["RequestHost"] == "shop.test");
  CHECK(line["RequestPort"] == "81");
  CHECK(line["RequestMethod"] == "POST");
  CHECK(line["RequestPath"] == "/a?b=c");
  CHECK(line["RequestContentSize"] == 8);
  CHECK(line["RouterName"] == "web@docker");
  CHECK(line["ServiceName"] == "web@docker");
  CHECK(line["ServiceURL"] == "http://" + url);
  CHECK(line["ServiceAddr"] == url);
  CHECK(line["OriginStatus"] == 200);
  CHECK(line["OriginContentSize"] == 5);
  CHECK(line["DownstreamStatus"] == 200);
  CHECK(line["DownstreamContentSize"] == 5);
  CHECK(line["Duration"].get<std::int64_t>() >= line["OriginDuration"].get<std::int64_t>());
  CHECK(line["Overhead"].get<std::int64_t>() ==
        line["Duration"].get<std::int64_t>() - line["OriginDuration"].get<std::int64_t>());
  CHECK(line["RetryAttempts"] == 0);
  CHECK(line["request_Authorization"] == "REDACTED");
  CHECK(line["request_X-Forwarded-For"] == "127.0.0.1");
  CHECK(line["origin_Server"] == "origin");
  CHECK(line["downstream_Server"] == "origin");
  CHECK(!line.contains("Failure"));
}

TEST_CASE("a JSON line says what went wrong") {
  Logged logged;
  const UnboundPort nobody;
  ProxyUnderTest proxy(logged.plan());
  proxy.serve({{.port = nobody.port()}});
  CHECK(proxy.ask(get()).status() == 503);
  const json lost = logged.line();
  CHECK(lost["DownstreamStatus"] == 503);
  CHECK(!lost["Failure"].get<std::string>().empty());
  CHECK(!lost.contains("OriginStatus"));
  CHECK(proxy.ask("GET / HTTP/1.1\r\n\r\n").status() == 400);
  const json refused = logged.line();
  CHECK(refused["Failure"] == "Host is missing");
  CHECK(refused["RequestPath"] == "/");
  CHECK(!refused.contains("RouterName"));
  CHECK(proxy.ask("GET / HTTP/1.1\r\nHost: unknown.test\r\n\r\n").status() == 404);
  const json unknown = logged.line();
  CHECK(unknown["DownstreamStatus"] == 404);
  CHECK(!unknown.contains("RouterName"));
  CHECK(!unknown.contains("Failure"));
  CHECK(unknown["RequestCount"] == 3);
}

TEST_CASE("a request that was tried again says so, and the filter finds it") {
  ScriptedUpstream upstream([](Peer& peer) {
    if (peer.number == 0) {
      peer.request();
      peer.answer("first");
      peer.request();  // the second is lost
      return;
    }
    while (peer.request()) peer.answer("again");
  });
  Logged logged;
  logged.options.filters.retry_attempts = true;
  ProxyUnderTest proxy(logged.plan());
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  client.send(get());
  CHECK(client.read_response().value_or(RawMessage{}).body == "first");
  client.send(get());
  CHECK(client.read_response().value_or(RawMessage{}).body == "again");
  const json line = logged.line();
  CHECK(line["RetryAttempts"] == 1);
  CHECK(line["RequestCount"] == 1);
}

}  // namespace mooring::test
