#include "proxy/http/path.h"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>

#include "proxy/http/framing.h"
#include "proxy/http/request_target.h"

namespace mooring::http {

TEST_CASE("a normal path is not copied") {
  Arena arena;
  for (const std::string_view path : {"/", "/a", "/a/b.c/d", "/index.html", "/a-b_c~d", "/a;b=c/@x:y", "/a/"}) {
    INFO(path);
    const auto normal = normalize_path(path, arena);
    REQUIRE(normal);
    CHECK(normal->data() == path.data());
    CHECK(*normal == path);
    CHECK(decode_for_rules(path, arena).data() == path.data());
  }
  CHECK(arena.bytes() == 0);
}

TEST_CASE("a path that was normalised once stays as it is, and shows no way up") {
  std::mt19937 random(7);  // NOLINT: the same paths every time
  constexpr std::string_view kPieces[] = {"/", "/",     ".",   "..",  "%2e", "%2F", "%2f",
                                          "a", "b%20c", "%25", "%41", "|",   "\\",  "//"};
  for (int round = 0; round < 20000; ++round) {
    std::string path = "/";
    for (std::size_t i = random() % 12; i > 0; --i) path += kPieces[random() % std::size(kPieces)];
    Arena arena;
    const auto once = normalize_path(path, arena);
    INFO(path);
    REQUIRE(once);
    CHECK(normalize_path(*once, arena) == once);
    CHECK(once->starts_with('/'));
    const std::string framed = std::string(*once) + "/";
    CHECK(framed.find("/../") == std::string::npos);
    CHECK(framed.find("/./") == std::string::npos);
    CHECK(once->find("//") == std::string_view::npos);
  }
}

TEST_CASE("malformed percent-encoding is nothing") {
  Arena arena;
  for (const std::string_view path : {"/%", "/%1", "/%%", "/%g0", "/%0g", "/a%2", "/%2%65", "/%-1", "/% 1"}) {
    INFO(path);
    CHECK_FALSE(normalize_path(path, arena));
  }
}

TEST_CASE("an authority is a host and perhaps a port") {
  struct Row {
    std::string_view text, host;
    int port;
  };
  for (const Row& row :
       {Row{"a", "a", 0}, Row{"a:1", "a", 1}, Row{"a.:65535", "a", 65535}, Row{"[::1]:80", "::1", 80},
        Row{"[::ffff:1.2.3.4]", "::ffff:1.2.3.4", 0}, Row{"a:00080", "a", 80}, Row{"A_b.C", "A_b.C", 0}}) {
    INFO(row.text);
    const auto authority = parse_authority(row.text);
    REQUIRE(authority);
    CHECK(authority->host == row.host);
    CHECK(authority->port == row.port);
  }
  for (const std::string_view text : {"", ".", ":", ":1", "a:b", "a:65536", "a:000080", "[]", "[a]", "[::1", "::1",
                                      "a b", "a/b", "a@b", "a,b", "a%41", "[::1]x", "[1.2.3.4]", "[[::1]]"}) {
    INFO(text);
    CHECK_FALSE(parse_authority(text));
  }
}

TEST_CASE("tokens and values") {
  CHECK(is_token("X-Name!#$%&'*+.^_`|~09"));
  for (const std::string_view text : {"", " ", "a b", "a:", "(", "\"", "\x7f", "\x80", "a/b", "[", "{", "@", "\t"}) {
    CHECK_FALSE(is_token(text));
  }
  CHECK(is_field_value(""));
  CHECK(is_field_value("a \t\x80\xff~"));
  for (const char bad : {'\0', '\r', '\n', '\x01', '\x1f', '\x7f', '\v'}) CHECK_FALSE(is_field_value({&bad, 1}));
}

}  // namespace mooring::http
