// providers.docker.endpoint, read: where the engine listens. Pure function, any thread.
#pragma once

#include <expected>
#include <string>

#include "proxy/config/options.h"

namespace mooring::docker {

struct EngineEndpoint {
  std::string socket_path;  // of a unix socket, or empty
  std::string base_url;     // "http://docker" for a unix socket, else scheme://host:port
};

// Understands unix://, tcp:// (with TLS where options.tls is set), http:// and https://. The error is one sentence.
std::expected<EngineEndpoint, std::string> read_endpoint(const config::DockerOptions& options);

}  // namespace mooring::docker
