// The limits of the data plane, each with its unit and its reason, and what they add up to.
//
// A worker's memory for traffic is at most: its connections (connections_a_worker() in cli/run.cc, by the descriptors
// that there are) × (an idle connection, under 4 KiB) + LoadLimits::buffered + what the exchanges that were let in
// below that may still take, each: a head of at most HeadLimits::head_bytes, twice, + KeptBody::kMaxKept + two read
// buffers of Slabs::kBytes. What a client gets when it meets one: 408, 414, 431, 503, or it is simply not accepted yet.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mooring::server {

// How long a client may keep a connection waiting, in milliseconds. Fixed at start; tests have less patience.
struct TimeLimits {
  // A head must be complete this long after its first byte: a browser sends it in one packet, slowloris does not.
  std::uint64_t head = 10'000;
  // Without readTimeout: so long may a client send nothing of a body, or take nothing of an answer. So long may an
  // upstream take nothing of a body that is there.
  std::uint64_t stall = 60'000;
  // A connection on which nothing was ever sent is kept this long: browsers open some ahead of time.
  std::uint64_t first_request = 60'000;
  // After the last answer, what the client still sends is read this long, so that it can read the answer (RFC 9112
  // section 9.6).
  std::uint64_t linger = 2'000;
  // At the end of the process: a connection that was taken but asked nothing yet may still ask, for this long. Those
  // from the kernel's queue have sent their request before; it only has to be read.
  std::uint64_t last_request = 250;
};

// What a worker may hold for its clients before those who are slow pay for it (load_gate.h). Fixed at start.
struct LoadLimits {
  // Heads of which only a part has come. A browser's head comes in one packet, so these are few unless somebody
  // attacks.
  std::size_t heads = 1'024;
  // Bytes in read buffers, heads and kept bodies; the program takes a quarter of the memory there is, for all workers
  // together, and at most this.
  std::size_t buffered = std::size_t{256} * 1024 * 1024;
  // While it is too much, a client that has kept its exchange waiting for this long is cut off, in milliseconds: 64 KiB
  // in this time is 32 KiB a second.
  std::uint64_t patience = 2'000;
};

// What is left of a request's body after the answer is read up to here, so that the connection can go on.
inline constexpr std::size_t kMaxDiscard = std::size_t{256} * 1024;
// Descriptors that are left for everything but connections: listeners, the log, the engine, the control socket.
inline constexpr std::size_t kReservedDescriptors = 64;

}  // namespace mooring::server
