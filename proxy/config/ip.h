// IP addresses and networks as values: trusted peers, the ClientIP matcher, a container's address.
//
// IPv4-mapped IPv6 addresses are unwrapped on the way in, so that 10.0.0.1 and ::ffff:10.0.0.1 are equal. No name
// resolution happens here. Plain comparable values; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mooring::config {

struct IpAddress {
  bool v6 = false;
  std::array<std::uint8_t, 16> bytes{};  // an IPv4 address stands in the first four

  // Accepts "10.0.0.1", "fd00::5", "[fd00::5]" and a zone ("fe80::1%eth0", which is dropped).
  static std::optional<IpAddress> parse(std::string_view text);
  std::string to_string() const;
  auto operator<=>(const IpAddress&) const = default;
};

// "10.0.0.1:80", "[fd00::5]:80", "shop.example:80".
std::string host_port(std::string_view host, std::uint16_t port);

struct IpNetwork {
  IpAddress address;
  std::uint8_t prefix = 32;  // bits

  // Accepts an address alone (then the whole of it) or CIDR notation; host bits are cleared.
  static std::optional<IpNetwork> parse(std::string_view text);
  bool contains(const IpAddress& address) const;
  auto operator<=>(const IpNetwork&) const = default;
};

}  // namespace mooring::config
