// Slabs: the read buffers of one loop, lent to a stream only while it holds unread bytes.
//
// An idle connection owns no buffer; that is what keeps ten thousand of them cheap. One loop, one thread.
#pragma once

#include <cstddef>
#include <vector>

namespace mooring::loop {

class Slabs {
 public:
  // One read(2) of a bulk transfer. Larger saves few calls more and costs each stalled connection memory.
  static constexpr std::size_t kBytes = std::size_t{64} * 1024;
  static constexpr std::size_t kKept = 64;  // free slabs a loop keeps: 4 MiB

  Slabs() = default;
  ~Slabs();
  Slabs(const Slabs&) = delete;
  Slabs& operator=(const Slabs&) = delete;

  char* take();
  void give(char* slab);
  std::size_t lent() const { return lent_; }

 private:
  std::vector<char*> free_;
  std::size_t lent_ = 0;
};

}  // namespace mooring::loop
