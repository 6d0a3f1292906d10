// offload(): runs what blocks (name look-ups, files, password hashes) on a small thread pool and resumes here.
//
// The work must not touch anything of the loop's thread. The pool is libuv's (four threads unless UV_THREADPOOL_SIZE
// says otherwise), made at its first use.
#pragma once

#include <coroutine>
#include <functional>

#include "proxy/loop/event_loop.h"
#include "proxy/loop/task.h"

namespace mooring::loop {

// Returns when `work` has run. It cannot be cancelled: give it a bound of its own.
Task<void> offload(EventLoop& loop, std::move_only_function<void()> work);

}  // namespace mooring::loop
