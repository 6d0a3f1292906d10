// Where a container can be reached: which port, and which of its addresses. Pure functions, any thread.
//
// Traefik's algorithm (traefik-compat 1.6), better in three places: only TCP ports are candidates, a network that
// Mooring shares with the container is taken instead of a random one, and where none is shared nobody waits for a
// timeout: it is a Problem that names both sides' networks. No name is resolved here and nothing is connected to.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/docker/container.h"
#include "providers/docker/own_container.h"
#include "proxy/config/problem.h"

namespace mooring::docker {

// What the choice depends on besides the container itself.
struct Surroundings {
  std::optional<OwnContainer> own;  // nothing: Mooring is on the host, every bridge network can be reached
  std::string network;              // providers.docker.network
  bool use_bind_port_ip = false;
  // The container with this id or name, inspected, or null. For `network_mode: container:…`.
  std::function<const Container*(std::string_view)> find;
};

struct Address {
  std::string host;  // an IP address, or host.docker.internal
  std::uint16_t port = 0;
  std::string network;  // the network it is on; empty for a host address
  bool operator==(const Address&) const = default;
};

// The lowest TCP port that the container exposes or publishes.
std::optional<std::uint16_t> default_port(const Container& container);

// All its TCP ports, for a Problem's text.
std::vector<std::uint16_t> tcp_ports(const Container& container);

// The address for `port`. `network_label` is the container's traefik.docker.network, or empty. Remarks that do not
// prevent an address (the network of the label is not there …) are added to `remarks`.
std::expected<Address, config::Problem> find_address(const Container& container, std::uint16_t port,
                                                     const std::string& network_label, const Surroundings& around,
                                                     config::Problems& remarks);

}  // namespace mooring::docker
