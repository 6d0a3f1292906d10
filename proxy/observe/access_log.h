// AccessLog: one line a request, in the format that was chosen (access_line.h), written by a thread of its own.
//
// Each worker has a ring that only it fills and only the writer empties: a worker takes no lock and never waits. A line
// that finds its ring full, because the reader of the log is too slow, is lost and counted, and the application log
// says so. Lines are written together, a tenth of a second late at most. As in Traefik, requests to the API and to ping
// are left out unless they are asked for, and where filters are set a line that none of them keeps. Owned by the
// command that runs the proxy, which starts it once privileges are dropped and stops it after the workers.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "proxy/config/options.h"
#include "proxy/observe/access_line.h"
#include "proxy/observe/access_record.h"
#include "proxy/observe/cells.h"
#include "proxy/observe/descriptor_writer.h"
#include "proxy/observe/line_ring.h"

namespace mooring::observe {

class AccessLog final : public AccessSink {
 public:
  // For each worker: some 2,000 lines.
  static constexpr std::size_t kRingBytes = std::size_t{1} << 18;
  static constexpr std::chrono::milliseconds kFlushEvery{100};

  // `descriptor` must stay open until stop(). `ring_bytes`: a power of two.
  explicit AccessLog(int descriptor, std::size_t workers = cell_count(), std::size_t ring_bytes = kRingBytes,
                     const config::AccessLogOptions& options = {});
  // As many bytes for each worker as `bufferingSize` lines are likely to need, and never fewer than kRingBytes.
  AccessLog(int descriptor, const config::AccessLogOptions& options);
  ~AccessLog() override { stop(); }
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  void start();
  // Writes what is there, waiting for a reader that has stopped for a second at most.
  void stop();

  // On the worker's thread, for its own number only.
  void record(std::uint32_t worker, const AccessRecord& record) override;
  bool wants_fields() const override { return wants_fields_; }

  // Lines lost so far. Any thread.
  std::uint64_t dropped() const;

 private:
  struct alignas(64) Lane {
    Lane(std::size_t ring_bytes, const config::AccessLogOptions& options) : line(options), ring(ring_bytes) {}
    AccessLine line;
    LineRing ring;
    Count dropped;
  };

  bool keeps(const AccessRecord& record) const;
  std::uint64_t lost_in_rings() const;
  void run();
  void flush();
  void write_gathered();
  void say_what_was_lost(bool now);

  const config::AccessLogFilters filters_;
  const bool filtered_;
  const bool internals_;
  bool wants_fields_ = false;
  bool numbered_lines_ = true;
  std::vector<std::unique_ptr<Lane>> lanes_;
  DescriptorWriter writer_;
  std::thread thread_;
  std::mutex mutex_;  // the writer's and stop()'s; no worker takes it
  std::condition_variable wake_;
  bool stopping_ = false;

  // The writer's own.
  std::string gathered_;
  std::string second_half_;
  std::uint64_t gathered_lines_ = 0;
  std::uint64_t numbered_ = 0;
  std::uint64_t numbered_lost_ = 0;  // of these, lost in a ring
  std::uint64_t said_lost_ = 0;
  std::chrono::steady_clock::time_point say_after_{};
  Count unwritten_;  // lost because the descriptor broke
};

}  // namespace mooring::observe
