#include "proxy/observe/access_line.h"

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>

namespace mooring::observe {
namespace {

AccessRecord plain_record() {
  AccessRecord record;
  record.client_host = "127.0.0.1";
  record.method = "GET";
  record.target = "/x?a=1";
  record.status = 200;
  record.body_bytes = 239;
  record.router = "app@file";
  record.server_url = "http://127.0.0.1:18092";
  record.started_at = std::chrono::system_clock::from_time_t(1'795'330'011);
  record.duration = std::chrono::milliseconds(5);
  return record;
}

std::string line_of(const AccessRecord& record) {
  AccessLine line;
  line.format(record);
  return std::string(line.before_number()) + "2" + std::string(line.after_number());
}

TEST_CASE("a line is Traefik's, byte for byte") {
  AccessRecord record = plain_record();
  CHECK(line_of(record) == R"(127.0.0.1 - - [22/Nov/2026:06:46:51 +0000] "GET /x?a=1 HTTP/1.1" 200 239 "-" "-" 2 )"
                           R"("app@file" "http://127.0.0.1:18092" 5ms)"
                           "\n");
  record.server_url = "";
  record.router = "";
  record.minor_version = 0;
  record.status = 404;
  record.body_bytes = 0;
  record.duration = {};
  CHECK(line_of(record) ==
        R"(127.0.0.1 - - [22/Nov/2026:06:46:51 +0000] "GET /x?a=1 HTTP/1.0" 404 0 "-" "-" 2 "-" "-" 0ms)"
        "\n");
}

TEST_CASE("the time follows the second") {
  AccessLine line;
  AccessRecord record = plain_record();
  const auto time_in = [&line](const AccessRecord& of) {
    line.format(of);
    return std::string(line.before_number().substr(15, 26));
  };
  CHECK(time_in(record) == "22/Nov/2026:06:46:51 +0000");
  record.started_at += std::chrono::milliseconds(999);
  CHECK(time_in(record) == "22/Nov/2026:06:46:51 +0000");
  record.started_at += std::chrono::milliseconds(1);
  CHECK(time_in(record) == "22/Nov/2026:06:46:52 +0000");
}

TEST_CASE("hostile bytes end no field and no line") {
  struct Row {
    std::string received;
    std::string shown;
  };
  const Row rows[] = {
      {R"(/" 200 0 "-" "-" 1)", R"(/\"\x20200\x200\x20\"-\"\x20\"-\"\x201)"},
      {"/a\nb", R"(/a\x0ab)"},
      {"/\x1b[31m", R"(/\x1b[31m)"},
      {"/\x7f", R"(/\x7f)"},
      {"/\xff\xfe", R"(/\xff\xfe)"},
      {"/\xc3\xa9", "/\xc3\xa9"},
      {"/back\\slash", R"(/back\\slash)"},
      {"/\xe2\x80\xae", R"(/\xe2\x80\xae)"},
      {std::string("/\0", 2), R"(/\x00)"},
      {"", "-"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.shown);
    AccessRecord record = plain_record();
    record.target = row.received;
    CHECK(line_of(record).find("\"GET " + row.shown + " HTTP/1.1\" 200") != std::string::npos);
    record.target = "/";
    record.method = row.received;
    CHECK(line_of(record).find("] \"" + row.shown + " / HTTP/1.1\" 200") != std::string::npos);
  }
}

TEST_CASE("names and addresses from outside are escaped too") {
  AccessRecord record = plain_record();
  record.client_host = "1.2.3.4, \"x\"\n5.6.7.8";
  record.router = "a\"b\n@docker";
  record.server_url = "http://x\r\n";
  CHECK(line_of(record) ==
        R"(1.2.3.4, \"x\"\x0a5.6.7.8 - - [22/Nov/2026:06:46:51 +0000] "GET /x?a=1 HTTP/1.1" 200 239 "-" "-" 2 )"
        R"("a\"b\x0a@docker" "http://x\x0d\x0a" 5ms)"
        "\n");
}

TEST_CASE("a line is bounded") {
  AccessRecord record = plain_record();
  const std::string target(1'000'000, 'a');
  record.target = target;
  CHECK(line_of(record).size() < AccessLine::kTextLength + 300);
  const std::string hostile(1'000'000, '\x01');
  record.target = hostile;
  CHECK(line_of(record).size() < AccessLine::kTextLength + 300);
}

std::string line_with(const config::AccessLogOptions& options, const AccessRecord& record) {
  AccessLine line(options);
  line.format(record);
  return std::string(line.before_number()) + (line.numbered() ? "2" : "") + std::string(line.after_number());
}

TEST_CASE("referer and agent are shown when their headers are kept") {
  http::Arena arena;
  http::HeaderMap fields(arena);
  fields.add("Referer", "http://a/\"b");
  fields.add("User-Agent", "curl/8");
  AccessRecord record = plain_record();
  record.request_fields = &fields;
  config::AccessLogOptions options;
  CHECK(line_with(options, record).find(R"( 239 "-" "-" 2 )") != std::string::npos);
  options.fields.headers["user-agent"] = config::FieldMode::keep;
  CHECK(line_with(options, record).find(R"( 239 "-" "curl/8" 2 )") != std::string::npos);
  options.fields.headers_mode = config::FieldMode::keep;
  options.fields.headers["user-agent"] = config::FieldMode::redact;
  CHECK(line_with(options, record).find(R"( 239 "http://a/\"b" "REDACTED" 2 )") != std::string::npos);
}

TEST_CASE("genericCLF ends behind the agent") {
  config::AccessLogOptions options;
  options.format = config::AccessLogFormat::generic_clf;
  CHECK(line_with(options, plain_record()) ==
        R"(127.0.0.1 - - [22/Nov/2026:06:46:51 +0000] "GET /x?a=1 HTTP/1.1" 200 239 "-" "-")"
        "\n");
}

TEST_CASE("a field that is dropped is a dash") {
  config::AccessLogOptions options;
  options.fields.default_mode = config::FieldMode::drop;
  CHECK(line_with(options, plain_record()) == "- - - [-] \"- - -\" - - \"-\" \"-\" - \"-\" \"-\" 0ms\n");
  options.fields.default_mode = config::FieldMode::keep;
  options.fields.names = {{"ClientHost", config::FieldMode::redact}, {"requestpath", config::FieldMode::drop}};
  AccessRecord record = plain_record();
  record.user = "ann lee";
  CHECK(line_with(options, record)
            .starts_with(R"(REDACTED - ann\x20lee [22/Nov/2026:06:46:51 +0000] "GET - HTTP/1.1" 200)"));
}

}  // namespace
}  // namespace mooring::observe
