// Reads cookies out of a request's Cookie lines, without copying.
//
// Lenient as RFC 6265 section 5.4 servers have to be: pairs end at ';', blanks around them do not count, a value in
// double quotes loses them. Pure functions over a head; any thread. Setting cookies is affinity's business.
#pragma once

#include <optional>
#include <string_view>

#include "proxy/http/header_map.h"

namespace mooring::http {

struct Cookie {
  std::string_view name;
  std::string_view value;
};

// The first pair of `rest`, which loses it; nothing when there is none left. Pairs without '=' are skipped.
std::optional<Cookie> next_cookie(std::string_view& rest);

// Calls `each(value)` for every cookie of that name over all Cookie lines, in order, until it returns false.
template <typename Each>
void for_each_cookie(const HeaderMap& fields, std::string_view name, Each each) {
  for (const Field& field : fields) {
    if (field.id != FieldId::cookie) continue;
    std::string_view rest = field.value;
    while (const std::optional<Cookie> cookie = next_cookie(rest)) {
      if (cookie->name == name && !each(cookie->value)) return;
    }
  }
}

}  // namespace mooring::http
