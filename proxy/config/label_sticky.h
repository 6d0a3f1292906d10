// The sticky cookie as labels say it, below a service or as a middleware: collected key by key, then settled.
//
// Traefik lets `sticky=true` alone mean nothing; people write it and mean a cookie, so it is honoured and said (S01).
// Plain values, owned by the label decoder. Source: compat page, sections 0 and 3.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/config/dynamic.h"

namespace mooring::config {

// What `true`, `false` or nothing says about a struct that may stand alone (Traefik's allowEmpty). Nothing in `value`
// counts as true, any case of "true" does, and what is neither true nor false is no answer.
std::optional<bool> parse_toggle(std::string_view value);

struct StickyLabels {
  std::optional<bool> sticky;  // `sticky` itself
  std::optional<bool> cookie;  // `sticky.cookie` itself
  bool has_fields = false;     // any key below `sticky.cookie`
  CookieConfig fields;

  // Takes one value; `field` is the cookie's field in Traefik's spelling ("maxAge"), "cookie" or "sticky". Returns what
  // was expected when the value is bad: then the default stays, which shows nobody more than was meant.
  std::string take(std::string_view field, std::string_view value);

  // `sticky=true` and nothing else.
  bool alone() const { return sticky.value_or(false) && !cookie && !has_fields; }

  // The cookie that follows from all keys, or nothing when they switch it off.
  std::optional<StickyConfig> settled() const;
};

}  // namespace mooring::config
