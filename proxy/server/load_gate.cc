#include "proxy/server/load_gate.h"

#include <algorithm>
#include <utility>

#include "proxy/http/held_bytes.h"
#include "proxy/observe/log.h"
#include "proxy/server/connection.h"

namespace mooring::server {
namespace {

// To look for slow clients is to look at every connection: not for each request that comes meanwhile.
constexpr std::uint64_t kLookEveryMs = 100;
constexpr std::uint64_t kSayEveryMs = 10'000;

}  // namespace

void LoadGate::Head::wait() {
  if (gate_ == nullptr || evicted_) return;
  if (!counted_) {
    counted_ = true;
    older_ = gate_->newest_;
    (older_ != nullptr ? older_->newer_ : gate_->oldest_) = this;
    gate_->newest_ = this;
    ++gate_->heads_;
  }
  if (gate_->heads_ > gate_->limits_.heads || gate_->held() > gate_->limits_.buffered) gate_->evict_oldest();
}

void LoadGate::Head::leave() {
  if (!counted_) return;
  counted_ = false;
  (older_ != nullptr ? older_->newer_ : gate_->oldest_) = newer_;
  (newer_ != nullptr ? newer_->older_ : gate_->newest_) = older_;
  older_ = newer_ = nullptr;
  --gate_->heads_;
}

std::size_t LoadGate::held() const {
  return loop_.slabs().lent() * loop::Slabs::kBytes + http::held_bytes;
}

void LoadGate::evict_oldest() {
  Head* const head = oldest_;
  head->leave();
  head->evicted_ = true;
  refused.add(1);
  say();
  head->evict_(head->context_);
}

bool LoadGate::make_room() {
  if (oldest_ != nullptr && held() > limits_.buffered) evict_oldest();
  if (loop_.now_ms() - looked_ms_ >= kLookEveryMs) {
    looked_ms_ = loop_.now_ms();
    cut_slow();
  }
  if (held() <= limits_.buffered) return true;
  refused.add(1);
  say();
  return false;
}

// As many as bring it to three quarters of the limit, if each holds one read buffer: what they hold is free only once
// they have been resumed.
void LoadGate::cut_slow() {
  std::vector<SlowClient> slow;
  for (const ConnectionGroup* group : groups_) group->find_slow(limits_.patience, slow);
  const std::size_t excess = held() - limits_.buffered / 4 * 3;
  const std::size_t count = std::min(excess / loop::Slabs::kBytes + 1, slow.size());
  const auto end = slow.begin() + static_cast<std::ptrdiff_t>(count);
  std::ranges::partial_sort(slow, end, {}, &SlowClient::since_ms);
  for (auto each = slow.begin(); each != end; ++each) each->connection->cut();
  cut.add(static_cast<std::int64_t>(count));
  if (count > 0) say();
}

void LoadGate::say() {
  if (said_ms_ != 0 && loop_.now_ms() - said_ms_ < kSayEveryMs) return;
  said_ms_ = loop_.now_ms();
  observe::log_warning(
      "worker {}: overload: requests hold {} KiB of memory (limit {} KiB), {} heads are incomplete (limit {}); "
      "since the start {} requests got 503 and {} slow clients were cut off",
      worker_, held() / 1024, limits_.buffered / 1024, heads_, limits_.heads, refused.get(), cut.get());
}

}  // namespace mooring::server
