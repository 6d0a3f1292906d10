// What must not be taken for a request: raw bytes, and the status that goes back. Each is fed in every way.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "proxy/http/request_target.h"
#include "test/unit/http/feeding.h"

namespace mooring::test {
namespace {

using namespace std::string_literals;

struct Row {
  std::string name;
  std::string bytes;
  std::uint16_t status;
};

// With resolve_target(), as a connection does it.
Outcome refuse(const std::string& bytes, const http::HeadLimits& limits = {}) {
  return feed_in_every_way(bytes, [&](const Cut& cut) {
    std::uint16_t status = 0;
    Outcome outcome = feed_request(
        bytes, cut,
        [&](http::RequestHead& head, const http::HeaderMap&) {
          const auto failure = http::resolve_target(head);
          if (!failure) return describe(head);
          status = failure->status;
          return std::string(failure->detail);
        },
        limits);
    if (status != 0) {
      outcome.refused = true;
      outcome.status = status;
    }
    return outcome;
  });
}

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(row.name << "\n" << escape(row.bytes));
    const Outcome outcome = refuse(row.bytes);
    INFO(outcome.text);
    CHECK(outcome.refused);
    CHECK(outcome.status == row.status);
  }
}

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}
std::string with_field(const std::string& field) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n";
}
std::string with_host(const std::string& host) {
  return "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
}
std::string post(const std::string& fields, const std::string& body = "") {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}
std::string chunked(const std::string& body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

}  // namespace

