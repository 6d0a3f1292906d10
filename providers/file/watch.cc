#include "providers/file/watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mooring::file {

namespace {

constexpr std::uint32_t kEvents = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                  IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF;
// Nobody writes to so many files at once; what is above is taken for finished.
constexpr std::size_t kMostWriting = 4'096;

}  // namespace

Watch::Watch() : inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)), bell_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

Watch::~Watch() {
  if (inotify_ >= 0) ::close(inotify_);
  if (bell_ >= 0) ::close(bell_);
}

void Watch::set(const std::set<std::string>& paths) {
  if (inotify_ < 0) return;
  for (auto at = watches_.begin(); at != watches_.end();) {
    // A path may lead to another inode by now: a watch on the old one hears nothing of the new one.
    if (paths.contains(at->first) && paths_.contains(at->second)) {
      ++at;
      continue;
    }
    if (paths_.erase(at->second) != 0) ::inotify_rm_watch(inotify_, at->second);
    at = watches_.erase(at);
  }
  for (const std::string& path : paths) {
    const int watch = ::inotify_add_watch(inotify_, path.c_str(), kEvents);
    if (watch < 0) continue;
    const auto [known, fresh] = watches_.try_emplace(path, watch);
    if (!fresh && known->second != watch) {
      if (paths_.erase(known->second) != 0) ::inotify_rm_watch(inotify_, known->second);
      known->second = watch;
    }
    paths_.try_emplace(watch, path);
  }
}

void Watch::wait(std::chrono::milliseconds timeout) {
  std::array<pollfd, 2> polled{
      {{.fd = bell_, .events = POLLIN, .revents = 0}, {.fd = inotify_, .events = POLLIN, .revents = 0}}};
  ::poll(polled.data(), inotify_ < 0 ? 1 : 2, static_cast<int>(timeout.count()));
  std::uint64_t rung = 0;
  while (::read(bell_, &rung, sizeof rung) > 0) {
  }
  if (inotify_ >= 0) read_events();
}

void Watch::ring() {
  const std::uint64_t one = 1;
  // Fails only when it is ringing already.
  while (::write(bell_, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

const Watch::Clock::time_point* Watch::being_written(const std::string& path) const {
  const auto found = writing_.find(path);
  return found == writing_.end() ? nullptr : &found->second;
}

void Watch::read_events() {
  alignas(inotify_event) std::array<char, 16'384> buffer{};
  ssize_t size = 0;
  while ((size = ::read(inotify_, buffer.data(), buffer.size())) > 0) {
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      hear(event.wd, event.mask, event.len == 0 ? "" : buffer.data() + at + sizeof event);
      at += sizeof event + event.len;
    }
  }
}

void Watch::hear(int watch, std::uint32_t mask, const char* name) {
  if ((mask & IN_Q_OVERFLOW) != 0) {
    writing_.clear();  // a close may be among what was lost
    return;
  }
  const auto found = paths_.find(watch);
  if (found == paths_.end()) return;
  const std::string path = *name == '\0' ? found->second : found->second + "/" + name;
  if ((mask & IN_MODIFY) != 0 && writing_.size() < kMostWriting) {
    writing_[path] = Clock::now();
  } else if ((mask & (IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF)) != 0) {
    writing_.erase(path);
  }
  if ((mask & IN_IGNORED) != 0) paths_.erase(found);  // the kernel let it go: set() asks again
}

}  // namespace mooring::file
