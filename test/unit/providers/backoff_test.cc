#include "providers/docker/backoff.h"

#include <catch2/catch_test_macros.hpp>
#include <set>

namespace mooring::docker {
namespace {

using std::chrono::milliseconds;

TEST_CASE("the waits double from 250 ms to 5 s, each a tenth more or less, and begin anew after an answer") {
  std::set<milliseconds> firsts;
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    Backoff backoff(seed);
    firsts.insert(backoff.next());
    for (const int wanted : {500, 1'000, 2'000, 4'000, 5'000, 5'000}) {
      const auto wait = backoff.next().count();
      CHECK(wait >= wanted * 9 / 10);
      CHECK(wait <= wanted * 11 / 10);
    }
    backoff.reset();
    CHECK(backoff.next() <= milliseconds(275));
  }
  CHECK(*firsts.begin() >= milliseconds(225));
  CHECK(*firsts.rbegin() <= milliseconds(275));
  CHECK(firsts.size() > 10);
}

}  // namespace
}  // namespace mooring::docker
