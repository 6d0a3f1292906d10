#include "proxy/http/header_map.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cctype>
#include <string>

#include "test/unit/http/feeding.h"

namespace mooring::http {

TEST_CASE("every known name has its id in any case, and no other name has") {
  for (int i = 1; i <= static_cast<int>(FieldId::x_traefik_router); ++i) {
    const auto id = static_cast<FieldId>(i);
    std::string name{field_name(id)};
    INFO(name);
    REQUIRE_FALSE(name.empty());
    CHECK(field_id(name) == id);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    CHECK(field_id(name) == id);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    CHECK(field_id(name) == id);
    CHECK(field_id(name + "x") == FieldId::other);
    CHECK(field_id(name.substr(1)) == FieldId::other);
    name.back() = '_';
    CHECK(field_id(name) == FieldId::other);
  }
  CHECK(field_id("") == FieldId::other);
  CHECK(field_id(std::string(500, 'x')) == FieldId::other);
}

TEST_CASE("names are equal without regard to case, and to nothing else") {
  CHECK(equal_ignoring_case("", ""));
  CHECK(equal_ignoring_case("aBc-1", "AbC-1"));
  CHECK_FALSE(equal_ignoring_case("a", "ab"));
  CHECK_FALSE(equal_ignoring_case("a-b", "a_b"));
  CHECK_FALSE(equal_ignoring_case("@", "`"));        // 32 apart, like 'A' and 'a'
  CHECK_FALSE(equal_ignoring_case("\xc4", "\xe4"));  // letters of Latin-1 have no case here
}

TEST_CASE("a map keeps the order of its fields while some change and go") {
  Arena arena;
  HeaderMap map(arena);
  map.add("A", "1");
  map.add("host", "h");
  map.add("a", "2");
  map.add(FieldId::cookie, "c=1");
  map.add("B", "3");
  map.add("Cookie", "c=2");
  CHECK(map.size() == 6);
  CHECK(map.find("b")->value == "3");
  CHECK(map.find("HOST") == map.find(FieldId::host));
  CHECK(map.find("C") == nullptr);
  CHECK(map.value(FieldId::host) == "h");
  CHECK(map.value(FieldId::date).empty());
  CHECK(map.count(FieldId::cookie) == 2);

  map.set(FieldId::cookie, "c=3");
  CHECK(test::describe(map) == "A=[1]\nhost=[h]\na=[2]\nCookie=[c=3]\nB=[3]\n");
  map.set(FieldId::te, "trailers");
  map.remove("A");
  map.remove("HOST");
  CHECK(test::describe(map) == "Cookie=[c=3]\nB=[3]\nTE=[trailers]\n");
  map.clear();
  CHECK(map.empty());
  map.add("C", "4");
  CHECK(test::describe(map) == "C=[4]\n");
}

TEST_CASE("a map grows beyond its first array") {
  Arena arena;
  HeaderMap map(arena);
  for (int i = 0; i < 1000; ++i) map.add(arena.copy("X-" + std::to_string(i)), arena.copy(std::to_string(i * 7)));
  REQUIRE(map.size() == 1000);
  for (int i = 0; i < 1000; ++i) CHECK(map.find("x-" + std::to_string(i))->value == std::to_string(i * 7));
}

}  // namespace mooring::http
