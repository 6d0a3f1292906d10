#include "proxy/loop/frame_pool.h"

#include <array>
#include <cstdlib>
#include <new>

namespace mooring::loop {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kPooled = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kPooled = false;
#else
constexpr bool kPooled = true;
#endif
#else
constexpr bool kPooled = true;
#endif

constexpr std::size_t kStep = 64;          // frames are rounded up to it
constexpr std::size_t kLargest = 4096;     // larger frames are rare: straight to malloc
constexpr std::size_t kKeptAClass = 1024;  // frames a class keeps for the next request

struct FreeFrame {
  FreeFrame* next;
};

struct Class {
  FreeFrame* first = nullptr;
  std::size_t count = 0;
};

struct Pool {
  std::array<Class, kLargest / kStep> classes;

  ~Pool() {
    for (Class& size : classes) {
      while (size.first != nullptr) {
        FreeFrame* next = size.first->next;
        std::free(size.first);
        size.first = next;
      }
    }
  }
};

thread_local Pool pool;

std::size_t class_of(std::size_t bytes) {
  return (bytes - 1) / kStep;
}

}  // namespace

void* take_frame(std::size_t bytes) {
  if (kPooled && bytes <= kLargest) {
    Class& size = pool.classes[class_of(bytes)];
    if (size.first != nullptr) {
      FreeFrame* frame = size.first;
      size.first = frame->next;
      --size.count;
      return frame;
    }
    bytes = (class_of(bytes) + 1) * kStep;
  }
  void* frame = std::malloc(bytes);
  if (frame == nullptr) throw std::bad_alloc();
  return frame;
}

void give_frame(void* frame, std::size_t bytes) noexcept {
  if (kPooled && bytes <= kLargest) {
    Class& size = pool.classes[class_of(bytes)];
    if (size.count < kKeptAClass) {
      auto* free_frame = static_cast<FreeFrame*>(frame);
      free_frame->next = size.first;
      size.first = free_frame;
      ++size.count;
      return;
    }
  }
  std::free(frame);
}

}  // namespace mooring::loop
