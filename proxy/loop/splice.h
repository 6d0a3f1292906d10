// Splice: bytes from one socket to another inside the kernel, through a pipe, without a copy in this process.
//
// One a loop: the pipe is empty between two calls, so that all streams of the loop can use it. What the second socket
// does not take at once has left the first one, and is read out of the pipe by the caller. One loop, one thread.
// Source: splice(2), pipe(7).
#pragma once

#include <array>
#include <cstddef>

#include "proxy/loop/io.h"

namespace mooring::loop {

class Splice {
 public:
  Splice() = default;
  ~Splice();
  Splice(const Splice&) = delete;
  Splice& operator=(const Splice&) = delete;

  // Makes the pipe, the first time. False: there are no descriptors for it, or it still holds something.
  bool ready();

  struct Moved {
    std::size_t taken = 0;  // from the first socket; 0: nothing is there, or it has ended: a read says which
    std::size_t sent = 0;   // of that, to the second one
    Io broken = Io::ok;     // how the first socket failed: it says so once, and a read would see an end
  };
  Moved move(int from, int to, std::size_t most);
  // What was taken and not sent, `bytes` of it, into `room`.
  std::size_t take_rest(char* room, std::size_t bytes);

 private:
  std::array<int, 2> pipe_{-1, -1};
  std::size_t inside_ = 0;
};

}  // namespace mooring::loop
