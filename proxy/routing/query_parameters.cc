#include "proxy/routing/query_parameters.h"

#include <algorithm>

namespace mooring::routing {
namespace {

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Calls `take` with each decoded character until it says no. False: it said no, or an escape is broken.
template <typename Take>
bool decode(std::string_view encoded, Take take) {
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    char c = encoded[i];
    if (c == '+') {
      c = ' ';
    } else if (c == '%') {
      if (i + 2 >= encoded.size()) return false;
      const int high = hex(encoded[i + 1]);
      const int low = hex(encoded[i + 2]);
      if (high < 0 || low < 0) return false;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (!take(c)) return false;
  }
  return true;
}

}  // namespace

namespace query_detail {

bool next_parameter(std::string_view& query, Parameter& parameter) {
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find_first_of("&;"));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    if (one.empty()) continue;
    const std::size_t equals = std::min(one.find('='), one.size());
    parameter.name = one.substr(0, equals);
    parameter.value = one.substr(std::min(equals + 1, one.size()));
    return true;
  }
  return false;
}

}  // namespace query_detail

bool decodes_to(std::string_view encoded, std::string_view plain) {
  const bool same = decode(encoded, [&](char c) {
    if (!plain.starts_with(c)) return false;
    plain.remove_prefix(1);
    return true;
  });
  return same && plain.empty();
}

bool decode_parameter(std::string_view encoded, std::string& buffer, std::string_view& decoded) {
  decoded = encoded;
  if (encoded.find_first_of("%+") == std::string_view::npos) return true;
  buffer.clear();
  const bool well_formed = decode(encoded, [&](char c) {
    buffer += c;
    return true;
  });
  decoded = buffer;
  return well_formed;
}

bool query_has(std::string_view query, std::string_view name, std::string_view value) {
  query_detail::Parameter parameter;
  while (query_detail::next_parameter(query, parameter)) {
    if (decodes_to(parameter.name, name) && decodes_to(parameter.value, value)) return true;
  }
  return false;
}

}  // namespace mooring::routing
