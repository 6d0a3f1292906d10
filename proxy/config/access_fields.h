// The fields of an access-log line, in Traefik's spelling, and ours (Failure): what accessLog.fields.names may name.
//
// Names alone; what they hold is the access log's (proxy/observe). Constants; any thread. Source: compat 6.3.
#pragma once

#include <span>
#include <string_view>

namespace mooring::config {

std::span<const std::string_view> access_fields();

// The field with this name in any case, properly spelled; empty when there is none.
std::string_view access_field(std::string_view name);

}  // namespace mooring::config