TEST_CASE("a request line that is not exactly one is refused") {
  check({
      {"TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, 400},
      {"binary", "\xff\xfe\x00\x01\r\n\r\n"s, 400},
      {"blank before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"tab before the method", "\tGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"LF before the method", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"two empty lines", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"CR before the method", "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"NUL before the method", "\0GET / HTTP/1.1\r\nHost: a\r\n\r\n"s, 400},
      {"no token as method", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"NUL in the method", "G\0T / HTTP/1.1\r\nHost: a\r\n\r\n"s, 400},
      {"byte above 0x7f in the method", "G\xc3\xa4T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"colon in the method", "GET: / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"method in small letters", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"method with a tail", "GETX / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"CONNECT", "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", 501},
      {"CONNECT with a path", "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"empty target", "GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"two blanks before the target", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"two blanks behind the target", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"tab for a blank", "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"blank in the target", get("/a b"), 400},
      {"tab in the target", get("/a\tb"), 400},
      {"vertical tab in the target", get("/a\vb"), 400},
      {"NUL in the target", get("/a\0b"s), 400},
      {"DEL in the target", get("/a\x7f"), 400},
      {"CR in the target", get("/a\rb"), 400},
      {"bytes above 0x7f in the target", get("/\xc3\xa4"), 400},
      {"blank behind the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
      {"junk behind the version", "GET / HTTP/1.1x\r\nHost: a\r\n\r\n", 400},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"HTTP/0.9 said", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 400},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"HTTP/3.0", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"HTTP/1.10", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400},
      {"HTTP/1", "GET / HTTP/1\r\nHost: a\r\n\r\n", 400},
      {"http/1.1", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"HTTP-1.1", "GET / HTTP-1.1\r\nHost: a\r\n\r\n", 400},
      {"RTSP", "OPTIONS * RTSP/1.0\r\nHost: a\r\n\r\n", 400},
      {"ICE", "SOURCE / ICE/1.0\r\nHost: a\r\n\r\n", 400},
      {"LF alone ends the line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
      {"CR alone ends the line", "GET / HTTP/1.1\rHost: a\r\n\r\n", 400},
      {"CR CR LF", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", 400},
  });
}

TEST_CASE("a request target that is none of the four forms is refused") {
  check({
      {"fragment", get("/a#b"), 400},
      {"fragment in the query", get("/a?b#c"), 400},
      {"fragment in absolute-form", get("http://a/#c"), 400},
      {"no slash", get("a"), 400},
      {"authority-form", get("example.com:80"), 400},
      {"another scheme", get("ftp://a/"), 400},
      {"scheme with one slash", get("http:/a"), 400},
      {"absolute-form without host", get("http:///a"), 400},
      {"absolute-form with a user", get("http://u@a/"), 400},
      {"absolute-form with user and password", get("http://u:p@a/"), 400},
      {"absolute-form with a bad port", get("http://a:99999/"), 400},
      {"absolute-form with a broken IPv6 address", get("http://[::1/"), 400},
      {"absolute-form with a backslash", get("http://a\\b/"), 400},
      {"asterisk for GET", get("*"), 400},
      {"asterisk with a tail", "OPTIONS *a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"percent alone", get("/a%"), 400},
      {"percent and one digit", get("/a%2"), 400},
      {"percent and no hex", get("/a%zz/"), 400},
      {"percent and half hex", get("/a%2g"), 400},
      {"IIS unicode escape", get("/a%u0041"), 400},
      {"query without a path", get("?a"), 400},
  });
}

TEST_CASE("a Host that is missing, doubled or malformed is refused") {
  check({
      {"missing", "GET / HTTP/1.1\r\n\r\n", 400},
      {"missing in absolute-form", "GET http://a/ HTTP/1.1\r\n\r\n", 400},
      {"two", with_field("Host: b"), 400},
      {"two equal", with_field("Host: a"), 400},
      {"two, in other case", with_field("hOST: a"), 400},
      {"two in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"empty", with_host(""), 400},
      {"malformed beside an absolute-form", "GET http://a/ HTTP/1.1\r\nHost: b c\r\n\r\n", 400},
      {"port alone", with_host(":80"), 400},
      {"user", with_host("u@a"), 400},
      {"path", with_host("a/b"), 400},
      {"query", with_host("a?b"), 400},
      {"fragment", with_host("a#b"), 400},
      {"backslash", with_host("a\\b"), 400},
      {"blank", with_host("a b"), 400},
      {"list", with_host("a, b"), 400},
      {"percent-encoding", with_host("a%2eb"), 400},
      {"sub-delims", with_host("a;b"), 400},
      {"quote", with_host("a\"b"), 400},
      {"angle brackets", with_host("<a>"), 400},
      {"bytes above 0x7f", with_host("\xc3\xa4"), 400},
      {"port too large", with_host("a:65536"), 400},
      {"port much too large", with_host("a:4294967376"), 400},
      {"port with a sign", with_host("a:+80"), 400},
      {"port with letters", with_host("a:8o"), 400},
      {"two ports", with_host("a:80:80"), 400},
      {"IPv6 without brackets", with_host("::1"), 400},
      {"IPv6 not closed", with_host("[::1"), 400},
      {"IPv6 that is none", with_host("[::1::]"), 400},
      {"IPv6 with a zone", with_host("[fe80::1%25eth0]"), 400},
      {"IPv6 with a tail", with_host("[::1]a"), 400},
      {"IPv4 in brackets", with_host("[127.0.0.1]"), 400},
      {"IPvFuture", with_host("[v1.a]"), 400},
      {"dot alone", with_host("."), 400},
  });
}

TEST_CASE("a field line that two parsers could read in two ways is refused") {
  check({
      {"LF alone", with_field("X: a\nY: b"), 400},
      {"CR alone", with_field("X: a\rY: b"), 400},
      {"CR CR LF", with_field("X: a\r"), 400},
      {"LF ends the head", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
      {"CR in front of the end (CVE-2025-23167)", "GET / HTTP/1.1\r\nHost: a\r\n\r\rX", 400},
      {"obs-fold", with_field("X: a\r\n b"), 400},
      {"obs-fold with a tab", with_field("X: a\r\n\tb"), 400},
      {"obs-fold of the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"blank line with a blank", with_field(" "), 400},
      {"blank before the colon", with_field("X : a"), 400},
      {"tab before the colon", with_field("X\t: a"), 400},
      {"blank in a name", with_field("X Y: a"), 400},
      {"empty name", with_field(": a"), 400},
      {"empty name and value", with_field(":"), 400},
      {"no colon", with_field("X"), 400},
      {"no colon, with a value", with_field("X a"), 400},
      {"NUL in a name", with_field("X\0: a"s), 400},
      {"NUL in a value", with_field("X: a\0b"s), 400},
      {"NUL ends a value", with_field("X: a\0"s), 400},
      {"control character in a value", with_field("X: a\x01"), 400},
      {"vertical tab in a value", with_field("X: a\vb"), 400},
      {"form feed in a value", with_field("X: a\fb"), 400},
      {"escape in a value", with_field("X: \x1b[0m"), 400},
      {"DEL in a value", with_field("X: a\x7f"), 400},
      {"byte above 0x7f in a name", with_field("X\xc3\xa4: a"), 400},
      {"parenthesis in a name", with_field("X(): a"), 400},
      {"quote in a name", with_field("\"X\": a"), 400},
      {"slash in a name", with_field("X/Y: a"), 400},
      {"at sign in a name", with_field("X@Y: a"), 400},
  });
}

TEST_CASE("a body whose end is not certain is refused") {
  check({
      {"CL and TE (CL.TE)", post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nG"), 400},
      {"TE and CL (TE.CL)", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "8\r\nSMUGGLED\r\n0\r\n\r\n"),
       400},
      {"two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), 400},
      {"two equal lengths", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
      {"list of lengths", post("Content-Length: 3, 3\r\n", "abc"), 400},
      {"list of different lengths", post("Content-Length: 3, 4\r\n", "abcd"), 400},
      {"length with plus", post("Content-Length: +5\r\n", "abcde"), 400},
      {"length with minus", post("Content-Length: -5\r\n", "abcde"), 400},
      {"negative zero", post("Content-Length: -0\r\n"), 400},
      {"length in hex", post("Content-Length: 0x5\r\n", "abcde"), 400},
      {"hex digits", post("Content-Length: a\r\n", "abcde"), 400},
      {"blank within", post("Content-Length: 1 0\r\n", "abcde"), 400},
      {"fraction", post("Content-Length: 5.0\r\n", "abcde"), 400},
      {"exponent", post("Content-Length: 1e1\r\n", "abcde"), 400},
      {"underscore", post("Content-Length: 1_0\r\n", "abcde"), 400},
      {"empty length (CVE-2023-40225)", post("Content-Length: \r\n"), 400},
      {"no value at all", post("Content-Length:\r\n"), 400},
      {"length overflows 64 bits", post("Content-Length: 18446744073709551616\r\n"), 400},
      {"length wraps to 3", post("Content-Length: 18446744073709551619\r\n", "abc"), 400},
      {"length overflows 63 bits", post("Content-Length: 9223372036854775808\r\n"), 400},
      {"length of 40 digits", post("Content-Length: " + std::string(40, '9') + "\r\n"), 400},
      {"length with a vertical tab", post("Content-Length: \v5\r\n", "abcde"), 400},
      {"length with NUL", post("Content-Length: 5\0\r\n"s, "abcde"), 400},
      {"quoted length", post("Content-Length: \"5\"\r\n", "abcde"), 400},
      {"TE in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"unknown TE in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
      {"chunked twice in a list", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 400},
      {"chunked in two fields", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"chunked and identity", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"), 400},
      {"identity and chunked", post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"chunked not last", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), 400},
      {"another coding", post("Transfer-Encoding: gzip\r\n", "0\r\n\r\n"), 501},
      {"gzip and chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
      {"identity", post("Transfer-Encoding: identity\r\n"), 501},
      {"identity in a list", post("Transfer-Encoding: identity, chunked\r\n", "0\r\n\r\n"), 501},
      {"xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), 501},
      {"chunkedx", post("Transfer-Encoding: chunkedx\r\n", "0\r\n\r\n"), 501},
      {"quoted", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 400},
      {"with a parameter", post("Transfer-Encoding: chunked;q=1\r\n", "0\r\n\r\n"), 400},
      {"vertical tab before", post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n"), 400},
      {"vertical tab behind", post("Transfer-Encoding: chunked\v\r\n", "0\r\n\r\n"), 400},
      {"tab behind", post("Transfer-Encoding: chunked\t\r\n", "0\r\n\r\n"), 400},
      {"empty", post("Transfer-Encoding: \r\n", "0\r\n\r\n"), 400},
      {"comma before", post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n"), 400},
      {"comma behind", post("Transfer-Encoding: chunked,\r\n", "0\r\n\r\n"), 400},
      {"blank before the colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400},
      {"folded", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"), 400},
      {"folded behind another", post("X: y\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
      {"NUL", post("Transfer-Encoding: chunked\0\r\n"s, "0\r\n\r\n"), 400},
  });
}

TEST_CASE("a chunk that is not exactly one is refused") {
  check({
      {"no size", chunked("\r\nhello\r\n0\r\n\r\n"), 400},
      {"extension without size", chunked(";a=b\r\n0\r\n\r\n"), 400},
      {"plus", chunked("+5\r\nhello\r\n0\r\n\r\n"), 400},
      {"minus", chunked("-5\r\nhello\r\n0\r\n\r\n"), 400},
      {"0x", chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400},
      {"0X", chunked("0X5\r\nhello\r\n0\r\n\r\n"), 400},
      {"junk", chunked("5g\r\nhello\r\n0\r\n\r\n"), 400},
      {"underscore", chunked("1_0\r\nhello\r\n0\r\n\r\n"), 400},
      {"blank before", chunked(" 5\r\nhello\r\n0\r\n\r\n"), 400},
      {"blank behind", chunked("5 \r\nhello\r\n0\r\n\r\n"), 400},
      {"tab behind", chunked("5\t\r\nhello\r\n0\r\n\r\n"), 400},
      {"NUL behind", chunked("5\0\r\nhello\r\n0\r\n\r\n"s), 400},
      {"17 digits", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"), 400},
      {"17 f", chunked("fffffffffffffffff\r\nhello\r\n0\r\n\r\n"), 400},
      {"LF behind the size", chunked("5\nhello\r\n0\r\n\r\n"), 400},
      {"CR behind the size", chunked("5\rhello\r\n0\r\n\r\n"), 400},
      {"LF behind the data", chunked("5\r\nhello\n0\r\n\r\n"), 400},
      {"CR behind the data", chunked("5\r\nhello\r0\r\n\r\n"), 400},
      {"nothing behind the data", chunked("5\r\nhello0\r\n\r\n"), 400},
      {"two bytes behind the data", chunked("5\r\nhelloXX0\r\n\r\n"), 400},
      {"data longer than said", chunked("3\r\nhello\r\n0\r\n\r\n"), 400},
      {"LF in an extension (TERM.EXT)", chunked("5;a\nhello\r\n0\r\n\r\n"), 400},
      {"LF in an extension's value", chunked("5;a=b\nhello\r\n0\r\n\r\n"), 400},
      {"CR in an extension", chunked("5;a\rb\r\nhello\r\n0\r\n\r\n"), 400},
      {"LF in a quoted value", chunked("5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"), 400},
      {"CRLF in a quoted value", chunked("5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n"), 400},
      {"escaped LF in a quoted value", chunked("5;a=\"\\\n\"\r\nhello\r\n0\r\n\r\n"), 400},
      {"LF behind the last chunk", chunked("0\n\r\n"), 400},
      {"LF ends the body", chunked("0\r\n\n"), 400},
      {"LF in a trailer", chunked("0\r\nX: a\n\r\n"), 400},
      {"LF behind the trailers", chunked("0\r\nX: a\r\n\n"), 400},
      {"obs-fold in a trailer", chunked("0\r\nX: a\r\n b\r\n\r\n"), 400},
      {"NUL in a trailer", chunked("0\r\nX: \0\r\n\r\n"s), 400},
      {"blank before a trailer's colon", chunked("0\r\nX : a\r\n\r\n"), 400},
      {"a length as trailer", chunked("0\r\nContent-Length: 5\r\n\r\n"), 400},
      {"a coding as trailer", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400},
      {"a request as trailer", chunked("0\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
      {"huge extension (CVE-2023-39326)", chunked("5;a=" + std::string(1100, 'b') + "\r\nhello\r\n0\r\n\r\n"), 400},
      {"huge extension of the last chunk", chunked("0;a=" + std::string(1100, 'b') + "\r\n\r\n"), 400},
      {"size with a thousand zeros", chunked(std::string(1100, '0') + "5\r\nhello\r\n0\r\n\r\n"), 400},
  });
}

TEST_CASE("what is beyond a limit is refused with its own status") {
  const http::HeadLimits small{
      .head_bytes = 200, .fields = 4, .line_bytes = 40, .chunk_extension_bytes = 16, .trailer_bytes = 32};
  const auto status = [&](const std::string& bytes) { return refuse(bytes, small).status; };
  const std::string line = "GET /" + std::string(24, 'a') + " HTTP/1.1\r\n";
  REQUIRE(line.size() == 40);
  CHECK(status(line + "Host: a\r\n\r\n") == 0);
  CHECK(status("GET /a" + std::string(24, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") == 414);
  CHECK(status(std::string(100, 'A')) == 414);  // no end of a line in sight

  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  CHECK(status(head + std::string(201 - 4 - head.size(), 'x') + "\r\n\r\n") == 431);
  CHECK(status(head + std::string(200 - 4 - head.size(), 'x') + "\r\n\r\n") == 0);
  CHECK(status(head + std::string(5000, 'x')) == 431);

  const std::string three = "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\nA: b\r\n";
  CHECK(status(three + "A: b\r\n\r\n") == 0);
  CHECK(status(three + "A: b\r\nA: b\r\n\r\n") == 431);

  CHECK(status(chunked("3;a=" + std::string(10, 'b') + "\r\nabc\r\n0\r\n\r\n")) == 0);
  CHECK(status(chunked("3;a=" + std::string(11, 'b') + "\r\nabc\r\n0\r\n\r\n")) == 400);
  CHECK(status(chunked("0\r\nX: " + std::string(25, 'b') + "\r\n\r\n")) == 0);
  CHECK(status(chunked("0\r\nX: " + std::string(26, 'b') + "\r\n\r\n")) == 400);
  CHECK(status(chunked("0\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\n\r\n")) == 400);
}

TEST_CASE("a Connection field that names hundreds of fields is refused") {
  std::string names = "a";
  for (int i = 0; i < 100; ++i) names += ",a";
  CHECK(refuse(with_field("Connection: " + names)).status == 400);
}

}  // namespace mooring::test
