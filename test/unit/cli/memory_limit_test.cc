#include "proxy/cli/memory_limit.h"

#include <catch2/catch_test_macros.hpp>

namespace mooring::cli {

TEST_CASE("there is some memory") {
  CHECK(usable_memory() >= std::size_t{16} * 1024 * 1024);
}

TEST_CASE("workers share a quarter of the memory, within bounds") {
  constexpr std::size_t kMiB = std::size_t{1024} * 1024;
  struct Row {
    std::size_t memory;
    std::size_t workers;
    std::size_t each;
  };
  for (const Row& row : {Row{.memory = 512 * kMiB, .workers = 2, .each = 64 * kMiB},
                         Row{.memory = 512 * kMiB, .workers = 1, .each = 128 * kMiB},
                         Row{.memory = 64 * kMiB, .workers = 4, .each = 16 * kMiB},
                         Row{.memory = 65'536 * kMiB, .workers = 2, .each = 256 * kMiB}}) {
    CAPTURE(row.memory / kMiB, row.workers);
    CHECK(buffered_a_worker(row.memory, row.workers) == row.each);
  }
}

}  // namespace mooring::cli
