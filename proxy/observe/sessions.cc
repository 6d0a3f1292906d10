#include "proxy/observe/sessions.h"

namespace mooring::observe {
namespace {

// How far a session may stand from the slot that its id names.
constexpr std::size_t kProbes = 8;

std::int64_t seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

constexpr std::int64_t kKeptSeconds = std::chrono::duration_cast<std::chrono::seconds>(Sessions::kKept).count();

}  // namespace

Sessions::Sessions(std::size_t workers) : tables_(workers) {}

void Sessions::seen(std::size_t worker, std::uint64_t session, std::uint64_t endpoint,
                    std::chrono::system_clock::time_point now) {
  if (worker >= tables_.size() || session == 0) return;
  Table& table = tables_[worker];
  if (table.owned == nullptr) {
    table.owned = std::make_unique<Slot[]>(kSlots);
    table.slots.store(table.owned.get(), std::memory_order_release);
  }
  const std::int64_t now_s = seconds(now);
  Slot* target = nullptr;
  std::int64_t oldest = now_s + 1;
  for (std::size_t i = 0; i < kProbes; ++i) {
    Slot& slot = table.owned[(session + i) % kSlots];
    const std::uint64_t there = slot.session.load(std::memory_order_relaxed);
    if (there == session) {
      target = &slot;
      break;
    }
    const std::int64_t age = there == 0 ? 0 : slot.last_seen_s.load(std::memory_order_relaxed);
    if (age < oldest) {
      oldest = age;
      target = &slot;
    }
  }
  const std::uint64_t there = target->session.load(std::memory_order_relaxed);
  if (there != session && there != 0 && oldest > now_s - kKeptSeconds) {
    table.pushed_out_s.store(now_s, std::memory_order_relaxed);
  }
  target->session.store(session, std::memory_order_relaxed);
  target->endpoint.store(endpoint, std::memory_order_relaxed);
  target->last_seen_s.store(now_s, std::memory_order_relaxed);
}

Sessions::Counts Sessions::count(std::chrono::system_clock::time_point now) const {
  const std::int64_t since = seconds(now) - kKeptSeconds;
  struct Last {
    std::uint64_t endpoint;
    std::int64_t seen_s;
  };
  // A session that went through several workers is one session, where it was seen last.
  std::unordered_map<std::uint64_t, Last> merged;
  Counts counts;
  for (const Table& table : tables_) {
    const Slot* slots = table.slots.load(std::memory_order_acquire);
    if (slots == nullptr) continue;
    if (table.pushed_out_s.load(std::memory_order_relaxed) > since) counts.estimated = true;
    for (std::size_t i = 0; i < kSlots; ++i) {
      const std::uint64_t session = slots[i].session.load(std::memory_order_relaxed);
      const std::int64_t seen_s = slots[i].last_seen_s.load(std::memory_order_relaxed);
      if (session == 0 || seen_s <= since) continue;
      const Last last{.endpoint = slots[i].endpoint.load(std::memory_order_relaxed), .seen_s = seen_s};
      const auto [entry, fresh] = merged.try_emplace(session, last);
      if (!fresh && last.seen_s > entry->second.seen_s) entry->second = last;
    }
  }
  counts.total = merged.size();
  for (const auto& [session, last] : merged) ++counts.by_endpoint[last.endpoint];
  return counts;
}

}  // namespace mooring::observe
