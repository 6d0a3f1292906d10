// LogPipe: a pipe to log into, and its reading end. Nothing waits but reads, which end with the pipe.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace mooring::test {

class LogPipe {
 public:
  LogPipe() { REQUIRE(pipe2(ends_, O_CLOEXEC) == 0); }
  ~LogPipe() {
    close_writing();
    close_reading();
  }
  LogPipe(const LogPipe&) = delete;
  LogPipe& operator=(const LogPipe&) = delete;

  int writing() const { return ends_[1]; }
  void close_writing() { close_end(ends_[1]); }
  void close_reading() { close_end(ends_[0]); }

  // Fills the pipe, so that whoever writes next has to wait. Returns how many bytes are in it.
  std::size_t fill() {
    const int flags = fcntl(ends_[1], F_GETFL);
    fcntl(ends_[1], F_SETFL, flags | O_NONBLOCK);
    std::size_t total = 0;
    const std::string page(4096, '#');
    for (ssize_t n = 0; (n = write(ends_[1], page.data(), page.size())) > 0;) total += static_cast<std::size_t>(n);
    fcntl(ends_[1], F_SETFL, flags);
    return total;
  }

  std::string read_bytes(std::size_t count) {
    std::string text(count, '\0');
    std::size_t have = 0;
    while (have < count) {
      const ssize_t n = read(ends_[0], text.data() + have, count - have);
      if (n <= 0) break;
      have += static_cast<std::size_t>(n);
    }
    text.resize(have);
    return text;
  }
  std::string read_line() {
    std::string line;
    char c = 0;
    while (read(ends_[0], &c, 1) == 1) {
      line += c;
      if (c == '\n') break;
    }
    return line;
  }
  // All that comes until the writing end is closed, which it does first.
  std::string read_rest() {
    close_writing();
    std::string text;
    for (std::string piece = read_bytes(65536); !piece.empty(); piece = read_bytes(65536)) text += piece;
    return text;
  }

 private:
  static void close_end(int& end) {
    if (end >= 0) close(end);
    end = -1;
  }
  int ends_[2] = {-1, -1};
};

}  // namespace mooring::test
