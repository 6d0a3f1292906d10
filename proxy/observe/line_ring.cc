#include "proxy/observe/line_ring.h"

#include <algorithm>
#include <cstring>

namespace mooring::observe {

LineRing::LineRing(std::size_t bytes) : size_(bytes), bytes_(std::make_unique_for_overwrite<char[]>(bytes)) {}

bool LineRing::push(std::string_view first, std::string_view second) {
  std::size_t at = head_.load(std::memory_order_relaxed);
  const std::size_t free = size_ - (at - tail_.load(std::memory_order_acquire));
  if (sizeof(Lengths) + first.size() + second.size() > free) return false;
  const Lengths lengths{.first = static_cast<std::uint32_t>(first.size()),
                        .second = static_cast<std::uint32_t>(second.size())};
  copy_in(at, reinterpret_cast<const char*>(&lengths), sizeof lengths);
  copy_in(at, first.data(), first.size());
  copy_in(at, second.data(), second.size());
  head_.store(at, std::memory_order_release);
  return true;
}

std::size_t LineRing::pop(std::string& first, std::string& second) {
  std::size_t at = tail_.load(std::memory_order_relaxed);
  if (at == head_.load(std::memory_order_acquire)) return 0;
  Lengths lengths{};
  copy_out(at, reinterpret_cast<char*>(&lengths), sizeof lengths);
  const std::size_t first_end = first.size();
  first.resize(first_end + lengths.first);
  copy_out(at, first.data() + first_end, lengths.first);
  const std::size_t second_end = second.size();
  second.resize(second_end + lengths.second);
  copy_out(at, second.data() + second_end, lengths.second);
  tail_.store(at, std::memory_order_release);
  return sizeof(Lengths) + lengths.first + lengths.second;
}

std::size_t LineRing::used() const {
  // The tail first: read after it, the head cannot be behind.
  const std::size_t tail = tail_.load(std::memory_order_acquire);
  return head_.load(std::memory_order_acquire) - tail;
}

void LineRing::copy_in(std::size_t& at, const char* bytes, std::size_t count) {
  if (count == 0) return;
  const std::size_t place = at & (size_ - 1);
  const std::size_t whole = std::min(count, size_ - place);
  std::memcpy(bytes_.get() + place, bytes, whole);
  std::memcpy(bytes_.get(), bytes + whole, count - whole);
  at += count;
}

void LineRing::copy_out(std::size_t& at, char* bytes, std::size_t count) const {
  if (count == 0) return;
  const std::size_t place = at & (size_ - 1);
  const std::size_t whole = std::min(count, size_ - place);
  std::memcpy(bytes, bytes_.get() + place, whole);
  std::memcpy(bytes + whole, bytes_.get(), count - whole);
  at += count;
}

}  // namespace mooring::observe
