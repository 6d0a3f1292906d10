// One container as the engine describes it, reduced to what a routing table can depend on. Plain comparable values.
//
// Both a line of the list and an inspect give a Container; the list leaves out what it does not know (stop signal,
// health output, nanoseconds of `created`). Two equal list entries mean: nothing happened that an inspect would show.
// Source: Docker Engine API, GET /containers/json and GET /containers/{id}/json.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "providers/provider.h"

namespace mooring::docker {

using Labels = std::map<std::string, std::string>;

// The container's place on one network, by the network's name.
struct Attachment {
  std::string network_id;
  std::string address;   // IPv4, or empty
  std::string address6;  // global IPv6, or empty
  std::string mac;
  std::string gateway;

  bool operator==(const Attachment&) const = default;
};

struct HostBinding {
  std::string address;  // host address, may be a wildcard or empty
  std::uint16_t port = 0;

  auto operator<=>(const HostBinding&) const = default;
};

struct Port {
  std::uint16_t number = 0;
  std::string protocol = "tcp";
  std::vector<HostBinding> bindings;  // in one order, whatever the engine's

  auto operator<=>(const Port&) const = default;
};

// In front of the name or id of the container whose network one shares (`network_mode: container:NAME`).
inline constexpr std::string_view kSharedPrefix = "container:";

struct Container {
  std::string id;
  std::string name;      // without the leading slash
  std::string hostname;  // inspect only
  std::string image;
  std::string status;  // "running", "paused", "restarting", "created", "exited", "dead", "removing"
  providers::Health health = providers::Health::none;
  std::string health_output;  // inspect only: the last check's first line
  std::int64_t created = 0;   // nanoseconds since the epoch (from the list: whole seconds)
  Labels labels;
  std::string network_mode;
  std::map<std::string, Attachment> networks;
  std::vector<Port> ports;    // exposed or published, sorted
  std::vector<Port> exposed;  // Config.ExposedPorts; inspect only
  int stop_signal = 15;
  std::chrono::seconds stop_timeout{10};

  bool operator==(const Container&) const = default;
};

// The label's value, or empty.
inline std::string label_of(const Labels& labels, const std::string& key) {
  const auto found = labels.find(key);
  return found == labels.end() ? std::string() : found->second;
}

// The state of the container in the words of the provider interface.
inline providers::ContainerState state_of(const Container& container) {
  using providers::Phase;
  providers::ContainerState state;
  state.phase = container.status == "running"      ? Phase::running
                : container.status == "paused"     ? Phase::paused
                : container.status == "restarting" ? Phase::restarting
                                                   : Phase::stopped;
  state.health = container.health;
  if (container.health == providers::Health::unhealthy || container.health == providers::Health::starting) {
    state.why = container.health_output;
  }
  return state;
}

}  // namespace mooring::docker
