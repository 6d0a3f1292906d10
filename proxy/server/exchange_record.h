// What the access log is told of an exchange that is over.
//
// Pure: puts together what the exchange, its peer and the connection know. The views are the exchange's. One thread.
#pragma once

#include <cstdint>
#include <string_view>

#include "proxy/http/exchange.h"
#include "proxy/observe/access_record.h"

namespace mooring::server {

// What the connection knows at the end.
struct Outcome {
  std::uint16_t status;
  std::uint64_t request_bytes;
  std::uint64_t body_bytes;
  const http::Failure& failure;
  const http::HeaderMap& fields;  // of the answer
};

observe::AccessRecord record_of(const http::Exchange& exchange, std::string_view entry_point, const Outcome& outcome);

}  // namespace mooring::server
