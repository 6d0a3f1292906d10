#include "proxy/config/suggest.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

namespace mooring::config {
namespace {

TEST_CASE("edits are counted, swaps of neighbours as one, ASCII case ignored") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("rule", "RULE") == 0);
  CHECK(edit_distance("treafik", "traefik") == 1);
  CHECK(edit_distance("loadbalancr", "loadBalancer") == 1);
  CHECK(edit_distance("midlewres", "middlewares") == 2);
  CHECK(edit_distance("ab", "ba") == 1);
  CHECK(edit_distance("", "ab") == 2);
  CHECK(edit_distance("abc", "xyz") == kMostEdits + 1);
  CHECK(edit_distance("short", "a much longer word") == kMostEdits + 1);
  CHECK(edit_distance("abcd", "abxd", 0) == 1);
  CHECK(edit_distance(std::string(100'000, 'a'), std::string(100'000, 'b')) == kMostEdits + 1);
  CHECK(edit_distance(std::string(100'000, 'a'), std::string(100'000, 'a')) == 0);
}

TEST_CASE("the nearest word is named, and none when none is near") {
  constexpr std::array<std::string_view, 6> kWords{"rule", "entryPoints", "middlewares", "service", "tls", "ca"};
  CHECK(nearest("ruel", kWords) == "rule");
  CHECK(nearest("entrypoint", kWords) == "entryPoints");
  CHECK(nearest("MIDLEWARES", kWords) == "middlewares");
  CHECK(nearest("tsl", kWords) == "tls");
  CHECK(nearest("roll", kWords).empty());  // two edits are too far for four letters
  CHECK(nearest("cb", kWords).empty());    // one is too far for two
  CHECK(nearest("frobnicate", kWords).empty());
  CHECK(nearest("", kWords).empty());
  const std::vector<std::string> names{"web", "wob"};
  CHECK(nearest("wab", names) == "web");  // the first of equals
  CHECK(nearest("x", std::vector<std::string>{}).empty());
}

TEST_CASE("case folds for ASCII only") {
  CHECK(equal_fold("Host-Name", "hOST-nAME"));
  CHECK_FALSE(equal_fold("a", "ab"));
  CHECK_FALSE(equal_fold("@", "`"));
  CHECK(less_fold("Alpha", "beta"));
  CHECK(less_fold("alpha", "Beta"));
  CHECK(less_fold("a", "AB"));
  CHECK(less_fold("z", "\xC3\xA9"));  // as strings do: what is not ASCII comes behind
  CHECK_FALSE(less_fold("WEB", "web"));
  CHECK_FALSE(less_fold("web", "WEB"));
  CHECK(ascii_lower("ÀB[Z") == "Àb[z");
}

}  // namespace
}  // namespace mooring::config
