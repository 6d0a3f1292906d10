// The bytes of one exchange: a bump allocator that is emptied at once when the exchange ends.
//
// Heads are parsed into it and header fields are views into it, so nothing on a request's path owns a string. Blocks
// come from a per-thread free list: no malloc in the steady state. Owned by an Exchange (or a test), used on the thread
// of that exchange only. It does not run destructors: only trivially destructible things live in it.
#pragma once

#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <string_view>

namespace mooring::http {

class Arena {
 public:
  static constexpr std::size_t kBlockBytes = 4096;  // one head and its edits fit in one block nearly always

  Arena() = default;
  ~Arena() { clear(); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // Uninitialized memory, aligned to `alignment` (a power of two, at most 16). Never null.
  void* allocate(std::size_t bytes, std::size_t alignment = 1) {
    const std::size_t at = (used_ + alignment - 1) & ~(alignment - 1);
    if (block_ == nullptr || at + bytes > capacity_) return allocate_block(bytes);
    used_ = at + bytes;
    return data_ + at;
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    auto* to = static_cast<char*>(allocate(text.size()));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  // The parts, one after the other, as one piece.
  std::string_view concat(std::initializer_list<std::string_view> parts);

  // `head` followed by `tail`; extends `head` in place when it was the last thing allocated.
  std::string_view append(std::string_view head, std::string_view tail);

  // Gives every block back. All views into it end here.
  void clear();

  // Bytes held, for limits and tests.
  std::size_t bytes() const { return held_; }

 private:
  struct Block {
    Block* next;
    std::size_t capacity;
  };
  void* allocate_block(std::size_t bytes);

  Block* block_ = nullptr;
  char* data_ = nullptr;
  std::size_t used_ = 0;
  std::size_t capacity_ = 0;
  std::size_t held_ = 0;
};

}  // namespace mooring::http
