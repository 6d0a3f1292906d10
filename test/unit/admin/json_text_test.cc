#include "proxy/admin/json_text.h"

#include <catch2/catch_test_macros.hpp>

namespace mooring::admin {
namespace {

TEST_CASE("go_json escapes what Go's encoder escapes, and ends in a line feed") {
  CHECK(go_json(Json{{"a<", "x && y > \"z\""}}) == "{\"a\\u003c\":\"x \\u0026\\u0026 y \\u003e \\\"z\\\"\"}\n");
  CHECK(go_json(Json{{"a", "\u2028\u2029é"}}) == "{\"a\":\"\\u2028\\u2029é\"}\n");
  CHECK(go_json(Json::object()) == "{}\n");
}

TEST_CASE("bytes that are no UTF-8 are replaced, control characters escaped, in each form") {
  const Json hostile{{"a", "x\xff\x01\n"}};
  CHECK(go_json(hostile) == "{\"a\":\"x\uFFFD\\u0001\\n\"}\n");
  CHECK(plain_json(hostile) == "{\"a\":\"x\uFFFD\\u0001\\n\"}\n");
  CHECK(pretty_json(hostile) == "{\n  \"a\": \"x\uFFFD\\u0001\\n\"\n}\n");
}

TEST_CASE("plain_json leaves rules readable and keeps the order") {
  CHECK(plain_json(Json{{"b", "x && y"}, {"a", 1}}) == "{\"b\":\"x && y\",\"a\":1}\n");
}

TEST_CASE("a time that never was is null") {
  CHECK(time_or_null(0).is_null());
  CHECK(time_or_null(1'795'331'606'586) == "2026-11-22T07:13:26.586Z");
}

}  // namespace
}  // namespace mooring::admin
