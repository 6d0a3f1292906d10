// LineRing: lines on their way from the one thread that makes them to the one that writes them. Neither waits.
//
// A line comes in two halves, because its number (Traefik's RequestCount) stands in the middle and is known by the
// writer only. Bounded: a line that does not fit is refused as a whole. One producer, one consumer; used() may be asked
// by both.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mooring::observe {

class LineRing {
 public:
  // `bytes` must be a power of two. Memory is touched as it is used.
  explicit LineRing(std::size_t bytes);

  // False: there is no room.
  bool push(std::string_view first, std::string_view second);
  // Appends the oldest line's halves. Returns how many bytes of the ring that gave back; 0: there is no line.
  std::size_t pop(std::string& first, std::string& second);

  std::size_t used() const;
  std::size_t capacity() const { return size_; }

 private:
  struct Lengths {
    std::uint32_t first;
    std::uint32_t second;
  };
  void copy_in(std::size_t& at, const char* bytes, std::size_t count);
  void copy_out(std::size_t& at, char* bytes, std::size_t count) const;

  const std::size_t size_;
  const std::unique_ptr<char[]> bytes_;
  // Positions only grow; modulo size_ they are places. Each on a line of its own: two threads write them.
  alignas(64) std::atomic<std::size_t> head_{0};  // the producer's
  alignas(64) std::atomic<std::size_t> tail_{0};  // the consumer's
};

}  // namespace mooring::observe
