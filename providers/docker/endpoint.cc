#include "providers/docker/endpoint.h"

#include <sys/un.h>

#include <string_view>

namespace mooring::docker {

std::expected<EngineEndpoint, std::string> read_endpoint(const config::DockerOptions& options) {
  std::string_view rest = options.endpoint;
  const std::size_t at = rest.find("://");
  const std::string_view scheme = at == std::string_view::npos ? std::string_view() : rest.substr(0, at);
  rest.remove_prefix(scheme.empty() ? 0 : at + 3);
  while (scheme != "unix" && rest.ends_with('/')) {
    rest.remove_suffix(1);
  }
  if (scheme == "unix") {
    if (rest.empty() || !rest.starts_with('/')) {
      return std::unexpected("\"" + options.endpoint + "\" names no socket: write unix:///var/run/docker.sock");
    }
    if (rest.size() >= sizeof(sockaddr_un::sun_path)) {
      return std::unexpected("the path of the socket is longer than the system allows (107 bytes)");
    }
    return EngineEndpoint{std::string(rest), "http://docker"};
  }
  const bool named = !rest.empty() && rest.find_first_of(" \t\r\n@/?#") == std::string_view::npos;
  if (named && (scheme == "tcp" || scheme == "http" || scheme == "https")) {
    const bool tls = scheme == "https" || (scheme == "tcp" && options.tls);
    std::string host(rest);
    // Docker's own ports, where none is written.
    const bool has_port = rest.find(':') != std::string_view::npos && (!rest.starts_with('[') || !rest.ends_with(']'));
    if (scheme == "tcp" && !has_port) {
      host += tls ? ":2376" : ":2375";
    }
    return EngineEndpoint{{}, (tls ? "https://" : "http://") + host};
  }
  return std::unexpected("\"" + options.endpoint +
                         "\" is no endpoint: write unix:///path, tcp://host:port or https://host:port");
}

}  // namespace mooring::docker
