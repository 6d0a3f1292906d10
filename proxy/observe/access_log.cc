#include "proxy/observe/access_log.h"

#include <algorithm>
#include <bit>

#include "proxy/observe/append_number.h"
#include "proxy/observe/log.h"

namespace mooring::observe {
namespace {

constexpr std::size_t kWriteBytes = 64 * 1024;
constexpr std::chrono::seconds kSayEvery{10};

// Where one line goes to: most have under 256 bytes, those in JSON under 1,024.
constexpr std::int64_t kLineBytes = 1024;
constexpr std::int64_t kMostLines = std::int64_t{1} << 16;

std::size_t ring_bytes_for(std::int64_t lines) {
  const auto wanted = static_cast<std::uint64_t>(std::clamp<std::int64_t>(lines, 0, kMostLines) * kLineBytes);
  return std::bit_ceil(std::max<std::uint64_t>(wanted, AccessLog::kRingBytes));
}

bool is_internal(std::string_view name) {
  return name.ends_with("@internal");
}

}  // namespace

AccessLog::AccessLog(int descriptor, std::size_t workers, std::size_t ring_bytes,
                     const config::AccessLogOptions& options)
    : filters_(options.filters),
      filtered_(!filters_.status_codes.empty() || filters_.retry_attempts || filters_.min_duration.count() > 0),
      internals_(options.add_internals),
      writer_(descriptor) {
  for (std::size_t i = 0; i < workers; ++i) lanes_.push_back(std::make_unique<Lane>(ring_bytes, options));
  if (lanes_.empty()) return;
  wants_fields_ = !lanes_.front()->line.fields().drops_all_headers();
  numbered_lines_ = lanes_.front()->line.numbered();
}

AccessLog::AccessLog(int descriptor, const config::AccessLogOptions& options)
    : AccessLog(descriptor, cell_count(), ring_bytes_for(options.buffering_size), options) {}

void AccessLog::start() {
  thread_ = std::thread([this] { run(); });
}

void AccessLog::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  writer_.hurry();
  wake_.notify_one();
  thread_.join();
}

void AccessLog::record(std::uint32_t worker, const AccessRecord& record) {
  if (worker >= lanes_.size() || !keeps(record)) return;
  Lane& lane = *lanes_[worker];
  lane.line.format(record);
  const std::size_t half = lane.ring.capacity() / 2;
  const bool was_below = lane.ring.used() < half;
  if (!lane.ring.push(lane.line.before_number(), lane.line.after_number())) return lane.dropped.add();
  // Without the lock: if the writer is about to wait and misses this, it comes a tenth of a second later.
  if (was_below && lane.ring.used() >= half) wake_.notify_one();
}

// Any filter that is set keeps a line; where none is, all are kept.
bool AccessLog::keeps(const AccessRecord& record) const {
  if (!internals_ && (is_internal(record.router) || is_internal(record.service))) return false;
  if (!filtered_) return true;
  if (filters_.retry_attempts && record.retries > 0) return true;
  if (filters_.min_duration.count() > 0 && record.duration > filters_.min_duration) return true;
  return std::ranges::any_of(filters_.status_codes, [&](const config::StatusRange& range) {
    return range.first <= record.status && record.status <= range.last;
  });
}

std::uint64_t AccessLog::dropped() const {
  return lost_in_rings() + static_cast<std::uint64_t>(unwritten_.get());
}

std::uint64_t AccessLog::lost_in_rings() const {
  std::int64_t total = 0;
  for (const auto& lane : lanes_) total += lane->dropped.get();
  return static_cast<std::uint64_t>(total);
}

void AccessLog::run() {
  block_signals_in_this_thread();
  bool last = false;
  while (!last) {
    {
      std::unique_lock lock(mutex_);
      if (!stopping_) wake_.wait_for(lock, kFlushEvery);
      last = stopping_;
    }
    flush();
    say_what_was_lost(last);
  }
}

void AccessLog::flush() {
  // A lost line was a request too: the numbers of those that follow show the gap.
  const std::uint64_t lost = lost_in_rings();
  numbered_ += lost - numbered_lost_;
  numbered_lost_ = lost;
  for (const auto& lane : lanes_) {
    // No more than was there at the start: a busy worker must not keep the others' lines waiting.
    std::size_t left = lane->ring.used();
    while (left > 0) {
      second_half_.clear();
      left -= lane->ring.pop(gathered_, second_half_);
      ++numbered_;
      if (numbered_lines_) append_number(gathered_, numbered_);
      gathered_ += second_half_;
      ++gathered_lines_;
      if (gathered_.size() >= kWriteBytes) write_gathered();
    }
  }
  write_gathered();
}

void AccessLog::write_gathered() {
  if (!gathered_.empty() && !writer_.write(gathered_)) {
    unwritten_.add(static_cast<std::int64_t>(gathered_lines_));
  }
  gathered_.clear();
  gathered_lines_ = 0;
}

void AccessLog::say_what_was_lost(bool now) {
  const std::uint64_t lost = dropped();
  if (lost == said_lost_) return;
  const auto time = std::chrono::steady_clock::now();
  if (!now && time < say_after_) return;
  log_error("{} lines of the access log were lost: its reader is too slow, or has gone", lost - said_lost_);
  said_lost_ = lost;
  say_after_ = time + kSayEvery;
}

}  // namespace mooring::observe
