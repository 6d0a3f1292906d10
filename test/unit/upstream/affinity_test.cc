#include "proxy/upstream/affinity.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>
#include <string_view>

namespace mooring::upstream {
namespace {

TEST_CASE("Traefik's values for a server, now and of old") {
  struct Row {
    std::string_view name;
    std::string_view now;
    std::string_view once;
    std::string_view twice;
  };
  static constexpr Row kRows[] = {
      {"http://127.0.0.1:18091", "60f5d56b14dca8ae", "ab19560d64b4c9a3", "efa7f776b742d8cb"},
      {"http://127.0.0.1:18092", "74857854bc8c8818", "ab19560d64b4c9a0", "efa7f776b742d8c8"},
      {"http://172.17.0.2:80", "e57aed71df995916", "f8108ad945f71079", "3e62cff3826952d7"},
      {"http://172.18.0.3:8080", "5cacf91c105c1f88", "9c806960596948c7", "2060534dc5efb1cb"},
      {"http://[fd00::5]:80", "cd689722d7fd06e6", "d9fe6b0f6ed129f8", "3a84ae70df065692"},
      {"sa", "4cf6829aa93728e8", "8325507b4eb1925", "1044354e908b398b"},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.name);
    CHECK(hex16(sha256_head(row.name)) == row.now);
    CHECK(fnv1_hex(row.name) == row.once);
    CHECK(fnv1_hex(fnv1_hex(row.name)) == row.twice);
  }
  CHECK(fnv1_hex("") == "cbf29ce484222325");
}

TEST_CASE("with a key: the head of HMAC-SHA-256, as in RFC 4231, cases 1 and 2") {
  CHECK(hex16(keyed_head(std::string(20, '\x0b'), "Hi There")) == "b0344c61d8db3853");
  CHECK(hex16(keyed_head("Jefe", "what do ya want for nothing?")) == "5bdcc146bf60754e");
}

TEST_CASE("Traefik's names for a cookie without one") {
  CHECK(generated_cookie_name("sa@file") == "_ec41b");
  CHECK(generated_cookie_name("w@file") == "_c239a");
  CHECK(generated_cookie_name("app@docker") == "_a9f6e");
  CHECK(generated_cookie_name("web-proj@docker") == "_269b1");
  CHECK(generated_cookie_name("whoami@docker") == "_633ff");
}

TEST_CASE("a configured name keeps only what may stand in a cookie's name") {
  struct Row {
    std::string_view configured;
    std::string_view written;
  };
  static constexpr Row kRows[] = {
      {"my_app_session", "my_app_session"},
      {"a b", "a_b"},
      {"!#$%&'*+-.^`|~", "!#$%&'*+-.^`|~"},
      {"a=b;c,d\"e(f)g/h:i<j>k?l@m[n\\o]p{q}", "a_b_c_d_e_f_g_h_i_j_k_l_m_n_o_p_q_"},
      {"x\r\nSet-Cookie: y", "x__Set-Cookie__y"},
      {"caf\xc3\xa9", "caf__"},
      {"", ""},
  };
  for (const Row& row : kRows) CHECK(sanitized_cookie_name(row.configured) == row.written);
  CHECK(sanitized_cookie_name(std::string_view("a\0b", 3)) == "a_b");
}

TEST_CASE("a value goes there and back") {
  for (std::size_t count = 1; count <= AffinityCookie::kMaxParts; ++count) {
    AffinityCookie cookie;
    cookie.count = count;
    for (std::size_t i = 0; i < count; ++i) cookie.parts[i] = 0x0123456789abcdefULL + i;
    cookie.session = 0xfedcba9876543210ULL;
    const auto back = AffinityCookie::parse(cookie.to_string());
    REQUIRE(back);
    CHECK(back->count == count);
    CHECK(back->parts == cookie.parts);
    CHECK(back->session == cookie.session);
  }
  AffinityCookie small;
  small.count = 1;
  small.parts[0] = 1;
  small.session = 2;
  CHECK(small.to_string() == "0000000000000001.0000000000000002");
}

TEST_CASE("what is not of our form is not read") {
  const std::string part = "0123456789abcdef";
  const std::string good = part + "." + part;
  REQUIRE(AffinityCookie::parse(good));
  CHECK(AffinityCookie::parse(part + "." + part + "." + part + "." + part + "." + part));
  const std::string bad[] = {
      "",
      ".",
      "garbage",
      part,                                                                   // Traefik's
      part + ".",                                                             //
      "." + part,                                                             //
      good + ".",                                                             //
      good + "x",                                                             //
      part + ".." + part,                                                     //
      part + "," + part,                                                      //
      part + ". " + part.substr(1),                                           //
      "0123456789ABCDEF." + part,                                             // never written so
      "0123456789abcdeg." + part,                                             //
      "+123456789abcdef." + part,                                             //
      "0x23456789abcdef." + part,                                             //
      part.substr(1) + "." + part,                                            //
      part + "0." + part,                                                     //
      part + "." + part + "." + part + "." + part + "." + part + "." + part,  // five endpoints
      std::string(1'000'000, 'a'),                                            //
      std::string("0123456789abcde\0.", 17) + part,                           //
      "http://10.0.0.1:80",                                                   //
  };
  for (const std::string& value : bad) {
    CAPTURE(value.substr(0, 100));
    CHECK_FALSE(AffinityCookie::parse(value));
  }
}

TEST_CASE("every single broken byte of a value is noticed or stays in its part") {
  const std::string good = "00000000000000aa.00000000000000bb.00000000000000cc";
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string value = good;
      value[at] = static_cast<char>(byte);
      const auto cookie = AffinityCookie::parse(value);
      if (cookie) CHECK(cookie->to_string() == value);
    }
  }
}

TEST_CASE("sessions are never 0 and never the same") {
  std::set<std::uint64_t> sessions;
  for (int i = 0; i < 1000; ++i) sessions.insert(random_session());
  CHECK(sessions.size() == 1000);
  CHECK_FALSE(sessions.contains(0));
}

}  // namespace
}  // namespace mooring::upstream
