// SnapshotSlot: the routing table that one worker uses now, and the older ones that exchanges still run by.
//
// A worker holds one shared_ptr a generation and counts its exchanges with a plain integer: no atomic on a request's
// path. The last exchange of an old generation hands the pointer to `retire`, so that it is destroyed on the control
// loop. One loop, one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <list>

#include "proxy/routing/snapshot.h"

namespace mooring::server {

class SnapshotSlot {
 public:
  struct Held {
    routing::SnapshotPtr snapshot;
    std::size_t exchanges = 0;
    bool current = true;
    SnapshotSlot* slot = nullptr;
  };

  explicit SnapshotSlot(std::function<void(routing::SnapshotPtr)> retire) : retire_(std::move(retire)) {}
  ~SnapshotSlot();
  SnapshotSlot(const SnapshotSlot&) = delete;
  SnapshotSlot& operator=(const SnapshotSlot&) = delete;

  // From here on new exchanges are routed by this one.
  void adopt(routing::SnapshotPtr snapshot);
  // The present generation for one exchange, or null before the first. Must be released.
  Held* pin();
  static void release(void* held);
  const routing::Snapshot* current() const;

 private:
  void drop(Held* held);

  std::function<void(routing::SnapshotPtr)> retire_;
  std::list<Held> held_;  // the last one is current
};

}  // namespace mooring::server
