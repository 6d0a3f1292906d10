// The parameters of a request's query, as rules see them: `&` and `;` separate, `+` is a blank, %XX is decoded.
//
// Read from the raw query each time and only when a rule asks, without memory for it in the common case. A parameter
// with a broken escape is passed over, as in Go. Pure functions, any thread. Source: Go's net/url ParseQuery, which is
// what Traefik matches against after turning `;` into `&`.
#pragma once

#include <string>
#include <string_view>

namespace mooring::routing {

namespace query_detail {

struct Parameter {
  std::string_view name;  // both still encoded
  std::string_view value;
};

// Takes the next non-empty parameter off the front of `query`; false at its end.
bool next_parameter(std::string_view& query, Parameter& parameter);

}  // namespace query_detail

// Whether `encoded` is well formed and decodes to `plain`.
bool decodes_to(std::string_view encoded, std::string_view plain);

// The decoded text: `encoded` itself where nothing is to be decoded, else `buffer`. False: a broken escape.
bool decode_parameter(std::string_view encoded, std::string& buffer, std::string_view& decoded);

// Whether some parameter called `name` has exactly this value.
bool query_has(std::string_view query, std::string_view name, std::string_view value);

// Whether `accept` says yes to the decoded value of some parameter called `name`.
template <typename Accept>
bool query_any(std::string_view query, std::string_view name, Accept accept) {
  query_detail::Parameter parameter;
  std::string buffer;
  std::string_view value;
  while (query_detail::next_parameter(query, parameter)) {
    if (!decodes_to(parameter.name, name)) continue;
    if (decode_parameter(parameter.value, buffer, value) && accept(value)) return true;
  }
  return false;
}

}  // namespace mooring::routing
