// Lines of the access log as JSON: Traefik's keys in their order, what may be left out or redacted, hostile bytes.
#include "proxy/observe/access_json.h"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "proxy/observe/access_line.h"
#include "proxy/observe/json_string.h"

namespace mooring::observe {
namespace {

struct AccessJsonBench {
  http::Arena arena;
  http::HeaderMap request{arena};
  http::HeaderMap origin{arena};
  http::HeaderMap answer{arena};
  AccessRecord record;
  config::AccessLogOptions options;

  AccessJsonBench() {
    options.format = config::AccessLogFormat::json;
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    record.client_host = "127.0.0.1";
    record.peer_ip = "127.0.0.1";
    record.peer_port = 44402;
    record.entry_point = "web";
    record.method = "GET";
    record.authority = "one.local";
    record.target = "/x?a=1&b=2";
    record.status = 200;
    record.body_bytes = 229;
    record.router = "one@file";
    record.service = "one@file";
    record.server_url = "http://127.0.0.1:18091";
    record.origin_status = 200;
    record.origin_bytes = 229;
    record.origin_duration = std::chrono::nanoseconds(43'719'054);
    record.duration = std::chrono::nanoseconds(43'778'881);
    record.started_at = std::chrono::system_clock::time_point(std::chrono::nanoseconds(1'795'330'011'868'719'779));
    record.request_fields = &request;
    record.origin_fields = &origin;
    record.answer_fields = &answer;
  }

