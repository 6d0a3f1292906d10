// Affinity: which endpoint a cookie's value names, and the value that names an endpoint.
//
// A value is `<endpoint>[.<endpoint>…].<session>`: one to four endpoint parts of 16 hex digits (one for each service
// that shares the cookie), then a random session id of 16 hex digits. An endpoint part is the head of SHA-256 over
// "<container id>:<port>"; for a server given by URL it is Traefik's own value, or with `sticky.key` the
// head of HMAC-SHA-256 over the URL. Traefik's values are understood too:
// the head of SHA-256 of the URL, FNV-1 of it (once or twice), or the URL itself. No table is needed to honour a
// cookie: it survives a restart of the proxy. Pure functions; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mooring::upstream {

struct AffinityCookie {
  static constexpr std::size_t kMaxParts = 4;

  std::array<std::uint64_t, kMaxParts> parts{};
  std::size_t count = 0;
  std::uint64_t session = 0;

  // Nothing when the value is not of our form.
  static std::optional<AffinityCookie> parse(std::string_view value);
  std::string to_string() const;
};

// The first 64 bits of SHA-256.
std::uint64_t sha256_head(std::string_view text);
// The first 64 bits of HMAC-SHA-256 (RFC 2104).
std::uint64_t keyed_head(std::string_view key, std::string_view text);
// FNV-1 (not 1a), 64 bits, as lower-case hex without padding: what older Traefik versions wrote.
std::string fnv1_hex(std::string_view text);
std::string hex16(std::uint64_t value);

// "_" and five hex digits, from "<service>@<provider>": Traefik's name for a cookie without one.
std::string generated_cookie_name(std::string_view qualified_service);
// A configured name as Traefik writes it: what may not stand in a cookie's name becomes "_".
std::string sanitized_cookie_name(std::string_view name);

// 64 random bits, unguessable; never 0.
std::uint64_t random_session();

}  // namespace mooring::upstream
