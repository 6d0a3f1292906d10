// How much memory the process may use: the machine's, or less where its cgroup says so. Read once, at the start.
#pragma once

#include <cstddef>

namespace mooring::cli {

// In bytes, never 0.
std::size_t usable_memory();

// What the requests of one of `workers` may hold, in bytes: a quarter of the memory for all workers together, at most
// 256 MiB and at least 16 MiB for each.
std::size_t buffered_a_worker(std::size_t memory, std::size_t workers);

}  // namespace mooring::cli
