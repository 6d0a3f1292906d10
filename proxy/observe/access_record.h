// AccessRecord: what the access log says of one exchange; AccessSink: who takes it.
//
// The views are good during the call only. A sink takes a record on the worker's thread and must not block it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "proxy/http/header_map.h"

namespace mooring::observe {

struct AccessRecord {
  std::string_view client_host;  // X-Forwarded-For as it goes upstream, or the peer's address
  std::string_view peer_ip;
  std::uint16_t peer_port = 0;
  std::string_view user;  // "" : nobody was asked to say who they are
  std::string_view entry_point;
  bool secure = false;
  std::string_view method;
  std::string_view authority;  // Host, or the target's
  std::string_view target;     // path and query as received
  std::uint8_t minor_version = 1;
  std::uint64_t request_bytes = 0;  // of its body
  std::uint16_t status = 0;
  std::uint64_t body_bytes = 0;
  std::string_view router;          // "" : none matched
  std::string_view service;         // "" : none
  std::string_view server_url;      // "" : nobody was asked
  std::uint16_t origin_status = 0;  // 0: no upstream answered
  std::uint64_t origin_bytes = 0;   // of its answer's body
  std::chrono::nanoseconds origin_duration{0};
  std::uint32_t retries = 0;
  std::string_view failure;  // "" : none; else what went wrong, for people
  std::chrono::system_clock::time_point started_at;
  std::chrono::nanoseconds duration{0};
  // Null: not known. Only for a sink that wants_fields().
  const http::HeaderMap* request_fields = nullptr;
  const http::HeaderMap* origin_fields = nullptr;  // as the upstream sent them
  const http::HeaderMap* answer_fields = nullptr;  // as the client got them
};

class AccessSink {
 public:
  virtual ~AccessSink() = default;
  virtual void record(std::uint32_t worker, const AccessRecord& record) = 0;
  // Whether it looks at header fields: what the upstream sent is kept for it then.
  virtual bool wants_fields() const { return false; }
};

}  // namespace mooring::observe
