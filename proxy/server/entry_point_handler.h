// EntryPointHandler: the root of an entry point's requests: pins the snapshot, finds the route, and runs its chain.
//
// One a worker and entry point; reads the worker's slot, so it is for that loop only.
#pragma once

#include <cstddef>

#include "proxy/http/handler.h"
#include "proxy/server/snapshot_slot.h"

namespace mooring::server {

class EntryPointHandler final : public http::Handler {
 public:
  // `index`: the entry point's place in Snapshot::tables.
  EntryPointHandler(SnapshotSlot& slot, std::size_t index) : slot_(slot), index_(index) {}
  loop::Task<http::Response> handle(http::Exchange& exchange) const override;

 private:
  SnapshotSlot& slot_;
  std::size_t index_;
};

}  // namespace mooring::server
