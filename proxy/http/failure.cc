#include "proxy/http/failure.h"

namespace mooring::http {

std::string_view to_string(FailureKind kind) {
  switch (kind) {
    case FailureKind::none:
      return "none";
    case FailureKind::canceled:
      return "canceled";
    case FailureKind::connection_refused:
      return "connection_refused";
    case FailureKind::connection_timeout:
      return "connection_timeout";
    case FailureKind::connection_terminated:
      return "connection_terminated";
    case FailureKind::connection_read_timeout:
      return "connection_read_timeout";
    case FailureKind::connection_write_timeout:
      return "connection_write_timeout";
    case FailureKind::connection_limit_reached:
      return "connection_limit_reached";
    case FailureKind::dns_error:
      return "dns_error";
    case FailureKind::destination_unavailable:
      return "destination_unavailable";
    case FailureKind::http_request_error:
      return "http_request_error";
    case FailureKind::http_response_incomplete:
      return "http_response_incomplete";
    case FailureKind::http_protocol_error:
      return "http_protocol_error";
    case FailureKind::http_response_timeout:
      return "http_response_timeout";
    case FailureKind::http_upgrade_failed:
      return "http_upgrade_failed";
    case FailureKind::proxy_internal_error:
      return "proxy_internal_error";
  }
  return "unknown";
}

}  // namespace mooring::http
