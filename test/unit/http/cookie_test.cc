#include "proxy/http/cookie.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

namespace mooring::http {
namespace {

// All values of `name`, each with a '|' behind it.
std::string values(const std::vector<std::string>& lines, std::string_view name) {
  Arena arena;
  HeaderMap fields(arena);
  fields.add("X-Cookie", "s=wrong");
  for (const std::string& line : lines) fields.add("cookie", line);
  std::string all;
  for_each_cookie(fields, name, [&](std::string_view value) {
    all += std::string(value) + "|";
    return true;
  });
  return all;
}

}  // namespace

TEST_CASE("cookies are found over all lines, in order, however they are written") {
  struct Row {
    std::vector<std::string> lines;
    std::string expected;
  };
  const std::vector<Row> rows = {
      {{}, ""},
      {{""}, ""},
      {{"s=1"}, "1|"},
      {{"a=b; s=1; c=d"}, "1|"},
      {{"a=b;s=1;c=d"}, "1|"},
      {{"s=1; s=2", "x=y; s=3"}, "1|2|3|"},
      {{"s=1", "s=2"}, "1|2|"},
      {{" \t s \t = \t 1 \t "}, "1|"},
      {{"s="}, "|"},
      {{"s=\"1\""}, "1|"},
      {{"s=\"\""}, "|"},
      {{"s=\""}, "\"|"},
      {{"s=a=b=="}, "a=b==|"},
      {{"s"}, ""},
      {{"s; s=1"}, "1|"},
      {{";;; ; s=1;;"}, "1|"},
      {{"=s; =; s=1"}, "1|"},
      {{"S=1"}, ""},  // names of cookies have a case
      {{"ss=1; xs=2; s-=3"}, ""},
      {{"a=\"x; s=1\""}, "1\"|"},  // quotes do not protect a ';'
      {{"s=1, s=2"}, "1, s=2|"},
      {{"s=\xff\x01"}, "\xff\x01|"},
      {{std::string(100000, ';') + "s=1"}, "1|"},
  };
  for (const Row& row : rows) {
    INFO((row.lines.empty() ? "no line" : row.lines.front().substr(0, 60)));
    CHECK(values(row.lines, "s") == row.expected);
  }
}

TEST_CASE("the search ends where the caller has what it wanted") {
  Arena arena;
  HeaderMap fields(arena);
  fields.add("Cookie", "s=1; s=2");
  fields.add("Cookie", "s=3");
  int calls = 0;
  for_each_cookie(fields, "s", [&](std::string_view value) {
    ++calls;
    return value != "2";
  });
  CHECK(calls == 2);
}

}  // namespace mooring::http
