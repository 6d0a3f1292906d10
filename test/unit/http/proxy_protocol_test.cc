// The PROXY protocol's header, whole, split at each byte and byte by byte: what it names, what it refuses, and that it
// takes nothing of what follows it.
#include "proxy/http/proxy_protocol.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

namespace mooring::test {
namespace {

using http::ParseState;

constexpr std::string_view kBehind = "GET / HTTP/1.1\r\n";

struct Result {
  ParseState state = ParseState::more;
  std::size_t consumed = 0;
  std::string source;  // "ip port", or empty
  std::string failure;
  bool operator==(const Result&) const = default;
};

// Each piece in a buffer of its own size, so that ASan sees a read beyond it.
Result feed(const std::vector<std::string>& pieces) {
  http::ProxyHeaderParser parser;
  Result result;
  for (const std::string& piece : pieces) {
    const http::Parsed parsed = parser.feed(piece);
    result.state = parsed.state;
    result.consumed += parsed.consumed;
    if (parsed.state != ParseState::more) break;
    REQUIRE(parsed.consumed == piece.size());
  }
  if (parser.source()) {
    result.source = parser.source()->address.to_string() + " " + std::to_string(parser.source()->port);
  }
  result.failure = parser.failure();
  return result;
}

Result feed_header_in_every_way(const std::string& bytes) {
  const Result whole = feed({bytes});
  std::vector<std::string> single;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    single.push_back(bytes.substr(i, 1));
    INFO("split at " << i);
    CHECK(feed({bytes.substr(0, i), bytes.substr(i)}) == whole);
  }
  CHECK(feed(single) == whole);
  return whole;
}

std::string block(unsigned char command, unsigned char family, const std::string& payload) {
  std::string bytes{"\r\n\r\n\0\r\nQUIT\n", 12};
  bytes += static_cast<char>(command);
  bytes += static_cast<char>(family);
  bytes += static_cast<char>(payload.size() >> 8U);
  bytes += static_cast<char>(payload.size() & 0xffU);
  return bytes + payload;
}

const std::string kFour{"\x0a\x00\x00\x07\xc0\xa8\x00\x01\xa0\x28\x00\x50", 12};  // 10.0.0.7:41000 to 192.168.0.1:80
const std::string kSix = std::string("\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05", 16) + std::string(16, '\1') +
                         std::string("\x00\x09\x01\xbb", 4);  // [fd00::5]:9
const std::string kMapped = std::string("\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\x00\x00\x07", 16) + std::string(16, '\1') +
                            std::string("\0\1\0\2", 4);

}  // namespace

TEST_CASE("a PROXY header names the client, and nothing behind it is taken") {
  struct Row {
    std::string header;
    std::string source;
  };
  const std::vector<Row> rows{
      {"PROXY TCP4 10.0.0.7 192.168.0.1 41000 80\r\n", "10.0.0.7 41000"},
      {"PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255 65535"},
      {"PROXY TCP6 fd00::5 fd00::1 9 443\r\n", "fd00::5 9"},
      {"PROXY TCP6 FD00::5 fd00::1 0 0\r\n", "fd00::5 0"},
      {"PROXY TCP6 ::ffff:10.0.0.7 ::1 1 2\r\n", "10.0.0.7 1"},
      {"PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535"},
      {"PROXY UNKNOWN\r\n", ""},
      {"PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
       ""},
      {"PROXY UNKNOWN what\tever\x01 \r\n", ""},
      {block(0x21, 0x11, kFour), "10.0.0.7 41000"},
      {block(0x21, 0x11, kFour + std::string("\x04\x00\x02hi", 5)), "10.0.0.7 41000"},  // with a TLV
      {block(0x21, 0x21, kSix), "fd00::5 9"},
      {block(0x21, 0x21, kMapped), "10.0.0.7 1"},
      {block(0x21, 0x21, kSix + std::string(4096 - 36, 'T')), "fd00::5 9"},
      {block(0x20, 0x00, ""), ""},                     // LOCAL
      {block(0x20, 0x11, kFour), ""},                  // LOCAL with an address that does not count
      {block(0x20, 0xff, "anything"), ""},             // LOCAL: the family is not looked at
      {block(0x21, 0x00, "anything"), ""},             // unspecified
      {block(0x21, 0x31, std::string(216, '/')), ""},  // a unix socket
  };
  for (const Row& row : rows) {
    INFO(row.header);
    const Result result = feed_header_in_every_way(row.header + std::string(kBehind));
    CHECK(result.state == ParseState::done);
    CHECK(result.consumed == row.header.size());
    CHECK(result.source == row.source);
  }
}

