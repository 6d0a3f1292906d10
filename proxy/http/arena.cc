#include "proxy/http/arena.h"

#include <cstdlib>
#include <new>

#include "proxy/http/held_bytes.h"

namespace mooring::http {
namespace {

constexpr std::size_t kHeader = 16;  // sizeof(Block), rounded so that data stays aligned to 16
constexpr std::size_t kKept = 256;   // blocks a thread keeps: 1 MiB

// Standard blocks that wait for their next exchange. Freed with the thread, so that leak checkers stay quiet.
struct FreeBlocks {
  void* first = nullptr;
  std::size_t count = 0;

  ~FreeBlocks() {
    while (first != nullptr) {
      void* next = *static_cast<void**>(first);
      std::free(first);
      first = next;
    }
  }
};

thread_local FreeBlocks free_blocks;

void* take_block(std::size_t total) {
  if (total == Arena::kBlockBytes && free_blocks.first != nullptr) {
    void* block = free_blocks.first;
    free_blocks.first = *static_cast<void**>(block);
    --free_blocks.count;
    return block;
  }
  void* block = std::malloc(total);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void give_block(void* block, std::size_t total) {
  if (total != Arena::kBlockBytes || free_blocks.count >= kKept) {
    std::free(block);
    return;
  }
  *static_cast<void**>(block) = free_blocks.first;
  free_blocks.first = block;
  ++free_blocks.count;
}

}  // namespace

void* Arena::allocate_block(std::size_t bytes) {
  static_assert(sizeof(Block) <= kHeader);
  const std::size_t standard = kBlockBytes - kHeader;
  // A piece that fits no standard block gets one of its own, twice its size, so that append() is linear in sum.
  const std::size_t payload = bytes <= standard ? standard : bytes * 2;
  auto* block = static_cast<Block*>(take_block(payload + kHeader));
  block->next = block_;
  block->capacity = payload;
  block_ = block;
  data_ = reinterpret_cast<char*>(block) + kHeader;
  capacity_ = payload;
  used_ = bytes;
  held_ += payload + kHeader;
  held_bytes += payload + kHeader;
  return data_;
}

std::string_view Arena::concat(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const auto part : parts) size += part.size();
  if (size == 0) return {};
  auto* const start = static_cast<char*>(allocate(size));
  char* to = start;
  for (const auto part : parts) {
    if (part.empty()) continue;
    std::memcpy(to, part.data(), part.size());
    to += part.size();
  }
  return {start, size};
}

std::string_view Arena::append(std::string_view head, std::string_view tail) {
  if (tail.empty()) return head;
  const bool last = block_ != nullptr && !head.empty() && head.data() + head.size() == data_ + used_;
  if (last && used_ + tail.size() <= capacity_) {
    std::memcpy(data_ + used_, tail.data(), tail.size());
    used_ += tail.size();
    return {head.data(), head.size() + tail.size()};
  }
  return concat({head, tail});
}

void Arena::clear() {
  while (block_ != nullptr) {
    Block* next = block_->next;
    give_block(block_, block_->capacity + kHeader);
    block_ = next;
  }
  data_ = nullptr;
  held_bytes -= held_;
  used_ = capacity_ = held_ = 0;
}

}  // namespace mooring::http
