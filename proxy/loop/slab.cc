#include "proxy/loop/slab.h"

#include <cstdlib>
#include <new>

namespace mooring::loop {

Slabs::~Slabs() {
  for (char* slab : free_) std::free(slab);
}

char* Slabs::take() {
  ++lent_;
  if (!free_.empty()) {
    char* slab = free_.back();
    free_.pop_back();
    return slab;
  }
  auto* slab = static_cast<char*>(std::malloc(kBytes));
  if (slab == nullptr) throw std::bad_alloc();
  return slab;
}

void Slabs::give(char* slab) {
  --lent_;
  if (free_.size() >= kKept) {
    std::free(slab);
    return;
  }
  free_.push_back(slab);
}

}  // namespace mooring::loop
