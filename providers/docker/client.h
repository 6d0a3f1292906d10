// Speaks HTTP to the engine: short GETs side by side, and one event stream, over libcurl's multi interface.
//
// Owned by the provider and used on its thread only, but for wake(). Everything is bounded: each GET has a deadline and
// a largest size; the event stream has neither end nor deadline (a quiet engine is silent), only a largest line. Over a
// unix socket each transfer opens the path anew, so that an engine that came back behind a new inode is found.
// It decodes nothing and tries nothing again: that is the provider's. Source: libcurl multi, Docker Engine API.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "providers/docker/endpoint.h"
#include "proxy/config/options.h"

namespace mooring::docker {

// A listing of 10,000 containers with long labels is about 40 MiB; more is not a Docker host.
inline constexpr std::size_t kMaxListBytes = 64UL << 20U;
// An inspect is 5 to 20 KiB; the health log (5 × 4 KiB) and labels can make it ten times that.
inline constexpr std::size_t kMaxInspectBytes = 4UL << 20U;
// /version, /_ping and error replies are under 2 KiB.
inline constexpr std::size_t kMaxSmallBytes = 256UL << 10U;
// An event carries the container's labels, and they are bounded where they are decoded.
inline constexpr std::size_t kMaxEventBytes = 1UL << 20U;

struct Limits {
  std::chrono::milliseconds deadline;
  std::size_t bytes;
};

struct Reply {
  int status = 0;     // 0: no answer came
  std::string error;  // for people; empty exactly when status is 200 and the body is whole
  std::string body;
  std::string api_version;  // the header Api-Version
  std::int64_t date = 0;    // the header Date, seconds since the epoch; 0: none
};

struct StreamEvents {
  std::function<void()> opened;                                     // the 200 has come
  std::function<void(std::string_view line)> line;                  // one event, without its line end
  std::function<void()> too_long;                                   // a line over kMaxEventBytes was dropped
  std::function<void(int status, const std::string& error)> ended;  // in any way; nothing follows. Status 0: no answer
};

class Client {
 public:
  using Done = std::function<void(Reply)>;

  Client(const EngineEndpoint& endpoint, const config::DockerOptions& options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Starts GET `path`. `done` is called once, from poll(), unless abort() comes first.
  void get(const std::string& path, Limits limits, Done done);
  // GETs in progress.
  std::size_t running() const;

  // Follows the event stream at `path`; one at a time.
  void follow(const std::string& path, StreamEvents events);

  // Ends everything in progress; no callback follows.
  void abort();

  // Waits up to `timeout` for something to happen, then calls what is due: lines of events first, then replies.
  void poll(std::chrono::milliseconds timeout);

  // Makes poll() return at once. Any thread.
  void wake();

 private:
  struct Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace mooring::docker
