#include "proxy/observe/cells.h"

#include <catch2/catch_test_macros.hpp>
#include <thread>
#include <vector>

namespace mooring::observe {
namespace {

struct Counters {
  Count hits;
  Count last;
};

// Sets the number of workers for one test and puts it back.
struct Workers {
  std::size_t before = cell_count();
  explicit Workers(std::size_t count) { set_worker_count(count); }
  ~Workers() { set_worker_count(before - 1); }
};

std::int64_t hits(const Counters& counters) {
  return counters.hits.get();
}
std::int64_t last(const Counters& counters) {
  return counters.last.get();
}

TEST_CASE("there is a cell for each worker and one for the control loop") {
  const Workers workers(4);
  CHECK(cell_count() == 5);
  Cells<Counters> cells;
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t k = 0; k < i; ++k) CHECK(&cells.of(i) != &cells.of(k));
  }
  // Whoever has a higher number shares the last one: the control loop's.
  CHECK(&cells.of(99) == &cells.of(4));
}

TEST_CASE("sums and the largest") {
  const Workers workers(3);
  Cells<Counters> cells;
  CHECK(cells.sum(hits) == 0);
  CHECK(cells.largest(last) == 0);
  cells.of(0).hits.add();
  cells.of(2).hits.add(5);
  cells.of(3).hits.add(-2);
  cells.of(1).last.set(70);
  cells.of(2).last.set(50);
  CHECK(cells.sum(hits) == 4);
  CHECK(cells.largest(last) == 70);
}

TEST_CASE("cells of different workers stand on different cache lines") {
  const Workers workers(2);
  Cells<Count> cells;
  const auto* a = reinterpret_cast<const char*>(&cells.of(0));
  const auto* b = reinterpret_cast<const char*>(&cells.of(1));
  CHECK(b - a >= 64);
}

TEST_CASE("each worker counts in its own, and nothing is lost") {
  const Workers workers(4);
  Cells<Counters> cells;
  {
    std::vector<std::jthread> threads;
    for (std::size_t worker = 0; worker < 4; ++worker) {
      threads.emplace_back([&cells, worker] {
        for (int i = 0; i < 50'000; ++i) cells.of(worker).hits.add();
      });
    }
  }
  CHECK(cells.sum(hits) == 200'000);
}

}  // namespace
}  // namespace mooring::observe
