#include "proxy/config/printable.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "proxy/config/problem.h"

namespace mooring::config {
namespace {

TEST_CASE("text from outside cannot act on the terminal or fake a line") {
  CHECK(printable("plain `text`, ünïcödé, 日本") == "plain `text`, ünïcödé, 日本");
  CHECK(printable("a\nb\tc\r") == "a\\x0ab\\x09c\\x0d");
  CHECK(printable("\x1b[31m") == "\\x1b[31m");
  CHECK(printable(std::string_view{"a\0b", 3}) == "a\\x00b");
  CHECK(printable("\x7f") == "\\x7f");
  CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");                    // CSI as one character
  CHECK(printable("\xe2\x80\xae") == "\\xe2\\x80\\xae");           // right-to-left override
  CHECK(printable("\xe2\x80\xa8") == "\\xe2\\x80\\xa8");           // line separator
  CHECK(printable("\xff\xc3") == "\\xff\\xc3");                    // no UTF-8, and cut short
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");                    // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // above U+10FFFF
}

TEST_CASE("long text is cut between characters") {
  CHECK(printable("abcdef", 3) == "abc…");
  CHECK(printable("abc", 3) == "abc");
  CHECK(printable("日本日本", 4) == "日本…");
  CHECK(printable(std::string(1'000'000, 'x')).size() < 300);
}

TEST_CASE("a problem is one line with what is there") {
  const Problem full{"L001", Severity::error, "shop/web-1", "traefik.x", "no field", "it is ignored", "write y"};
  CHECK(to_line(full) == "error L001 shop/web-1: \"traefik.x\": no field; it is ignored. fix: write y");
  CHECK(to_line({"P001", Severity::info, "", "", "something", "", ""}) == "info P001: something");
  CHECK(to_string(Severity::warning) == "warning");
}

}  // namespace
}  // namespace mooring::config
