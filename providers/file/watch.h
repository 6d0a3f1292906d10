// Watch: inotify on directories and files, a doorbell for other threads, and who is being written right now.
//
// Events are doorbells: whoever is woken looks for himself (listing.h). Only one thing is taken from them: a file that
// was written to and is still open is not finished. Without inotify (no descriptor, no watches left, a network file
// system) nothing is heard, and the caller's slow poll finds what changed. One thread but for ring().
// Source: inotify(7).
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>

namespace mooring::file {

class Watch {
 public:
  using Clock = std::chrono::steady_clock;

  Watch();
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // What is watched from now on; what was watched before and is not named any more is let go.
  void set(const std::set<std::string>& paths);
  // Waits for an event or the doorbell.
  void wait(std::chrono::milliseconds timeout);
  // Any thread: ends the wait, or the next one.
  void ring();
  // When a file that is still open was last written to; nothing is heard of those that were closed.
  const Clock::time_point* being_written(const std::string& path) const;

 private:
  void read_events();
  void hear(int watch, std::uint32_t mask, const char* name);

  int inotify_;
  int bell_;
  std::map<std::string, int> watches_;
  std::map<int, std::string> paths_;
  std::map<std::string, Clock::time_point> writing_;
};

}  // namespace mooring::file
