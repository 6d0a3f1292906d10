#include "proxy/cli/check_containers.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "providers/docker/names.h"

namespace mooring::cli {
namespace {

using config::ComposeProject;
using config::ComposeService;

std::string container_name(const ComposeProject& project, const ComposeService& service, std::int64_t number) {
  if (!service.container_name.empty()) return service.container_name;
  return project.name + "-" + service.name + "-" + std::to_string(number);
}

void add_ports(const ComposeService& service, docker::Container& container) {
  std::map<std::pair<std::uint16_t, std::string>, docker::Port> ports;
  for (const config::ComposePort& each : service.ports) {
    docker::Port& port = ports[{each.number, each.protocol}];
    port.number = each.number;
    port.protocol = each.protocol;
    if (each.host_port != 0) port.bindings.push_back({each.host_address, each.host_port});
  }
  for (auto& [key, port] : ports) container.ports.push_back(std::move(port));
}

void add_networks(const ComposeProject& project, const ComposeService& service, docker::Container& container,
                  std::size_t index) {
  const std::string& mode = service.network_mode;
  if (mode == "host" || mode == "none") {
    container.network_mode = mode;
    return;
  }
  if (mode.starts_with("service:")) {
    container.network_mode = "container:" + project.name + "-" + mode.substr(8) + "-1";
    return;
  }
  if (mode.starts_with("container:")) {
    container.network_mode = mode;
    return;
  }
  std::set<std::string> keys = service.networks;
  if (keys.empty()) keys.insert("default");
  std::size_t network = 0;
  for (const std::string& key : keys) {
    const auto found = project.networks.find(key);
    const std::string name = found == project.networks.end() ? project.name + "_" + key : found->second;
    docker::Attachment& attachment = container.networks[name];
    attachment.network_id = name;
    const std::size_t place = index + 2;
    attachment.address = "10." + std::to_string(network++ % 256) + "." + std::to_string(place / 256 % 256) + "." +
                         std::to_string(place % 256);
  }
  container.network_mode = container.networks.begin()->first;
}

docker::Container plan(const ComposeProject& project, const ComposeService& service, std::int64_t number,
                       std::size_t index) {
  docker::Container container;
  container.name = container_name(project, service, number);
  container.id = container.name;
  container.image = service.image;
  container.status = "running";
  container.created = static_cast<std::int64_t>(index) + 1;
  for (const auto& [key, label] : service.labels) container.labels.emplace(key, label.value);
  container.labels[docker::kComposeProject] = project.name;
  container.labels[docker::kComposeService] = service.name;
  container.labels[docker::kComposeNumber] = std::to_string(number);
  add_ports(service, container);
  add_networks(project, service, container, index);
  return container;
}

// "docker.io/library/traefik:v3@sha256:…" → "traefik".
std::string_view image_name(std::string_view image) {
  image = image.substr(0, image.find('@'));
  image = image.substr(image.rfind('/') + 1);
  return image.substr(0, image.find(':'));
}

}  // namespace

bool runs_proxy(const ComposeService& service) {
  const std::string_view image = image_name(service.image);
  if (image != "mooring" && image != "traefik") return false;
  for (const std::string& word : service.command) {
    if (word.starts_with('-')) return true;
    if (word != "mooring" && word != "traefik") return word == "run";
  }
  return true;
}

std::vector<PlannedContainer> plan_containers(const ComposeProject& project) {
  std::vector<PlannedContainer> containers;
  for (const auto& [name, service] : project.services) {
    const std::int64_t replicas = std::clamp<std::int64_t>(service.replicas.value_or(1), 0, kMostReplicasChecked);
    for (std::int64_t number = 1; number <= replicas; ++number) {
      containers.push_back({plan(project, service, number, containers.size()), &service, runs_proxy(service)});
    }
  }
  return containers;
}

std::optional<docker::OwnContainer> own_container(const std::vector<PlannedContainer>& containers) {
  const auto is_proxy = [](const PlannedContainer& each) { return each.proxy; };
  // With two nobody can say which one will read these labels.
  if (std::ranges::count_if(containers, is_proxy) != 1) return std::nullopt;
  const docker::Container& own = std::ranges::find_if(containers, is_proxy)->container;
  return docker::OwnContainer{own.id, own.name, own.network_mode == "host", own.networks};
}

}  // namespace mooring::cli
