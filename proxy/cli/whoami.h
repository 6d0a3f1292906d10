// `mooring whoami`: a small server that says who it is and what it was asked; what the examples put behind the proxy.
//
// WhoamiServer is the server on a loop, for the command and for tests; run_whoami() is the command: it serves until
// SIGTERM or SIGINT and returns the exit code. One loop, one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "proxy/loop/event_loop.h"
#include "proxy/loop/socket_address.h"

namespace mooring::cli {

struct WhoamiOptions {
  std::string address{};  // empty: all
  std::uint16_t port = 80;
  std::string name{};
  bool verbose = false;                      // a line for each request on standard output
  std::chrono::milliseconds start_delay{0};  // listens only after it
  std::chrono::milliseconds stop_delay{0};   // lives so long after SIGTERM, its listener closed

  bool operator==(const WhoamiOptions&) const = default;
};

class WhoamiServer {
 public:
  // Requests that run when it is stopped have so long to end.
  static constexpr std::chrono::milliseconds kGrace{5'000};

  // Binds; `loop` must run for the rest. What is wrong, for people, when it cannot.
  static std::expected<std::unique_ptr<WhoamiServer>, std::string> make(loop::EventLoop& loop,
                                                                        const WhoamiOptions& options);
  ~WhoamiServer();
  WhoamiServer(const WhoamiServer&) = delete;
  WhoamiServer& operator=(const WhoamiServer&) = delete;

  // Where it listens, with the real port.
  const loop::SocketAddress& address() const;
  // The first time: takes no new connection, lets requests end, then ends. The second time: ends now. It has ended when
  // the loop has nothing more to do.
  void stop();
  bool ended() const;
  // Why it ended by itself; empty when it did not.
  const std::string& problem() const;

 private:
  struct Running;
  explicit WhoamiServer(std::unique_ptr<Running> running);

  std::unique_ptr<Running> running_;
};

int run_whoami(const WhoamiOptions& options);

}  // namespace mooring::cli
