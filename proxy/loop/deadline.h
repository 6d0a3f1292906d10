// Deadlines: "this must have happened by then", cheap enough to be moved with every byte.
//
// A wheel of intrusive lists, turned by one timer a loop. Moving a deadline later stores a number and nothing else:
// when its slot comes by, it is put where it now belongs. It fires up to one tick late, never early. For exact short
// waits there is Timer (timer.h). One loop, one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

struct uv_timer_s;

namespace mooring::loop {

class EventLoop;
class Deadlines;

class Deadline {
 public:
  using Callback = void (*)(void* context);

  Deadline(Deadlines& wheel, Callback callback, void* context)
      : wheel_(wheel), callback_(callback), context_(context) {}
  ~Deadline() { unlink(); }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  // Fires once, `ms` from now; replaces what was set.
  void set(std::uint64_t ms);
  void clear() { expiry_ = kNever; }
  bool is_set() const { return expiry_ != kNever; }

 private:
  friend class Deadlines;
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};
  void unlink();

  Deadlines& wheel_;
  Callback callback_;
  void* context_;
  std::uint64_t expiry_ = kNever;
  std::uint64_t slot_tick_ = 0;  // the tick of the slot it stands in
  Deadline* next_ = nullptr;
  Deadline** link_ = nullptr;  // what points here; null: in no slot
};

class Deadlines {
 public:
  static constexpr std::uint64_t kTickMs = 50;
  static constexpr std::size_t kSlots = 1024;  // 51 s; what is later goes around again

  explicit Deadlines(EventLoop& loop);
  ~Deadlines();
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  std::size_t size() const { return linked_; }

 private:
  friend class Deadline;
  void place(Deadline& deadline);
  void turn();
  void visit(std::uint64_t tick);
  void start_timer();

  EventLoop& loop_;
  uv_timer_s* timer_;
  std::array<Deadline*, kSlots> slots_{};
  std::uint64_t tick_ = 0;  // the last tick that was visited
  std::size_t linked_ = 0;
  bool running_ = false;
};

}  // namespace mooring::loop
