#include "proxy/server/snapshot_slot.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace mooring::server {

SnapshotSlot::~SnapshotSlot() {
  for ([[maybe_unused]] const Held& held : held_) assert(held.exchanges == 0);
}

void SnapshotSlot::adopt(routing::SnapshotPtr snapshot) {
  Held* old = held_.empty() ? nullptr : &held_.back();
  held_.push_back({.snapshot = std::move(snapshot), .exchanges = 0, .current = true, .slot = this});
  if (old == nullptr) return;
  old->current = false;
  if (old->exchanges == 0) drop(old);
}

SnapshotSlot::Held* SnapshotSlot::pin() {
  if (held_.empty()) return nullptr;
  Held& held = held_.back();
  ++held.exchanges;
  return &held;
}

void SnapshotSlot::release(void* pinned) {
  auto* held = static_cast<Held*>(pinned);
  if (--held->exchanges == 0 && !held->current) held->slot->drop(held);
}

const routing::Snapshot* SnapshotSlot::current() const {
  return held_.empty() ? nullptr : held_.back().snapshot.get();
}

void SnapshotSlot::drop(Held* held) {
  retire_(std::move(held->snapshot));
  held_.remove_if([held](const Held& other) { return &other == held; });
}

}  // namespace mooring::server
