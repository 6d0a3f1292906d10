// What a provider says, and to whom: the one door between the providers and the rest of the program. The data plane and
// the providers know nothing of each other; they meet here.
//
// A provider runs on its own thread and calls the sink from there. The sink copies into the control loop's mailbox and
// returns at once; it never blocks and never throws. Plain values beside that. Source of the container's life: Docker
// Engine API, "Inspect a container" (State) and "Monitor events".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proxy/config/dynamic.h"

namespace mooring::config {

// Where a container stands in its life, as the engine says it (Docker Engine API, container inspect: State).
enum class Phase { running, paused, restarting, stopped };
enum class Health { none, starting, healthy, unhealthy };

struct ContainerState {
  Phase phase = Phase::running;
  Health health = Health::none;
  std::string why;  // the last health check's output, first line, or empty

  bool operator==(const ContainerState&) const = default;
};

// What happened to a container just now. Forwarded as soon as the event's line is parsed, before any inspect.
struct ContainerEvent {
  enum class Kind {
    stopping,  // kill with the container's own StopSignal: it was asked to end
    killed,    // kill with signal 9: as good as gone
    gone,      // die, stop, destroy
    changed,   // `state` is new (start, pause, unpause, health_status, a fresh inspect)
    removed,   // the engine knows it no more: what people ordered for it is void
    // A newcomer says that it is to replace this container, which will be asked to end in a moment; and the newcomer
    // ended.
    superseded,
    not_superseded,
  };
  Kind kind = Kind::changed;
  std::string container_id;
  ContainerState state;                   // for `changed`
  std::chrono::seconds stop_timeout{10};  // for `stopping`: the container's StopTimeout
  std::string successor = {};             // for `superseded` and `not_superseded`: the newcomer's id
};

// One batch of changes. Containers that are in neither list are as they were.
struct Update {
  std::string provider;
  std::vector<FragmentPtr> changed;
  std::vector<ContainerEvent> states;  // the state of each changed container, in force with it
  std::vector<std::string> removed;    // fragment ids
  bool synced = false;                 // the first full listing is complete: the table is whole from here on
  // With the first of these: the ids of all containers that the engine has, stopped ones and strangers too.
  std::optional<std::vector<std::string>> containers = {};
};

// How the connection to the engine stands, for /api/status.
struct EngineStatus {
  bool connected = false;
  std::string endpoint;     // "unix:///var/run/docker.sock"
  std::string api_version;  // "1.41"; empty before the first answer
  std::string engine_version;
  std::string error;               // the last failure, for people; empty when connected
  std::int64_t last_event_ms = 0;  // wall clock, milliseconds since the epoch; 0: none yet
  std::int64_t last_sync_ms = 0;   // end of the last full reconciliation
  std::uint64_t resyncs = 0;       // full reconciliations after a lost connection
  std::uint64_t containers = 0;    // containers seen in the last listing
  Problems problems;               // of the provider itself (bad network option …)

  bool operator==(const EngineStatus&) const = default;
};

class Sink {
 public:
  virtual ~Sink() = default;
  virtual void publish(Update update) = 0;
  virtual void observe(ContainerEvent event) = 0;
  virtual void report(EngineStatus status) = 0;
};

}  // namespace mooring::config
