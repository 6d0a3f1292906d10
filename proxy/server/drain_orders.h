// DrainOrders: a person takes a container, or one endpoint of it, out of service, and lets it in again.
//
// Implemented by the control plane, asked by the control socket alone (proxy/admin/drain_handler.h), on the control
// loop. Nothing here waits: what is in force, and how far each drain is, StatusSource::drains() says to whoever asks
// again.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace mooring::server {

struct DrainTarget {
  std::string id;    // of a container, or of one endpoint
  std::string name;  // for people: "shop-web-1", "web@docker/10.0.0.2:80"

  bool operator==(const DrainTarget&) const = default;
};

// How far a person's order is.
struct DrainView {
  enum class Phase : std::uint8_t {
    draining,         // something of it is left
    drained,          // nothing is
    deadline_passed,  // something was, when time was up
  };

  DrainTarget target;
  Phase phase = Phase::draining;
  std::string states;            // of its endpoints, each once: "draining"; "not running" when it has none
  std::int64_t since_ms = 0;     // wall clock, milliseconds since the epoch
  std::int64_t deadline_ms = 0;  // as well
  std::int64_t in_flight = 0;    // requests that are being answered, without tunnels
  std::int64_t tunnels = 0;      // WebSockets and the like
  std::uint64_t sessions = 0;    // that would go there with their next request
  bool sessions_estimated = false;
};

class DrainOrders {
 public:
  virtual ~DrainOrders() = default;

  // Once more for the same target: the new deadline counts.
  virtual DrainView drain(const DrainTarget& target, std::chrono::milliseconds deadline) = 0;
  // False: it was not drained, neither by a person nor by its own word.
  virtual bool undrain(const std::string& id) = 0;
};

}  // namespace mooring::server