TEST_CASE("what the PROXY protocol does not allow is refused") {
  const std::vector<std::string> rows{
      "GET / HTTP/1.1\r\n",
      "\r\nGET / HTTP/1.1\r\n",
      "proxy TCP4 1.1.1.1 1.1.1.1 1 1\r\n",
      "PROXY  TCP4 1.1.1.1 1.1.1.1 1 1\r\n",
      "PROXY TCP5 1.1.1.1 1.1.1.1 1 1\r\n",
      "PROXY tcp4 1.1.1.1 1.1.1.1 1 1\r\n",
      "PROXY UNKNOWNX\r\n",
      "PROXY \r\n",
      "PROXY TCP4\r\n",
      "PROXY TCP4 1.1.1.1 1.1.1.1 1\r\n",
      "PROXY TCP4 1.1.1.1 1.1.1.1 1 1 1\r\n",
      "PROXY TCP4 1.1.1.1 1.1.1.1 1 1 \r\n",
      "PROXY TCP4 1.1.1.1  1.1.1.1 1 1\r\n",
      "PROXY TCP4 1.1.1.1 1.1.1.1 1 1\n",
      "PROXY TCP4 1.1.1.1 1.1.1.1 1 1\r\r\n",
      "PROXY TCP4 1.1.1.256 1.1.1.1 1 1\r\n",
      "PROXY TCP4 1.1.1 1.1.1.1 1 1\r\n",
      "PROXY TCP4 fd00::5 fd00::1 1 1\r\n",
      "PROXY TCP6 1.1.1.1 1.1.1.1 1 1\r\n",
      "PROXY TCP6 [fd00::5] fd00::1 1 1\r\n",
      "PROXY TCP6 fe80::1%eth0 fe80::2 1 1\r\n",
      "PROXY TCP4 1.1.1.1 1.1.1.1 65536 1\r\n",
      "PROXY TCP4 1.1.1.1 1.1.1.1 01 1\r\n",
      "PROXY TCP4 1.1.1.1 1.1.1.1 -1 1\r\n",
      "PROXY TCP4 1.1.1.1 1.1.1.1 +1 1\r\n",
      "PROXY UNKNOWN " + std::string(200, 'x') + "\r\n",
      "PROXY UNKNOWN " + std::string(92, 'x') + "\r\n",  // 108 bytes
      block(0x11, 0x11, kFour),                          // version 1 in a binary header
      block(0x31, 0x11, kFour),
      block(0x22, 0x11, kFour),  // no such command
      block(0x21, 0x12, kFour),  // UDP
      block(0x21, 0x13, kFour),
      block(0x21, 0x41, kFour),  // no such family
      block(0x21, 0x11, kFour.substr(1)),
      block(0x21, 0x21, kFour),
      block(0x21, 0x31, kFour),
      block(0x21, 0x11, kFour + std::string(4096, 'T')),
      block(0x20, 0x00, std::string(65535, 'T')),
      std::string("\r\n\r\n\0\r\nQUIX\n", 12) + std::string(16, '\0'),
  };
  for (const std::string& row : rows) {
    INFO(row);
    const Result result = row.size() < 300 ? feed_header_in_every_way(row) : feed({row});
    CHECK(result.state == ParseState::failed);
    CHECK(result.source.empty());
    CHECK(!result.failure.empty());
    CHECK(result.consumed <= 108);
  }
}

TEST_CASE("a line of 107 bytes is the longest") {
  const std::string longest = "PROXY UNKNOWN " + std::string(91, 'x') + "\r\n";
  REQUIRE(longest.size() == http::ProxyHeaderParser::kMaxLine);
  CHECK(feed({longest}).state == ParseState::done);
}

}  // namespace mooring::test
