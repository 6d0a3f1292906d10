// connect(): opens a connection to an address, within a time.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>

#include "proxy/loop/socket_stream.h"
#include "proxy/loop/task.h"

namespace mooring::loop {

// A handle on a connect in progress, so that it can be given up: cancel() resumes it with Io::canceled.
class ConnectAttempt {
 public:
  ConnectAttempt() = default;
  ConnectAttempt(const ConnectAttempt&) = delete;
  ConnectAttempt& operator=(const ConnectAttempt&) = delete;
  void cancel();

 private:
  friend struct ConnectAwaiter;
  SocketStream* stream_ = nullptr;
};

using Connected = std::expected<std::unique_ptr<SocketStream>, Io>;

// `timeout_ms` 0: the kernel's own. Io::timeout when it passed. `attempt` may be null; it must outlive the task.
Task<Connected> connect(EventLoop& loop, SocketAddress address, std::uint64_t timeout_ms, ConnectAttempt* attempt);

}  // namespace mooring::loop
