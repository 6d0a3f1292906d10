#include "proxy/upstream/health_location.h"

#include <catch2/catch_test_macros.hpp>

namespace mooring::upstream {
namespace {

struct LocationRow {
  const char* location;
  const char* leads_to;  // null: it is not followed
};

TEST_CASE("a redirect is followed to the same host, and to no other") {
  const LocationRow rows[] = {
      {"/login", "/login"},
      {"/login?next=%2F#form", "/login?next=%2F"},
      {"ready", "/health/ready"},
      {"?deep=1", "/health/live?deep=1"},
      {"http://shop.example/up", "/up"},
      {"HTTP://SHOP.example:80/up", "/up"},
      {"http://10.0.0.5:8080/up", "/up"},
      {"//shop.example/up", "/up"},
      {"http://shop.example", "/"},
      {"http://shop.example?x=1", "/?x=1"},
      {"http://shop.example:8443/up", nullptr},
      {"http://other.example/up", nullptr},
      {"//other.example/up", nullptr},
      {"https://shop.example/up", nullptr},
      {"mailto:somebody", nullptr},
      {"", nullptr},
      {"/a b", nullptr},
      {"/a\tb", nullptr},
      {"/\xc3\xa9", nullptr},
  };
  for (const LocationRow& row : rows) {
    INFO(row.location);
    const auto path = next_path(row.location, "/health/live?x=1", "shop.example", "10.0.0.5:8080");
    CHECK(path.has_value() == (row.leads_to != nullptr));
    if (path && row.leads_to != nullptr) CHECK(*path == row.leads_to);
  }
  CHECK_FALSE(next_path("/" + std::string(kLongestLocation, 'a'), "/", "a", "b"));
}

TEST_CASE("what is a redirect: the statuses that say where to go") {
  for (const int status : {301, 302, 303, 307, 308}) CHECK(is_redirect(static_cast<std::uint16_t>(status)));
  for (const int status : {200, 300, 304, 305, 306, 400}) CHECK_FALSE(is_redirect(static_cast<std::uint16_t>(status)));
}

}  // namespace
}  // namespace mooring::upstream
