#include "proxy/admin/status_query.h"

#include <algorithm>
#include <chrono>

#include "proxy/config/go_values.h"
#include "proxy/config/printable.h"
#include "proxy/routing/query_parameters.h"

namespace mooring::admin {
namespace {

// The first value of the parameter; nothing when it is not there.
std::optional<std::string> parameter(std::string_view query, std::string_view name) {
  std::optional<std::string> found;
  routing::query_any(query, name, [&found](std::string_view value) {
    found = value;
    return true;
  });
  return found;
}

}  // namespace

std::expected<StatusQuery, std::string> parse_status_query(std::string_view query) {
  StatusQuery parsed;
  const auto pretty = parameter(query, "pretty");
  parsed.pretty = pretty && (pretty->empty() || config::parse_bool(*pretty).value_or(false));
  if (const auto text = parameter(query, "wait")) {
    const auto seen = config::parse_int(*text);
    if (!seen || *seen < 0) {
      return std::unexpected("wait=" + config::printable(*text) + ": expected the generation of an earlier answer");
    }
    parsed.seen = static_cast<std::uint64_t>(*seen);
  }
  if (const auto text = parameter(query, "timeout")) {
    const auto timeout = config::parse_duration(*text);
    if (!timeout || timeout->count() < 0) {
      return std::unexpected("timeout=" + config::printable(*text) + ": expected a duration such as 30s, 5m at most");
    }
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(*timeout).count();
    parsed.timeout_ms = std::min(static_cast<std::uint64_t>(ms), StatusQuery::kLongestTimeoutMs);
  }
  return parsed;
}

}  // namespace mooring::admin
