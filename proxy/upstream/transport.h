// Transport: how the servers of a service are spoken to: its time limits, and how many idle connections are kept.
//
// One object a name, carried over from snapshot to snapshot for as long as it stays equal: connections are pooled by
// endpoint and transport, so that what changes one transport is not felt by services with another. Immutable; any
// thread. Source: compat page, section 3.6.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace mooring::upstream {

struct Transport {
  std::string name = "default@internal";
  std::uint64_t dial_ms = 30'000;          // 0: the kernel's own
  std::uint64_t response_header_ms = 0;    // 0: no limit
  std::uint64_t idle_ms = 90'000;          // 0: no limit
  std::size_t max_idle_an_endpoint = 200;  // 0: connections are not used again

  bool operator==(const Transport&) const = default;
};

using TransportPtr = std::shared_ptr<const Transport>;

}  // namespace mooring::upstream
