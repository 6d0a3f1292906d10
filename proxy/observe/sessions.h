// Sessions: how many sessions there are, and on which endpoint: counted from the cookies that come back.
//
// A table of fixed size for each worker, written by that worker alone; they are merged when somebody looks. A session
// counts for 30 minutes after it was last seen. Never part of a forwarding decision; from zero after a restart.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace mooring::observe {

class Sessions {
 public:
  static constexpr std::size_t kSlots = std::size_t{1} << 16;  // a worker; 24 bytes each
  static constexpr std::chrono::minutes kKept{30};

  explicit Sessions(std::size_t workers);

  // The session came back with its cookie, to the endpoint with this cookie part. Its worker only.
  void seen(std::size_t worker, std::uint64_t session, std::uint64_t endpoint,
            std::chrono::system_clock::time_point now);

  struct Counts {
    std::unordered_map<std::uint64_t, std::uint64_t> by_endpoint;
    std::uint64_t total = 0;
    bool estimated = false;  // some table is so full that sessions were pushed out: the true number is higher
  };
  Counts count(std::chrono::system_clock::time_point now) const;

 private:
  struct Slot {
    std::atomic<std::uint64_t> session{0};
    std::atomic<std::uint64_t> endpoint{0};
    std::atomic<std::int64_t> last_seen_s{0};
  };
  struct Table {
    // Made at the first session, so that who uses no affinity pays nothing.
    std::atomic<Slot*> slots{nullptr};
    std::unique_ptr<Slot[]> owned;
    std::atomic<std::int64_t> pushed_out_s{0};  // when a live session last lost its slot
  };
  std::vector<Table> tables_;
};

}  // namespace mooring::observe
