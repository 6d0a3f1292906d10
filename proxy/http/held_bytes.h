// How many bytes the exchanges of this thread hold in arenas and kept bodies: what a worker's limit is held against.
//
// A plain number a thread, changed where a block is taken or given back. Read buffers are counted by loop::Slabs.
#pragma once

#include <cstddef>

namespace mooring::http {

inline thread_local std::size_t held_bytes = 0;

}  // namespace mooring::http
