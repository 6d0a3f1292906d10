#include "proxy/http/serializer.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <limits>
#include <string>

#include "proxy/http/date.h"
#include "proxy/http/failure.h"
#include "proxy/http/method.h"
#include "proxy/http/request_parser.h"

namespace mooring::http {
namespace {

using namespace std::string_literals;

}  // namespace

TEST_CASE("a field that would split the message is not written, wherever the bad byte stands") {
  for (std::size_t at = 0; at < 40; ++at) {
    for (const char bad : {'\r', '\n', '\0'}) {
      std::string value(40, 'v');
      value[at] = bad;
      Arena arena;
      RequestHead head(arena);
      head.method_text = "GET";
      head.path = "/";
      head.fields.add("X-Good", "a\tb");
      head.fields.add("X-Bad", value);
      head.fields.add(value, "x");
      head.fields.add("", "x");
      const std::string_view bytes = serialize(head, "h", arena);
      CHECK(bytes == "GET / HTTP/1.1\r\nHost: h\r\nX-Good: a\tb\r\n\r\n");

      ResponseHead answer(arena);
      answer.status = 204;
      answer.reason = value;
      answer.fields.add("Date", "d");
      answer.fields.add("X-Bad", value);
      CHECK(serialize(answer, false, true, arena) == "HTTP/1.1 204 No Content\r\nDate: d\r\n\r\n");

      HeaderMap trailers(arena);
      trailers.add("X-Bad", value);
      trailers.add("X-Good", "1");
      CHECK(serialize_trailers(trailers, arena) == "0\r\nX-Good: 1\r\n\r\n");
    }
  }
}

TEST_CASE("a host or an upgrade that would split the message is not written") {
  Arena arena;
  RequestHead head(arena);
  head.method_text = "GET";
  head.path = "/";
  head.upgrade = "a\r\nX: y";
  CHECK(serialize(head, "a\r\nX: y", arena) == "GET / HTTP/1.1\r\nHost: \r\n\r\n");
}

TEST_CASE("framing is written from the head, never from the fields") {
  Arena arena;
  RequestHead head(arena);
  head.method = Method::post;
  head.method_text = "POST";
  head.path = "/";
  head.fields.add("Content-Length", "7");
  head.fields.add("transfer-encoding", "gzip");
  head.fields.add("Connection", "close");
  head.fields.add("Host", "old");
  CHECK(serialize(head, "h", arena) == "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  head.framing = {.kind = BodyKind::length, .length = std::numeric_limits<std::uint64_t>::max()};
  CHECK(serialize(head, "h", arena) == "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551615\r\n\r\n");
  head.framing = {.kind = BodyKind::chunked};
  CHECK(serialize(head, "h", arena) == "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
}

TEST_CASE("an answer that ends with the connection says so") {
  Arena arena;
  ResponseHead head(arena);
  head.status = 200;
  head.fields.add("Date", "d");
  head.framing.kind = BodyKind::until_close;
  CHECK(serialize(head, false, true, arena) == "HTTP/1.1 200 OK\r\nDate: d\r\nConnection: close\r\n\r\n");
  head.framing.kind = BodyKind::none;
  CHECK(serialize(head, false, false, arena) ==
        "HTTP/1.1 200 OK\r\nDate: d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST_CASE("a head of many large fields fits what was measured for it") {
  Arena arena;
  RequestHead head(arena);
  const std::string value(4000, 'v');
  head.method_text = "PROPFIND";
  const std::string path = "/" + std::string(30000, 'p');
  head.path = path;
  head.query = value;
  head.has_query = true;
  for (int i = 0; i < 250; ++i) head.fields.add("X-Name", value);
  const std::string_view bytes = serialize(head, value, arena);
  CHECK(bytes.size() == 8 + 1 + path.size() + 1 + 4000 + 11 + 4008 + 250 * 4010 + 2);
  CHECK(bytes.ends_with("v\r\n\r\n"));
}

TEST_CASE("chunk heads are hexadecimal") {
  const auto head = [](std::size_t bytes) {
    std::array<char, kChunkHeadBytes> to{};
    return std::string(to.data(), write_chunk_head(to.data(), bytes));
  };
  CHECK(head(1) == "1\r\n");
  CHECK(head(500) == "1f4\r\n");
  CHECK(head(0x10000) == "10000\r\n");
  CHECK(head(std::numeric_limits<std::size_t>::max()) == "ffffffffffffffff\r\n");
}

TEST_CASE("reason phrases") {
  CHECK(reason_phrase(100) == "Continue");
  CHECK(reason_phrase(200) == "OK");
  CHECK(reason_phrase(404) == "Not Found");
  CHECK(reason_phrase(431) == "Request Header Fields Too Large");
  CHECK(reason_phrase(511) == "Network Authentication Required");
  CHECK(reason_phrase(0).empty());
  CHECK(reason_phrase(299).empty());
  CHECK(reason_phrase(65535).empty());
}

TEST_CASE("dates are IMF-fixdate") {
  const auto date = [](std::time_t time) {
    std::string text(kDateBytes, '\0');
    write_http_date(text.data(), time);
    return text;
  };
  CHECK(date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(date(951782399) == "Mon, 28 Feb 2000 23:59:59 GMT");
  CHECK(date(951782400) == "Tue, 29 Feb 2000 00:00:00 GMT");
  CHECK(date(4102444799) == "Thu, 31 Dec 2099 23:59:59 GMT");

  const std::time_t before = std::time(nullptr);
  const std::string now{http_date()};
  const std::time_t after = std::time(nullptr);
  CHECK((now == date(before) || now == date(after)));
}

TEST_CASE("methods have their names, and what llhttp would not take is not known") {
  for (int i = 0; i < static_cast<int>(Method::other); ++i) {
    const auto method = static_cast<Method>(i);
    CHECK(method_from(to_string(method)) == method);
    CHECK(is_known_method(to_string(method)));
  }
  CHECK(to_string(Method::other).empty());
  CHECK(method_from("") == Method::other);
  CHECK(method_from("get") == Method::other);
  CHECK_FALSE(is_known_method(""));
  CHECK_FALSE(is_known_method("PRI"));
  CHECK_FALSE(is_known_method("DESCRIBE"));

  // The list is llhttp's: each of them passes the real parser.
  for (const std::string name : {"ACL",       "BIND",       "CHECKOUT",   "COPY",   "LINK",        "LOCK",   "M-SEARCH",
                                 "MERGE",     "MKACTIVITY", "MKCALENDAR", "MKCOL",  "MOVE",        "NOTIFY", "PROPFIND",
                                 "PROPPATCH", "PURGE",      "QUERY",      "REBIND", "REPORT",      "SEARCH", "SOURCE",
                                 "SUBSCRIBE", "UNBIND",     "UNLINK",     "UNLOCK", "UNSUBSCRIBE", "PATCH"}) {
    INFO(name);
    CHECK(is_known_method(name));
    constexpr HeadLimits kLimits;
    Arena arena;
    RequestHead head(arena);
    RequestParser parser(kLimits);
    parser.start(head);
    CHECK(parser.feed_head(name + " / HTTP/1.1\r\nHost: a\r\n\r\n").state == ParseState::done);
    CHECK(head.method_text == name);
  }
}

TEST_CASE("every kind of failure has its own name") {
  std::string seen = ",";
  for (int i = 0; i <= static_cast<int>(FailureKind::proxy_internal_error); ++i) {
    const std::string name = "," + std::string(to_string(static_cast<FailureKind>(i))) + ",";
    CHECK(name != ",unknown,");
    CHECK(seen.find(name) == std::string::npos);
    seen += name.substr(1);
  }
}

}  // namespace mooring::http
