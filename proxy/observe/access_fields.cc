#include "proxy/observe/access_fields.h"

#include <algorithm>

#include "proxy/http/header_map.h"

namespace mooring::observe {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(AccessField::count)> kNames{
    "ClientAddr",       "ClientHost",    "ClientPort",    "ClientUsername", "DownstreamContentSize",
    "DownstreamStatus", "Duration",      "Failure",       "GzipRatio",      "OriginContentSize",
    "OriginDuration",   "OriginStatus",  "Overhead",      "RequestAddr",    "RequestContentSize",
    "RequestCount",     "RequestHost",   "RequestMethod", "RequestPath",    "RequestPort",
    "RequestProtocol",  "RequestScheme", "RetryAttempts", "RouterName",     "ServiceAddr",
    "ServiceName",      "ServiceURL",    "StartLocal",    "StartUTC",       "entryPointName"};

}  // namespace

std::string_view access_field_name(AccessField field) {
  return kNames[static_cast<std::size_t>(field)];
}

AccessFields::AccessFields(const config::AccessLogFields& options)
    : other_headers_(options.headers_mode), query_(options.query_mode) {
  modes_.fill(options.default_mode);
  for (const auto& [name, mode] : options.names) {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      if (http::equal_ignoring_case(kNames[i], name)) modes_[i] = mode;
    }
  }
  for (const auto& [name, mode] : options.headers) headers_.push_back({.name = name, .mode = mode});
  no_headers_ = other_headers_ == config::FieldMode::drop &&
                std::ranges::all_of(headers_, [](const Header& one) { return one.mode == config::FieldMode::drop; });
}

config::FieldMode AccessFields::header_mode(std::string_view name) const {
  for (const Header& header : headers_) {
    if (http::equal_ignoring_case(header.name, name)) return header.mode;
  }
  return other_headers_;
}

std::string_view AccessFields::shown_target(std::string_view target, std::string& scratch) const {
  if (query_ == config::FieldMode::keep) return target;
  const std::size_t mark = target.find('?');
  if (mark == std::string_view::npos) return target;
  if (query_ == config::FieldMode::drop) return target.substr(0, mark);
  scratch.assign(target.substr(0, mark));
  char before = '?';
  for (std::string_view rest = target.substr(mark + 1); !rest.empty();) {
    const std::size_t end = std::min(rest.find_first_of("&;"), rest.size());
    const std::string_view parameter = rest.substr(0, end);
    scratch += before;
    // One without a value may be a secret as a whole.
    const std::size_t equals = parameter.find('=');
    if (equals != std::string_view::npos) scratch += parameter.substr(0, equals + 1);
    scratch += kRedacted;
    before = '&';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return scratch;
}

}  // namespace mooring::observe
