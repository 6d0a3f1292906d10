// Server: one entry of a balancer: an endpoint, where it is reached, and its weight. Immutable, part of a snapshot.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "proxy/config/dynamic.h"
#include "proxy/loop/socket_address.h"
#include "proxy/upstream/endpoint.h"
#include "proxy/upstream/passive_watch.h"
#include "proxy/upstream/transport.h"

namespace mooring::upstream {

struct Server {
  EndpointPtr endpoint;
  config::ServerConfig config;
  std::string url;                             // scheme://host:port
  std::string authority;                       // host:port, for passHostHeader=false
  std::optional<loop::SocketAddress> address;  // unset: a name, resolved at each connect
  std::string base_path;                       // put before the request's path; without a slash at its end. Empty: none
  TransportPtr transport = std::make_shared<const Transport>();  // never null
  std::shared_ptr<PassiveWatch> passive = {};                    // null: what requests meet here is not counted
  // No other container had this URL since the first listing: Traefik's cookies for it may be honoured.
  bool traefik_values = false;
  // For people: container name, image, Compose project and service.
  config::Origin origin;
};

}  // namespace mooring::upstream