  std::string line() const {
    AccessLine line(options);
    line.format(record);
    return std::string(line.before_number()) + (line.numbered() ? "3" : "") + std::string(line.after_number());
  }
};

std::string escaped(std::string_view text) {
  std::string out;
  append_json_string(out, text, 1000);
  return out;
}

}  // namespace

TEST_CASE("a JSON line has Traefik's fields, sorted") {
  AccessJsonBench bench;
  CHECK(bench.line() ==
        R"({"ClientAddr":"127.0.0.1:44402","ClientHost":"127.0.0.1","ClientPort":"44402","ClientUsername":"-",)"
        R"("DownstreamContentSize":229,"DownstreamStatus":200,"Duration":43778881,"OriginContentSize":229,)"
        R"("OriginDuration":43719054,"OriginStatus":200,"Overhead":59827,"RequestAddr":"one.local",)"
        R"("RequestContentSize":0,"RequestCount":3,"RequestHost":"one.local","RequestMethod":"GET",)"
        R"("RequestPath":"/x?a=1&b=2","RequestPort":"-","RequestProtocol":"HTTP/1.1","RequestScheme":"http",)"
        R"("RetryAttempts":0,"RouterName":"one@file","ServiceAddr":"127.0.0.1:18091","ServiceName":"one@file",)"
        R"("ServiceURL":"http://127.0.0.1:18091","StartLocal":"2026-11-22T06:46:51.868719779Z",)"
        R"("StartUTC":"2026-11-22T06:46:51.868719779Z","entryPointName":"web","level":"info","msg":"",)"
        R"("time":"2026-11-22T06:46:51Z"})"
        "\n");
}

TEST_CASE("what is not known is left out, and what went wrong is said") {
  AccessJsonBench bench;
  bench.record.router = bench.record.service = bench.record.server_url = {};
  bench.record.origin_status = 0;
  bench.record.status = 400;
  bench.record.failure = "bad \"Host\"";
  bench.record.authority = "[fd00::5]:8080";
  bench.record.peer_ip = "fd00::9";
  const auto line = nlohmann::json::parse(bench.line());
  for (const char* absent : {"RouterName", "ServiceName", "ServiceURL", "ServiceAddr", "OriginStatus", "OriginDuration",
                             "OriginContentSize", "GzipRatio"}) {
    INFO(absent);
    CHECK(!line.contains(absent));
  }
  CHECK(line["Failure"] == "bad \"Host\"");
  CHECK(line["RequestHost"] == "fd00::5");
  CHECK(line["RequestPort"] == "8080");
  CHECK(line["ClientAddr"] == "[fd00::9]:44402");
  bench.record.origin_status = 200;
  bench.record.origin_bytes = 458;
  CHECK(nlohmann::json::parse(bench.line())["GzipRatio"] == 2.0);
}

TEST_CASE("keys stay sorted whatever is kept, dropped or redacted") {
  AccessJsonBench bench;
  bench.request.add("x-custom-ID", "1");
  bench.request.add("Authorization", "secret");
  bench.request.add("X-Custom-Id", "2");
  bench.origin.add("Set-Cookie", "a=b");
  bench.answer.add("content-type", "text/html");
  bench.options.fields.headers_mode = config::FieldMode::keep;
  bench.options.fields.headers = {{"authorization", config::FieldMode::redact},
                                  {"set-cookie", config::FieldMode::drop}};
  bench.options.fields.names = {{"clienthost", config::FieldMode::redact},
                                {"StartUTC", config::FieldMode::drop},
                                {"RequestCount", config::FieldMode::drop}};
  std::string last;
  const auto sorted = [&](int depth, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    if (event == nlohmann::json::parse_event_t::key && depth == 1) {
      CHECK(last < parsed.get<std::string>());
      last = parsed.get<std::string>();
    }
    return true;
  };
  const auto line = nlohmann::json::parse(bench.line(), sorted);
  CHECK(last == "time");
  CHECK(line["request_X-Custom-Id"] == "1,2");
  CHECK(line["request_Authorization"] == "REDACTED");
  CHECK(line["downstream_Content-Type"] == "text/html");
  CHECK(!line.contains("origin_Set-Cookie"));
  CHECK(line["ClientHost"] == "REDACTED");
  CHECK(!line.contains("StartUTC"));
  CHECK(!line.contains("RequestCount"));
  CHECK(line.contains("RequestHost"));
}

TEST_CASE("with everything dropped a line is JSON all the same") {
  AccessJsonBench bench;
  bench.options.fields.default_mode = config::FieldMode::drop;
  CHECK(bench.line() == "{\"level\":\"info\",\"msg\":\"\",\"time\":\"2026-11-22T06:46:51Z\"}\n");
  bench.options.fields.default_mode = config::FieldMode::redact;
  CHECK(nlohmann::json::parse(bench.line())["StartLocal"] == "REDACTED");
}

TEST_CASE("a query is kept, dropped or redacted") {
  AccessJsonBench bench;
  const auto path = [&](std::string_view target) {
    bench.record.target = target;
    return nlohmann::json::parse(bench.line())["RequestPath"].get<std::string>();
  };
  CHECK(path("/x?a=1&b") == "/x?a=1&b");
  bench.options.fields.query_mode = config::FieldMode::drop;
  CHECK(path("/x?a=1&b") == "/x");
  CHECK(path("/x?") == "/x");
  CHECK(path("/x") == "/x");
  bench.options.fields.query_mode = config::FieldMode::redact;
  CHECK(path("/x?a=1&b=&token;c=3") == "/x?a=REDACTED&b=REDACTED&REDACTED&c=REDACTED");
  CHECK(path("/x?a==1=2") == "/x?a=REDACTED");
  CHECK(path("/x?") == "/x");
}

TEST_CASE("JSON strings are ASCII, whatever goes in") {
  CHECK(escaped("plain /x") == R"("plain /x")");
  CHECK(escaped("a\"b\\c") == R"("a\"b\\c")");
  CHECK(escaped(std::string("\0\n\x1b\x7f", 4)) == R"("\u0000\u000a\u001b\u007f")");
  CHECK(escaped("\xc3\xa9\xe2\x80\xae\xf0\x9f\x98\x80") == R"("\u00e9\u202e\ud83d\ude00")");
  CHECK(escaped("\xff\xc3") == R"("\ufffd\ufffd")");
  CHECK(escaped("\xc0\x80") == R"("\ufffd\ufffd")");            // overlong
  CHECK(escaped("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");  // a surrogate
  CHECK(escaped("\xf4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");
  CHECK(escaped("\xe2\x80") == R"("\ufffd\ufffd")");
  CHECK(escaped("") == "\"\"");
}

TEST_CASE("hostile bytes stay in their string, and a line is bounded") {
  AccessJsonBench bench;
  std::string hostile;
  for (int c = 0; c < 256; ++c) hostile += static_cast<char>(c);
  std::string much;
  while (much.size() < 1'000'000) much += hostile;
  bench.options.fields.headers_mode = config::FieldMode::keep;
  for (int i = 0; i < 200; ++i) bench.request.add(bench.arena.copy("X-" + std::to_string(i)), much);
  bench.record.client_host = bench.record.target = bench.record.authority = bench.record.router = much;
  const std::string line = bench.line();
  CHECK(line.size() < (std::size_t{1} << 18) - 1024);
  CHECK(line.find('\n') == line.size() - 1);
  CHECK(nlohmann::json::accept(line));
  CHECK(std::ranges::all_of(line, [](char c) { return c == '\n' || (c >= ' ' && c < '\x7f'); }));
}

TEST_CASE("StartLocal follows TZ") {
  AccessJsonBench bench;
  ::setenv("TZ", "IST-05:30", 1);
  ::tzset();
  bench.record.started_at = std::chrono::system_clock::time_point(std::chrono::milliseconds(1'795'330'011'500));
  const auto line = nlohmann::json::parse(bench.line());
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  CHECK(line["StartLocal"] == "2026-11-22T12:16:51.5+05:30");
  CHECK(line["StartUTC"] == "2026-11-22T06:46:51.5Z");
  CHECK(line["time"] == "2026-11-22T12:16:51+05:30");
}

}  // namespace mooring::observe
