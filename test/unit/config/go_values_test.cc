#include "proxy/config/go_values.h"

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <string>
#include <vector>

namespace mooring::config {
namespace {

using namespace std::chrono_literals;

TEST_CASE("booleans as strconv.ParseBool reads them") {
  for (const auto* text : {"1", "t", "T", "TRUE", "true", "True"}) CHECK(parse_bool(text) == true);
  for (const auto* text : {"0", "f", "F", "FALSE", "false", "False"}) CHECK(parse_bool(text) == false);
  for (const auto* text : {"", "yes", "on", "tRUE", " true", "2", "truee"}) {
    INFO(text);
    CHECK_FALSE(parse_bool(text));
  }
}

TEST_CASE("integers as strconv.ParseInt reads them") {
  CHECK(parse_int("0") == 0);
  CHECK(parse_int("+7") == 7);
  CHECK(parse_int("-7") == -7);
  CHECK(parse_int("007") == 7);
  CHECK(parse_int("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK(parse_int("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  for (const auto* text : {"", "+", "-", "+-1", "++1", "1.0", "0x10", "1_000", " 1", "1 ", "9223372036854775808"}) {
    INFO(text);
    CHECK_FALSE(parse_int(text));
  }
}

TEST_CASE("ports") {
  CHECK(parse_port("1") == 1);
  CHECK(parse_port("65535") == 65535);
  for (const auto* text : {"", "0", "65536", "+80", "-1", "80/tcp", "http", "99999999999999999999"}) {
    INFO(text);
    CHECK_FALSE(parse_port(text));
  }
}

TEST_CASE("durations: whole seconds or Go's form") {
  CHECK(parse_duration("10") == 10s);
  CHECK(parse_duration("-1") == -1s);
  CHECK(parse_duration("1m30s") == 90s);
  CHECK(parse_duration("1.5h") == 90min);
  CHECK(parse_duration("100ms") == 100ms);
  CHECK(parse_duration(".5s") == 500ms);
  CHECK(parse_duration("2us") == 2us);
  CHECK(parse_duration("2µs") == 2us);
  CHECK(parse_duration("7ns") == 7ns);
  CHECK(parse_duration("-1m1s") == -61s);
  CHECK(parse_duration("0.00000000000001s") == 0s);
  for (const auto* text : {"", "s", "1x", "1m30", ".", ".s", "-", "+", "1 s", "1d", "--1s", "1-s", "9999999999h",
                           "9223372036854775807", "99999999999999999999s"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("lists are split on commas and trimmed") {
  using List = std::vector<std::string>;
  CHECK(split_list("").empty());
  CHECK(split_list("  ").empty());
  CHECK(split_list("a") == List{"a"});
  CHECK(split_list(" a , b\t,c") == List{"a", "b", "c"});
  CHECK(split_list("a,,b,") == List{"a", "", "b", ""});
}

}  // namespace
}  // namespace mooring::config
