#include "proxy/cli/memory_limit.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>

namespace mooring::cli {
namespace {

constexpr std::size_t kMiB = std::size_t{1024} * 1024;

// 0: the file is not there, or there is no limit ("max").
std::size_t limit_in(const char* path) {
  std::ifstream file(path);
  std::string text;
  std::size_t bytes = 0;
  if (!(file >> text)) return 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), bytes);
  return read.ec == std::errc{} ? bytes : 0;
}

}  // namespace

std::size_t usable_memory() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page = ::sysconf(_SC_PAGESIZE);
  std::size_t memory =
      pages > 0 && page > 0 ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(page) : 512 * kMiB;
  // cgroup v2, then v1 (which says "no limit" by a number beyond all memory).
  for (const char* path : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    const std::size_t limit = limit_in(path);
    if (limit != 0) memory = std::min(memory, limit);
  }
  return memory;
}

std::size_t buffered_a_worker(std::size_t memory, std::size_t workers) {
  return std::clamp(memory / 4 / std::max<std::size_t>(workers, 1), 16 * kMiB, 256 * kMiB);
}

}  // namespace mooring::cli
