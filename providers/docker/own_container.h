// Which of the engine's containers Mooring itself runs in, and on which networks it stands. Pure but for read_identity.
//
// Found by Mooring's own interface addresses, backed by MAC address, host name and, where the kernel shows it, the
// container id in the mount table (needed in host network mode, where no address tells). Not found means: Mooring runs
// on the host, or in a container of some other engine. A host has the bridges' gateway addresses, never a container's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/docker/container.h"

namespace mooring::docker {

// What the process can see of its own place.
struct Identity {
  struct Interface {
    std::string address;
    std::string mac;
  };
  std::vector<Interface> interfaces;  // without loopback
  std::string hostname;
  std::string container_id;  // from the mount table, or empty
};

struct OwnContainer {
  std::string id;
  std::string name;
  bool host_network = false;
  std::map<std::string, Attachment> networks;

  bool operator==(const OwnContainer&) const = default;
};

// Asks the kernel; any thread. What cannot be read is left empty.
Identity read_identity();

// The container id in /proc/self/mountinfo: the engine mounts its own files over /etc/hostname and its neighbours.
std::string container_id_in(std::string_view mountinfo);

// The container that `identity` is in, or nothing; nothing too where two fit equally well.
std::optional<OwnContainer> find_own(const Identity& identity, const std::vector<Container>& containers);

}  // namespace mooring::docker
