#include "proxy/config/access_fields.h"

#include <algorithm>
#include <array>

#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

constexpr auto kFields = std::to_array<std::string_view>({
    "ClientAddr",       "ClientHost",       "ClientPort",    "ClientUsername", "DownstreamContentSize",
    "DownstreamStatus", "Duration",         "Failure",       "GzipRatio",      "OriginContentSize",
    "OriginDuration",   "OriginStatus",     "Overhead",      "RequestAddr",    "RequestContentSize",
    "RequestCount",     "RequestHost",      "RequestMethod", "RequestPath",    "RequestPort",
    "RequestProtocol",  "RequestScheme",    "RetryAttempts", "RouterName",     "ServiceAddr",
    "ServiceName",      "ServiceURL",       "SpanId",        "StartLocal",     "StartUTC",
    "TLSCipher",        "TLSClientSubject", "TLSVersion",    "TraceId",        "entryPointName",
});

}  // namespace

std::span<const std::string_view> access_fields() {
  return kFields;
}

std::string_view access_field(std::string_view name) {
  const auto found = std::ranges::find_if(kFields, [&](std::string_view field) { return equal_fold(field, name); });
  return found == kFields.end() ? std::string_view{} : *found;
}

}  // namespace mooring::config
