#include "proxy/upstream/drain_word.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "proxy/http/hop_by_hop.h"

namespace mooring::upstream {
namespace {

TEST_CASE("the drain word: any value but 0 and false says so, and no head keeps it") {
  struct Row {
    const char* name;
    const char* value;
    bool drains;
  };
  constexpr Row kRows[] = {
      {"X-Mooring-Drain", "1", true},     {"x-mooring-drain", "true", true}, {"X-MOORING-DRAIN", "", true},
      {"X-Mooring-Drain", "0.0", true},   {"X-Mooring-Drain", "0", false},   {"X-Mooring-Drain", "FALSE", false},
      {"X-Mooring-Draining", "1", false}, {"X-Mooring-Drai", "1", false},    {"X_Mooring_Drain", "1", false},
  };
  for (const Row& row : kRows) {
    CAPTURE(row.name, row.value);
    http::Arena arena;
    http::ResponseHead head(arena);
    head.fields.add("Server", "x");
    head.fields.add(row.name, row.value);
    CHECK(take_drain_word(head) == row.drains);
    CHECK(head.fields.find("X-Mooring-Drain") == nullptr);
    CHECK(head.fields.find("Server") != nullptr);
    CHECK_FALSE(take_drain_word(head));
  }
}

TEST_CASE("of several one is enough, and none is left") {
  http::Arena arena;
  http::ResponseHead head(arena);
  for (const char* value : {"0", "1", "false"}) head.fields.add("X-Mooring-Drain", value);
  CHECK(take_drain_word(head));
  CHECK(head.fields.empty());
}

TEST_CASE("a client's request does not carry it, nor a trailer") {
  http::Arena arena;
  http::RequestHead head(arena);
  head.fields.add("x-mooring-drain", "1");
  head.fields.add("X-Other", "1");
  http::strip_request(head);
  CHECK(head.fields.size() == 1);
  http::HeaderMap trailers(arena);
  trailers.add("x-Mooring-drain", "1");
  CHECK_FALSE(http::may_be_trailer(*trailers.begin()));
}

}  // namespace
}  // namespace mooring::upstream
