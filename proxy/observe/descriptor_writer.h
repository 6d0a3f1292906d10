// DescriptorWriter: writes log text to a file descriptor, and never hangs the process's end on a reader that has
// stopped.
//
// A descriptor such as standard output is shared with other processes, so it is not made non-blocking. Instead each
// write is so small that it cannot block once poll() has said there is room. Used by the one thread that writes;
// hurry() may be called by any other. Does not own the descriptor.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string_view>

namespace mooring::observe {

class DescriptorWriter {
 public:
  // How long the end of the process waits for a reader that has stopped reading.
  static constexpr std::chrono::milliseconds kLastPatience{1000};

  explicit DescriptorWriter(int descriptor);

  // Waits for room as long as it takes. False: some of it is lost (the reader has gone, or hurry() and no room).
  bool write(std::string_view text);

  // The process ends: from here on all writes together wait for kLastPatience at most.
  void hurry();

 private:
  // False: no room, and no patience left.
  bool wait_for_room() const;

  const int descriptor_;
  const bool blocks_;  // a pipe, a terminal or a socket; a plain file takes all at once
  std::atomic<std::int64_t> give_up_at_ms_{std::numeric_limits<std::int64_t>::max()};
};

// Signals are for the threads that wait for them, and a reader that has gone is an error of write(), not the end.
void block_signals_in_this_thread();

}  // namespace mooring::observe
