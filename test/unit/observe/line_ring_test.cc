#include "proxy/observe/line_ring.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <thread>

namespace mooring::observe {
namespace {

TEST_CASE("lines come out whole and in order, around the end of the ring too") {
  LineRing ring(64);
  std::string first;
  std::string second;
  for (int i = 0; i < 200; ++i) {
    const std::string a(static_cast<std::size_t>(i % 23), 'a');
    const std::string b(static_cast<std::size_t>(i % 17), 'b');
    REQUIRE(ring.push(a, b));
    REQUIRE(ring.used() == a.size() + b.size() + 8);
    first = "x";
    second.clear();
    REQUIRE(ring.pop(first, second) == a.size() + b.size() + 8);
    REQUIRE(first == "x" + a);
    REQUIRE(second == b);
    REQUIRE(ring.used() == 0);
  }
  CHECK(ring.pop(first, second) == 0);
}

TEST_CASE("a line that does not fit is refused as a whole") {
  LineRing ring(64);
  CHECK(ring.push(std::string(40, 'a'), ""));
  CHECK_FALSE(ring.push("123456789", ""));
  CHECK(ring.used() == 48);
  CHECK(ring.push("12345678", ""));
  CHECK_FALSE(ring.push("", ""));
  std::string first;
  std::string second;
  CHECK(ring.pop(first, second) == 48);
  CHECK(first == std::string(40, 'a'));
  CHECK_FALSE(ring.push(std::string(100, 'a'), std::string(100, 'b')));
}

TEST_CASE("two threads: nothing is lost, doubled or mixed") {
  LineRing ring(256);
  constexpr int kLines = 20'000;
  std::thread producer([&ring] {
    for (int i = 0; i < kLines;) {
      if (ring.push(std::to_string(i), std::to_string(-i))) {
        ++i;
      } else {
        std::this_thread::yield();
      }
    }
  });
  int wrong = 0;
  for (int i = 0; i < kLines;) {
    std::string first;
    std::string second;
    if (ring.pop(first, second) == 0) {
      std::this_thread::yield();
      continue;
    }
    if (first != std::to_string(i) || second != std::to_string(-i)) ++wrong;
    ++i;
  }
  producer.join();
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace mooring::observe
