// Servers and balancers made of nothing, for tests of what chooses between them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proxy/upstream/affinity.h"
#include "proxy/upstream/balancer.h"

namespace mooring::test {

// An endpoint "<name>:80" that is in `state`.
inline upstream::Server made_server(const std::string& name, std::int64_t weight = 1,
                                    upstream::EndpointState state = upstream::EndpointState::ready) {
  upstream::Server server;
  server.config.id = name + ":80";
  server.config.host = "10.0.0.1";
  server.config.weight = weight;
  server.endpoint = std::make_shared<upstream::Endpoint>(server.config.id, upstream::sha256_head(server.config.id));
  server.endpoint->set_state(state, "made so");
  server.url = "http://" + name + ":80";
  server.authority = name + ":80";
  server.traefik_values = true;
  return server;
}

inline std::shared_ptr<const upstream::Balancer> made_balancer(std::vector<upstream::Server> servers,
                                                               std::string service = "app@docker") {
  return std::make_shared<const upstream::Balancer>(std::move(service), std::move(servers), upstream::ServicePolicy{},
                                                    std::make_shared<upstream::ServiceState>());
}

}  // namespace mooring::test
