// LogFile: where a log goes: standard output, or a file that log rotation may move away.
//
// Opened while the process still may; reopen() puts a new file under the same descriptor number, so that whoever writes
// there goes on writing and knows nothing of it. Owned by main, which calls reopen() on SIGUSR1; the writer's thread
// has the number only. Sources: dup3(2); Traefik's SIGUSR1.
#pragma once

#include <expected>
#include <optional>
#include <string>

namespace mooring::observe {

class LogFile {
 public:
  // Appends; makes the file, not its directory. An empty path is standard output. The error is for people.
  static std::expected<LogFile, std::string> open(const std::string& path);

  LogFile(LogFile&& other) noexcept;
  LogFile& operator=(LogFile&& other) noexcept;
  ~LogFile();

  int descriptor() const { return descriptor_; }
  // What went wrong, if anything did: then the old file is still written to. Standard output stays what it is.
  std::optional<std::string> reopen() const;

 private:
  LogFile(int descriptor, std::string path);

  int descriptor_;
  std::string path_;  // empty: standard output, which is not ours to close
};

}  // namespace mooring::observe
