// The containers that the engine would make of a compose file, as far as it can be told without one.
//
// Names, labels, networks and ports as `docker compose up` gives them; addresses are made up, one for each container
// and network, and what only an image knows (EXPOSE, HEALTHCHECK) is left out. Pure; any thread.
// Source: the Compose specification; Docker Engine API, container inspect.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "providers/docker/container.h"
#include "providers/docker/own_container.h"
#include "proxy/config/compose.h"

namespace mooring::cli {

struct PlannedContainer {
  docker::Container container;
  const config::ComposeService* service = nullptr;
  bool proxy = false;  // Mooring or Traefik itself
};

// More replicas of a service show nothing that these do not.
inline constexpr std::int64_t kMostReplicasChecked = 2;

std::vector<PlannedContainer> plan_containers(const config::ComposeProject& project);

// Whether the service runs the proxy: its image is called mooring or traefik, and its command is no other one.
bool runs_proxy(const config::ComposeService& service);

// The container that the proxy runs in, or nothing: then it is taken to be on the host, which reaches every network.
std::optional<docker::OwnContainer> own_container(const std::vector<PlannedContainer>& containers);

}  // namespace mooring::cli
