#include "proxy/observe/descriptor_writer.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstddef>

namespace mooring::observe {
namespace {

constexpr int kLookMs = 50;  // how soon a hurry() is noticed

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

bool may_block(int descriptor) {
  struct stat status{};
  return fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode);
}

}  // namespace

DescriptorWriter::DescriptorWriter(int descriptor) : descriptor_(descriptor), blocks_(may_block(descriptor)) {}

bool DescriptorWriter::write(std::string_view text) {
  while (!text.empty()) {
    if (blocks_ && !wait_for_room()) return false;
    // Where poll() sees room in a pipe there is room for PIPE_BUF bytes (pipe(7)).
    const std::size_t piece = blocks_ ? std::min<std::size_t>(text.size(), PIPE_BUF) : text.size();
    const ssize_t written = ::write(descriptor_, text.data(), piece);
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno != EINTR && errno != EAGAIN) {
      return false;
    }
  }
  return true;
}

void DescriptorWriter::hurry() {
  give_up_at_ms_.store(steady_ms() + kLastPatience.count(), std::memory_order_relaxed);
}

bool DescriptorWriter::wait_for_room() const {
  while (true) {
    pollfd look{.fd = descriptor_, .events = POLLOUT, .revents = 0};
    const int ready = poll(&look, 1, kLookMs);
    if (ready > 0) return true;  // or broken, which write() will say
    if (ready < 0 && errno != EINTR) return true;
    if (steady_ms() >= give_up_at_ms_.load(std::memory_order_relaxed)) return false;
  }
}

void block_signals_in_this_thread() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace mooring::observe
