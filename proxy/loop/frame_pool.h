// Memory for coroutine frames: per-thread free lists by size, so that a request costs no malloc in the steady state.
//
// A frame is given back on the thread that runs its loop, which is the thread that took it: every coroutine stays on
// one loop. Sanitizer builds go to malloc, so that a use after free is seen.
#pragma once

#include <cstddef>

namespace mooring::loop {

void* take_frame(std::size_t bytes);
void give_frame(void* frame, std::size_t bytes) noexcept;

}  // namespace mooring::loop
