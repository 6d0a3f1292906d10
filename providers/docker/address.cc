#include "providers/docker/address.h"

#include <algorithm>
#include <utility>

#include "providers/docker/names.h"
#include "proxy/config/ip.h"

namespace mooring::docker {

namespace {

using config::Problem;
using config::Severity;

constexpr const char* kNetworkLabel = "traefik.docker.network";
constexpr const char* kNoEndpoint = "no endpoint is made: its routes answer 503";
// Docker refuses chains of container:… itself; this only bounds a reply that lies.
constexpr int kMaxSharing = 4;

Problem problem(const Container& container, const char* code, Severity severity, std::string text) {
  Problem result;
  result.code = code;
  result.severity = severity;
  result.where = label_for_people(container);
  result.text = std::move(text);
  return result;
}

std::string names_of(const std::map<std::string, Attachment>& networks) {
  std::string names;
  for (const auto& [name, attachment] : networks) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return names.empty() ? "none" : names;
}

// IPv4 first, as Traefik does; text that is no address is as good as none.
std::string address_on(const Attachment& attachment) {
  for (const std::string* text : {&attachment.address, &attachment.address6}) {
    if (!text->empty()) {
      if (const auto ip = config::IpAddress::parse(*text); ip) {
        return ip->to_string();
      }
    }
  }
  return {};
}

bool shared(const OwnContainer& own, const std::string& name, const Attachment& attachment) {
  return std::ranges::any_of(own.networks, [&](const auto& mine) {
    const auto& [own_name, own_attachment] = mine;
    return own_attachment.network_id.empty() || attachment.network_id.empty()
               ? own_name == name
               : own_attachment.network_id == attachment.network_id;
  });
}

// Mooring's own container; null where it runs on the host, or on the host's network.
const OwnContainer* in_container(const Surroundings& around) {
  return around.own && !around.own->host_network ? &*around.own : nullptr;
}

// The host as seen from Mooring's container: the gateway of its first network that has one.
std::string host_address(const Surroundings& around) {
  const OwnContainer* own = in_container(around);
  if (own == nullptr) {
    return "127.0.0.1";
  }
  for (const auto& [name, attachment] : own->networks) {
    if (config::IpAddress::parse(attachment.gateway)) {
      return attachment.gateway;
    }
  }
  return "host.docker.internal";
}

using Found = std::expected<Address, Problem>;

Found on_some_network(const Container& container, const Surroundings& around) {
  const OwnContainer* own = in_container(around);
  const std::string compose_default = label_of(container.labels, kComposeProject) + "_default";
  Address best;
  for (const auto& [name, attachment] : container.networks) {
    const std::string host = address_on(attachment);
    if (host.empty() || (own != nullptr && !shared(*own, name, attachment))) {
      continue;
    }
    if (best.host.empty() || (name == compose_default && own != nullptr)) {
      best = {host, 0, name};
    }
  }
  if (!best.host.empty()) {
    return best;
  }
  if (own == nullptr || container.networks.empty()) {
    Problem none = problem(container, "L032", Severity::error,
                           "the container has no address (networks: " + names_of(container.networks) + ")");
    none.in_force = kNoEndpoint;
    none.fix = "attach it to a network that the proxy is on";
    return std::unexpected(std::move(none));
  }
  Problem apart = problem(container, "L030", Severity::error,
                          "no network in common with the proxy. container: " + names_of(container.networks) +
                              " · proxy: " + names_of(own->networks));
  apart.in_force = kNoEndpoint;
  apart.fix = "docker network connect " + container.networks.begin()->first + " " + own->name +
              ", or add one of the proxy's networks to the container";
  return std::unexpected(std::move(apart));
}

// The network that somebody named: it is taken even where Mooring is not on it, for routed networks exist.
std::optional<Address> on_named_network(const Container& container, const std::string& wanted,
                                        const Surroundings& around, config::Problems& remarks) {
  const auto found = container.networks.find(wanted);
  std::string host = found == container.networks.end() ? std::string() : address_on(found->second);
  if (host.empty()) {
    return std::nullopt;
  }
  const OwnContainer* own = in_container(around);
  if (own != nullptr && !shared(*own, wanted, found->second)) {
    Problem remark = problem(container, "L033", Severity::warning,
                             "the proxy is not on network \"" + wanted + "\". proxy: " + names_of(own->networks));
    remark.key = kNetworkLabel;
    remark.in_force = "the address on that network is used";
    remark.fix = "docker network connect " + wanted + " " + own->name;
    remarks.push_back(std::move(remark));
  }
  return Address{std::move(host), 0, wanted};
}

Found host_of(const Container& container, const std::string& label, const Surroundings& around,
              config::Problems& remarks, int depth) {
  const std::string& wanted = label.empty() ? around.network : label;
  if (!wanted.empty()) {
    if (auto named = on_named_network(container, wanted, around, remarks); named) {
      return std::move(*named);
    }
  }
  if (container.network_mode == "host") {
    return Address{host_address(around), 0, {}};
  }
  if (container.network_mode.starts_with(kSharedPrefix)) {
    const std::string target = container.network_mode.substr(kSharedPrefix.size());
    const Container* other = around.find ? around.find(target) : nullptr;
    if (other == nullptr || depth >= kMaxSharing) {
      Problem lost = problem(container, "L032", Severity::error,
                             "it shares the network of container " + target.substr(0, 12) + ", which is not there");
      lost.in_force = kNoEndpoint;
      return std::unexpected(std::move(lost));
    }
    const std::string theirs = label_of(other->labels, kNetworkLabel);
    return host_of(*other, theirs.empty() ? label : theirs, around, remarks, depth + 1);
  }
  if (!wanted.empty()) {
    Problem remark =
        problem(container, "L034", Severity::warning,
                "the container is not on network \"" + wanted + "\" (it is on: " + names_of(container.networks) + ")");
    remark.key = label.empty() ? "providers.docker.network" : kNetworkLabel;
    remark.in_force = "another network is chosen";
    remark.fix = "name the network as `docker network ls` shows it, with the Compose project in front";
    remarks.push_back(std::move(remark));
  }
  return on_some_network(container, around);
}

// The host side of `port`, where it is published on one specific address.
std::optional<Address> published(const Container& container, std::uint16_t port) {
  for (const Port& candidate : container.ports) {
    if (candidate.number != port || candidate.protocol != "tcp") {
      continue;
    }
    for (const HostBinding& binding : candidate.bindings) {
      const auto ip = config::IpAddress::parse(binding.address);
      const bool wildcard = ip && std::ranges::all_of(ip->bytes, [](std::uint8_t byte) { return byte == 0; });
      if (ip && !wildcard && binding.port != 0) {
        return Address{ip->to_string(), binding.port, {}};
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::uint16_t> tcp_ports(const Container& container) {
  std::vector<std::uint16_t> numbers;
  // A container in another's network has no ports of its own there; what its image exposes is the next best thing.
  // Not so in host mode: there the port may be anybody's, even Mooring's own.
  const bool shares = container.network_mode.starts_with(kSharedPrefix);
  for (const Port& port : container.ports.empty() && shares ? container.exposed : container.ports) {
    if (port.protocol == "tcp") {
      numbers.push_back(port.number);
    }
  }
  std::ranges::sort(numbers);
  return numbers;
}

std::optional<std::uint16_t> default_port(const Container& container) {
  const auto numbers = tcp_ports(container);
  return numbers.empty() ? std::nullopt : std::optional(numbers.front());
}

Found find_address(const Container& container, std::uint16_t port, const std::string& network_label,
                   const Surroundings& around, config::Problems& remarks) {
  if (around.use_bind_port_ip) {
    if (auto bound = published(container, port); bound) {
      return std::move(*bound);
    }
    Problem remark = problem(container, "L035", Severity::info,
                             "port " + std::to_string(port) + " is not published on one address of the host");
    remark.key = "providers.docker.useBindPortIP";
    remark.in_force = "the container's own address is used";
    remarks.push_back(std::move(remark));
  }
  Found found = host_of(container, network_label, around, remarks, 0);
  if (found) {
    found->port = port;
  }
  return found;
}

}  // namespace mooring::docker
