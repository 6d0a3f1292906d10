#include "proxy/cli/websocket_echo.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "proxy/cli/utf8.h"
#include "test/unit/cli/websocket_frames.h"

namespace mooring::cli {
namespace {

using namespace std::string_literals;

struct Outcome {
  std::string sent;
  bool ended = false;

  bool operator==(const Outcome&) const = default;
};

// In pieces of `step` bytes.
Outcome echo(std::string_view bytes, std::size_t step) {
  EchoSession session;
  Outcome outcome;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    if (!session.feed(bytes.substr(at, step), outcome.sent)) break;
  }
  outcome.ended = session.ended();
  return outcome;
}

// However the bytes are cut, the same must come of them.
Outcome echo(const std::string& bytes) {
  const Outcome whole = echo(bytes, bytes.size() + 1);
  for (const std::size_t step : {1U, 2U, 3U, 7U}) CHECK(echo(bytes, step) == whole);
  return whole;
}

std::string server_frame(std::uint8_t opcode, std::string_view payload) {
  std::string out;
  append_frame(out, opcode, payload);
  return out;
}

std::string close_frame(unsigned code) {
  return "\x88\x02"s + static_cast<char>(code >> 8U) + static_cast<char>(code & 0xFFU);
}

TEST_CASE("messages come back as they were sent") {
  CHECK(echo(text_frame("Hello")).sent == "\x81\x05Hello");
  CHECK(echo(text_frame("")).sent == "\x81\x00"s);
  CHECK(echo(bytes_of({.first = 0x82, .payload = "\x00\xff\xfe"s})).sent == "\x82\x03\x00\xff\xfe"s);
  CHECK(echo(text_frame("a") + text_frame("b")).sent == "\x81\x01\x61\x81\x01\x62");
  for (const std::size_t size : {125U, 126U, 127U, 65535U, 65536U, 200000U}) {
    const std::string payload(size, 'x');
    const Outcome outcome = echo(text_frame(payload));
    CHECK(outcome.sent == server_frame(1, payload));
    CHECK_FALSE(outcome.ended);
  }
}

TEST_CASE("frames from the server have the shortest length") {
  CHECK(server_frame(1, std::string(125, 'x')).substr(0, 2) == "\x81\x7d");
  CHECK(server_frame(1, std::string(126, 'x')).substr(0, 4) == "\x81\x7e\x00\x7e"s);
  CHECK(server_frame(2, std::string(65536, 'x')).substr(0, 10) == "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST_CASE("a fragmented message comes back whole, control frames in between at once") {
  const std::string bytes = bytes_of({.first = 0x01, .payload = "Hel"}) + bytes_of({.first = 0x89, .payload = "p"}) +
                            bytes_of({.first = 0x00, .payload = "l"}) +
                            bytes_of({.first = 0x8A, .payload = "unasked"}) + bytes_of({.first = 0x80, .payload = "o"});
  const Outcome outcome = echo(bytes);
  CHECK(outcome.sent == "\x8A\x01p\x81\x05Hello");
  CHECK_FALSE(outcome.ended);
}

TEST_CASE("a close is answered with its code, and nothing is looked at behind it") {
  const Outcome coded = echo(bytes_of({.first = 0x88, .payload = "\x03\xe8 bye"}) + text_frame("late"));
  CHECK(coded.ended);
  CHECK(coded.sent == close_frame(1000));
  const Outcome bare = echo(bytes_of({.first = 0x88, .payload = ""}) + "\xff\xff\xff"s);
  CHECK(bare.ended);
  CHECK(bare.sent == "\x88\x00"s);
}

TEST_CASE("what breaks the rules ends the session with the code for it") {
  struct Row {
    const char* what;
    std::string bytes;
    unsigned code;
  };
  const std::string big(EchoSession::kMaxMessage / 2 + 1, 'x');
  const Row rows[] = {
      {"unmasked", bytes_of({.payload = "x", .masked = false}), 1002},
      {"unmasked, only its head", bytes_of({.payload = "", .masked = false}), 1002},
      {"RSV1", bytes_of({.first = 0xC1, .payload = "x"}), 1002},
      {"RSV3", bytes_of({.first = 0x91, .payload = "x"}), 1002},
      {"opcode 3", bytes_of({.first = 0x83, .payload = "x"}), 1002},
      {"opcode 15", bytes_of({.first = 0x8F, .payload = "x"}), 1002},
      {"two bytes for a short length", bytes_of({.payload = "x", .length_bytes = 2}), 1002},
      {"eight bytes for a short length", bytes_of({.payload = "x", .length_bytes = 8}), 1002},
      {"eight bytes where two do", bytes_of({.payload = std::string(300, 'x'), .length_bytes = 8}), 1002},
      {"a fragmented ping", bytes_of({.first = 0x09, .payload = "x"}), 1002},
      {"a long ping", bytes_of({.first = 0x89, .payload = std::string(126, 'x')}), 1002},
      {"nothing to continue", bytes_of({.first = 0x80, .payload = "x"}), 1002},
      {"a message in a message", bytes_of({.first = 0x01, .payload = "x"}) + text_frame("y"), 1002},
      {"a huge length", bytes_of({.payload = "", .length_bytes = 8, .claimed = 0x7FFFFFFFFFFFFFFF}), 1009},
      {"the top bit of a length", std::string("\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00mask", 14), 1009},
      {"one byte too many", bytes_of({.payload = "", .claimed = EchoSession::kMaxMessage + 1}), 1009},
      {"too many fragments", bytes_of({.first = 0x02, .payload = big}) + bytes_of({.first = 0x00, .payload = big}),
       1009},
      {"text that is no UTF-8", text_frame("\xc3\x28"), 1007},
      {"text that ends in a character", text_frame("a\xe2\x82"), 1007},
      {"a surrogate", text_frame("\xed\xa0\x80"), 1007},
      {"a close of one byte", bytes_of({.first = 0x88, .payload = "\x03"}), 1002},
      {"close code 1005", bytes_of({.first = 0x88, .payload = "\x03\xed"}), 1002},
      {"close code 999", bytes_of({.first = 0x88, .payload = "\x03\xe7"}), 1002},
      {"close code 5000", bytes_of({.first = 0x88, .payload = "\x13\x88"}), 1002},
      {"a close whose reason is no UTF-8", bytes_of({.first = 0x88, .payload = "\x03\xe8\xff"}), 1007},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const Outcome outcome = echo(row.bytes);
    CHECK(outcome.ended);
    CHECK(outcome.sent == close_frame(row.code));
  }
}

TEST_CASE("a session holds no more than one message") {
  EchoSession session;
  std::string out;
  const std::string fragment = bytes_of({.first = 0x02, .payload = std::string(EchoSession::kMaxMessage, 'x')});
  CHECK(session.feed(fragment, out));
  CHECK(session.held() == EchoSession::kMaxMessage);
  // Any number of empty fragments may follow: they cost nothing.
  const std::string empty = bytes_of({.first = 0x00, .payload = ""});
  for (int i = 0; i < 1000; ++i) REQUIRE(session.feed(empty, out));
  CHECK(session.held() == EchoSession::kMaxMessage);
  CHECK_FALSE(session.feed(bytes_of({.first = 0x00, .payload = "y"}), out));
  CHECK(out == close_frame(1009));
}

TEST_CASE("the handshake's answer is the one of RFC 6455, for keys of 16 bytes only") {
  CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  for (const char* key :
       {"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZWE=", "dGhlIHNhbXBsZSBub25j====",
        "dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhb*BsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=x"}) {
    INFO(key);
    CHECK(websocket_accept(key).empty());
  }
}

TEST_CASE("UTF-8 is what RFC 3629 says") {
  for (const auto& good : {""s, "a"s, "\x00"s, "\x7f"s, "\xc2\x80"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s, "\xee\x80\x80"s,
                           "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s}) {
    CHECK(is_utf8(good));
  }
  for (const auto& bad :
       {"\x80"s, "\xc0\x80"s, "\xc1\xbf"s, "\xc2"s, "\xe0\x9f\xbf"s, "\xed\xa0\x80"s, "\xf0\x8f\xbf\xbf"s,
        "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\xff"s, "\xe2\x82\x41"s, "a\xe2\x82"s}) {
    CHECK_FALSE(is_utf8(bad));
  }
}

}  // namespace
}  // namespace mooring::cli
