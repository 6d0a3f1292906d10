// AccessFields: which fields, header fields and query parameters a line of the access log shows, as
// accessLog.fields says.
//
// Made once from the options, read by each worker's AccessLine; names are compared without regard to case, as Traefik
// does. `redact` shows that something was there. Immutable, any thread. Source: traefik-compat 6.3.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/options.h"

namespace mooring::observe {

// In the order of a JSON line; those of header fields stand between.
enum class AccessField : std::uint8_t {
  client_addr,
  client_host,
  client_port,
  client_username,
  downstream_content_size,
  downstream_status,
  duration,
  failure,
  gzip_ratio,
  origin_content_size,
  origin_duration,
  origin_status,
  overhead,
  request_addr,
  request_content_size,
  request_count,
  request_host,
  request_method,
  request_path,
  request_port,
  request_protocol,
  request_scheme,
  retry_attempts,
  router_name,
  service_addr,
  service_name,
  service_url,
  start_local,
  start_utc,
  entry_point_name,
  count,
};

// "ClientAddr".
std::string_view access_field_name(AccessField field);

class AccessFields {
 public:
  static constexpr std::string_view kRedacted = "REDACTED";

  explicit AccessFields(const config::AccessLogFields& options);

  config::FieldMode mode(AccessField field) const { return modes_[static_cast<std::size_t>(field)]; }
  bool keeps(AccessField field) const { return mode(field) == config::FieldMode::keep; }
  bool drops(AccessField field) const { return mode(field) == config::FieldMode::drop; }
  // Of a header field.
  config::FieldMode header_mode(std::string_view name) const;
  bool drops_all_headers() const { return no_headers_; }

  // Path and query as they are shown: the query as it is, without it, or with its values redacted (in `scratch`).
  std::string_view shown_target(std::string_view target, std::string& scratch) const;

 private:
  struct Header {
    std::string name;
    config::FieldMode mode;
  };

  std::array<config::FieldMode, static_cast<std::size_t>(AccessField::count)> modes_;
  std::vector<Header> headers_;
  config::FieldMode other_headers_;
  config::FieldMode query_;
  bool no_headers_;
};

}  // namespace mooring::observe
