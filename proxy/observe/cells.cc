#include "proxy/observe/cells.h"

namespace mooring::observe {
namespace {

// Written once before the first thread starts.
std::size_t cells = 2;

}  // namespace

std::size_t cell_count() {
  return cells;
}

void set_worker_count(std::size_t workers) {
  cells = workers + 1;
}

}  // namespace mooring::observe
