#include "proxy/http/arena.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace mooring::http {
namespace {

TEST_CASE("every piece is aligned as asked, and its own") {
  Arena arena;
  std::vector<unsigned char*> pieces;
  for (std::size_t i = 0; i < 2000; ++i) {
    const std::size_t alignment = std::size_t{1} << (i % 5);
    auto* piece = static_cast<unsigned char*>(arena.allocate(8, alignment));
    CHECK(reinterpret_cast<std::uintptr_t>(piece) % alignment == 0);
    std::memset(piece, static_cast<int>(i % 251), 8);
    pieces.push_back(piece);
  }
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    for (int k = 0; k < 8; ++k) CHECK(pieces[i][k] == i % 251);
  }
  CHECK(arena.bytes() >= 16'000);
}

TEST_CASE("nothing is held before the first piece and after the last") {
  Arena arena;
  CHECK(arena.bytes() == 0);
  CHECK(arena.allocate(0) != nullptr);
  CHECK(arena.bytes() == Arena::kBlockBytes);
  arena.clear();
  CHECK(arena.bytes() == 0);
  arena.clear();
  CHECK(arena.copy("again") == "again");
}

TEST_CASE("what needs more than a block gets its own") {
  Arena arena;
  const std::string big(100'000, 'x');
  const std::string_view small = arena.copy("small");
  CHECK(arena.copy(big) == big);
  CHECK(arena.copy("behind") == "behind");
  CHECK(small == "small");
  CHECK(arena.bytes() >= 100'000);
  CHECK(arena.bytes() < 300'000);
  for (std::size_t size = Arena::kBlockBytes - 40; size < Arena::kBlockBytes + 40; ++size) {
    Arena other;
    const std::string edge(size, 'e');
    CHECK(other.copy(edge) == edge);
    CHECK(other.copy("next") == "next");
  }
}

TEST_CASE("copies and joins, also of nothing") {
  Arena arena;
  CHECK(arena.copy("").empty());
  CHECK(arena.copy({}).empty());
  CHECK(arena.concat({}).empty());
  CHECK(arena.concat({"", {}, ""}).empty());
  CHECK(arena.concat({"a", "", "bc", {}, "d"}) == "abcd");
  CHECK(arena.bytes() <= Arena::kBlockBytes);
}

TEST_CASE("append extends the last piece in place, and copies any other") {
  Arena arena;
  const std::string_view first = arena.copy("first");
  const std::string_view longer = arena.append(first, " and more");
  CHECK(longer == "first and more");
  CHECK(longer.data() == first.data());
  const std::string_view second = arena.copy("second");
  const std::string_view moved = arena.append(longer, "!");
  CHECK(moved == "first and more!");
  CHECK(moved.data() != first.data());
  CHECK(second == "second");
  CHECK(arena.append("", "x") == "x");
  CHECK(arena.append({}, {}).empty());
  CHECK(arena.append(moved, {}) == moved);
  CHECK(arena.append(arena.copy("tail"), "") == "tail");
}

TEST_CASE("a text that grows byte by byte costs no more than a few times its size") {
  Arena arena;
  std::string_view text;
  std::string expected;
  for (int i = 0; i < 200'000; ++i) {
    const char c = static_cast<char>('a' + i % 26);
    text = arena.append(text, {&c, 1});
    expected += c;
  }
  CHECK(text == expected);
  CHECK(arena.bytes() < 1'000'000);
}

TEST_CASE("blocks are taken again") {
  const void* before = nullptr;
  {
    Arena arena;
    before = arena.allocate(10);
  }
  Arena arena;
  CHECK(arena.allocate(10) == before);
}

}  // namespace
}  // namespace mooring::http
