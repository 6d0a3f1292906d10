// One request over a unix socket, bounded in time and size: what the commands ask a running Mooring with.
//
// Blocks its caller; used by the commands only, never by the proxy. The one place beside the Docker client that knows
// libcurl. It follows no redirect, knows no proxy and no TLS. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <string>

namespace mooring::cli {

struct HttpAnswer {
  int status = 0;
  std::string body;
};

struct HttpFailure {
  bool unreachable = false;  // nobody was there to ask
  std::string text;          // why, for people
};

struct HttpBounds {
  std::chrono::milliseconds time{5'000};
  std::size_t bytes = std::size_t{64} << 20U;
};

// `path` begins with '/'; no method sends a body.
std::expected<HttpAnswer, HttpFailure> http_ask(const std::string& method, const std::string& socket,
                                                const std::string& path, const HttpBounds& bounds);
inline std::expected<HttpAnswer, HttpFailure> http_get(const std::string& socket, const std::string& path,
                                                       const HttpBounds& bounds) {
  return http_ask("GET", socket, path, bounds);
}

// The library's version at run time.
std::string http_client_version();

}  // namespace mooring::cli
