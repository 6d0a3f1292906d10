// AccessRecord: what the access log says of one exchange; AccessSink: who takes it.
//
// The views are good during the call only. A sink takes a record on the worker's thread and must not block it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace mooring::observe {

struct AccessRecord {
  std::string_view client_host;  // X-Forwarded-For as it goes upstream, or the peer's address
  std::string_view method;
  std::string_view target;  // path and query as received
  std::uint8_t minor_version = 1;
  std::uint16_t status = 0;
  std::uint64_t body_bytes = 0;
  std::string_view router;      // "" : none matched
  std::string_view server_url;  // "" : nobody was asked
  std::string_view failure;     // "" : none; else what went wrong, for people
  std::chrono::system_clock::time_point started_at;
  std::uint64_t duration_ms = 0;
};

class AccessSink {
 public:
  virtual ~AccessSink() = default;
  virtual void record(std::uint32_t worker, const AccessRecord& record) = 0;
};

}  // namespace mooring::observe
