#include "proxy/server/snapshot_slot.h"

#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace mooring::server {
namespace {

struct SnapshotSlotBench {
  std::vector<routing::SnapshotPtr> retired;
  SnapshotSlot slot{[this](routing::SnapshotPtr snapshot) { retired.push_back(std::move(snapshot)); }};

  routing::SnapshotPtr adopt(std::uint64_t generation) {
    auto snapshot = std::make_shared<routing::Snapshot>();
    snapshot->generation = generation;
    slot.adopt(snapshot);
    return snapshot;
  }
};

TEST_CASE("before the first snapshot there is nothing to pin") {
  SnapshotSlotBench bench;
  CHECK(bench.slot.pin() == nullptr);
  CHECK(bench.slot.current() == nullptr);
}

TEST_CASE("a snapshot that nobody uses is retired as soon as there is another") {
  SnapshotSlotBench bench;
  const auto first = bench.adopt(1);
  CHECK(bench.slot.current() == first.get());
  CHECK(bench.retired.empty());
  const auto second = bench.adopt(2);
  CHECK(bench.slot.current() == second.get());
  REQUIRE(bench.retired.size() == 1);
  CHECK(bench.retired[0] == first);
}

TEST_CASE("an exchange keeps its snapshot, and its last one retires it, once, by its own pointer") {
  SnapshotSlotBench bench;
  auto first = bench.adopt(1);
  auto* one = bench.slot.pin();
  auto* other = bench.slot.pin();
  REQUIRE(one != nullptr);
  CHECK(one->snapshot == first);
  bench.adopt(2);
  auto* newer = bench.slot.pin();
  CHECK(newer->snapshot->generation == 2);
  CHECK(one->snapshot->generation == 1);
  SnapshotSlot::release(one);
  CHECK(bench.retired.empty());
  SnapshotSlot::release(newer);
  CHECK(bench.retired.empty());  // it is current
  SnapshotSlot::release(other);
  REQUIRE(bench.retired.size() == 1);
  CHECK(bench.retired[0] == first);
  CHECK(first.use_count() == 2);
  CHECK(bench.slot.current()->generation == 2);
}

TEST_CASE("many generations at once, released in any order") {
  SnapshotSlotBench bench;
  std::vector<SnapshotSlot::Held*> pins;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    bench.adopt(i);
    pins.push_back(bench.slot.pin());
  }
  for (const std::size_t i : {2U, 0U, 4U, 1U, 3U}) SnapshotSlot::release(pins[i]);
  std::vector<std::uint64_t> generations;
  for (const auto& snapshot : bench.retired) generations.push_back(snapshot->generation);
  CHECK(generations == std::vector<std::uint64_t>{3, 1, 2, 4});
  CHECK(bench.slot.current()->generation == 5);
}

}  // namespace
}  // namespace mooring::server
