// AccessSwitch: the access log as the workers see it, while the one behind it may be replaced (SIGHUP).
//
// A worker says in a cell of its own which log it is writing to (a hazard pointer), so that the old one ends when the
// last line for it has been taken, and no request takes a lock. Both logs write to one descriptor, one after the other.
// Owned by the command that runs the proxy: record() on workers, everything else on its thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "proxy/observe/access_log.h"
#include "proxy/observe/access_record.h"
#include "proxy/observe/cells.h"

namespace mooring::observe {

class AccessSwitch final : public AccessSink {
 public:
  // Starts `log`. `workers`: as many as may ever call record().
  explicit AccessSwitch(std::unique_ptr<AccessLog> log, std::size_t workers = cell_count());

  void record(std::uint32_t worker, const AccessRecord& record) override;
  bool wants_fields() const override { return wants_fields_.load(std::memory_order_relaxed); }
  // From now on lines go to `next`, which has not been started; what the old one holds is written first.
  void replace(std::unique_ptr<AccessLog> next);

 private:
  struct alignas(64) Lane {
    std::atomic<AccessLog*> writing_to{nullptr};
  };

  std::unique_ptr<AccessLog> log_;
  std::atomic<AccessLog*> current_;
  std::atomic<bool> wants_fields_;
  std::vector<Lane> lanes_;
};

}  // namespace mooring::observe
