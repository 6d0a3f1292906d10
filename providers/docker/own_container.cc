#include "providers/docker/own_container.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "proxy/config/ip.h"

namespace mooring::docker {

namespace {

constexpr std::size_t kIdLength = 64;

std::string ip_text(const sockaddr& address) {
  config::IpAddress ip;
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&v4.sin_addr), 4, ip.bytes.begin());
    return ip.to_string();
  }
  if (address.sa_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    ip.v6 = true;
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&v6.sin6_addr), 16, ip.bytes.begin());
    return ip.to_string();
  }
  return {};
}

std::string mac_text(const sockaddr& address) {
  const auto& link = reinterpret_cast<const sockaddr_ll&>(address);
  if (link.sll_halen != 6) {
    return {};
  }
  std::array<char, 18> text{};
  std::snprintf(text.data(), text.size(), "%02x:%02x:%02x:%02x:%02x:%02x", link.sll_addr[0], link.sll_addr[1],
                link.sll_addr[2], link.sll_addr[3], link.sll_addr[4], link.sll_addr[5]);
  return text.data();
}

std::vector<Identity::Interface> read_interfaces() {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) {
    return {};
  }
  std::map<std::string, std::string> macs;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr != nullptr && entry->ifa_addr->sa_family == AF_PACKET) {
      macs[entry->ifa_name] = mac_text(*entry->ifa_addr);
    }
  }
  std::vector<Identity::Interface> interfaces;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_LOOPBACK) != 0) {
      continue;
    }
    if (std::string address = ip_text(*entry->ifa_addr); !address.empty()) {
      interfaces.push_back({std::move(address), macs[entry->ifa_name]});
    }
  }
  freeifaddrs(list);
  return interfaces;
}

bool same_address(const std::string& left, const std::string& right) {
  const auto a = config::IpAddress::parse(left);
  return a && a == config::IpAddress::parse(right);
}

// 0: no address of ours. More means surer: the MAC of the same interface, then the host name Docker gives by default.
int likeness(const Identity& identity, const Container& container) {
  int best = 0;
  for (const auto& [name, attachment] : container.networks) {
    for (const auto& interface : identity.interfaces) {
      if (same_address(interface.address, attachment.address) || same_address(interface.address, attachment.address6)) {
        best = std::max(best, !interface.mac.empty() && interface.mac == attachment.mac ? 2 : 1);
      }
    }
  }
  const bool named = identity.hostname.size() >= 12 && container.id.starts_with(identity.hostname);
  return best == 0 ? 0 : best + (named ? 4 : 0);
}

const Container* with_id(const std::vector<Container>& containers, std::string_view id) {
  const auto found = std::ranges::find(containers, id, &Container::id);
  return found == containers.end() ? nullptr : &*found;
}

}  // namespace

std::string container_id_in(std::string_view mountinfo) {
  constexpr std::string_view kMarker = "containers/";
  while (!mountinfo.empty()) {
    const std::string_view line = mountinfo.substr(0, mountinfo.find('\n'));
    mountinfo.remove_prefix(std::min(line.size() + 1, mountinfo.size()));
    // Fields: id, parent, device, root in its file system, mount point, …
    if (line.find(" /etc/hostname ") == std::string_view::npos && line.find(" /etc/hosts ") == std::string_view::npos) {
      continue;
    }
    const std::size_t at = line.find(kMarker);
    if (at == std::string_view::npos) {
      continue;
    }
    const std::string_view id = line.substr(at + kMarker.size(), kIdLength);
    if (id.size() == kIdLength && id.find_first_not_of("0123456789abcdef") == std::string_view::npos) {
      return std::string(id);
    }
  }
  return {};
}

Identity read_identity() {
  Identity identity;
  identity.interfaces = read_interfaces();
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) == 0) {
    identity.hostname = name.data();
  }
  std::ifstream file("/proc/self/mountinfo");
  identity.container_id = container_id_in(std::string(std::istreambuf_iterator<char>(file), {}));
  return identity;
}

std::optional<OwnContainer> find_own(const Identity& identity, const std::vector<Container>& containers) {
  const Container* own = nullptr;
  if (!identity.container_id.empty()) {
    own = with_id(containers, identity.container_id);
  } else {
    int best = 0;
    for (const Container& container : containers) {
      const int score = container.status == "running" ? likeness(identity, container) : 0;
      if (score > best) {
        best = score;
        own = &container;
      } else if (score == best && score > 0) {
        own = nullptr;
      }
    }
  }
  if (own == nullptr) {
    return std::nullopt;
  }
  OwnContainer result{own->id, own->name, own->network_mode == "host", own->networks};
  constexpr std::string_view kShared = "container:";
  if (own->network_mode.starts_with(kShared)) {
    // Mooring shares another container's network stack: where that one stands, Mooring stands.
    if (const Container* host = with_id(containers, own->network_mode.substr(kShared.size())); host != nullptr) {
      result.networks = host->networks;
      result.host_network = host->network_mode == "host";
    }
  }
  return result;
}

}  // namespace mooring::docker
