// What a command prints, for tests of commands: standard output goes to a file while this lives. One at a time.
#pragma once

#include <stdio.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace mooring::cli {

class Printed {
 public:
  Printed() : file_(::tmpfile()), before_(::dup(STDOUT_FILENO)) {
    REQUIRE(file_ != nullptr);
    ::fflush(stdout);
    ::dup2(::fileno(file_), STDOUT_FILENO);
  }
  ~Printed() {
    back();
    ::fclose(file_);
  }
  Printed(const Printed&) = delete;
  Printed& operator=(const Printed&) = delete;

  // All of it; from then on output goes where it went before.
  std::string text() {
    back();
    std::string text;
    ::rewind(file_);
    for (int c = ::fgetc(file_); c != EOF; c = ::fgetc(file_)) text += static_cast<char>(c);
    return text;
  }

 private:
  void back() {
    if (before_ < 0) return;
    ::fflush(stdout);
    ::dup2(before_, STDOUT_FILENO);
    ::close(before_);
    before_ = -1;
  }

  FILE* file_;
  int before_;
};

}  // namespace mooring::cli
