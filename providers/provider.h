// A provider: one source of dynamic configuration (the Docker engine, later files), with a thread of its own.
//
// It speaks to the rest of the program only through config::Sink (proxy/config/updates.h). Owned by the command that
// runs the proxy; start() and stop() are called from the main thread, once each.
#pragma once

#include "proxy/config/updates.h"

namespace mooring::providers {

// The messages stand in config, where both sides may see them.
using config::ContainerEvent;
using config::ContainerState;
using config::EngineStatus;
using config::Health;
using config::Phase;
using config::Sink;
using config::Update;

class Provider {
 public:
  virtual ~Provider() = default;
  // Starts the provider's thread. `sink` must outlive stop().
  virtual void start(Sink& sink) = 0;
  // Ends the thread; returns when it has ended (bounded: transfers in progress are aborted).
  virtual void stop() = 0;
};

}  // namespace mooring::providers
