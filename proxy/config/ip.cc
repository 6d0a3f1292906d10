#include "proxy/config/ip.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace mooring::config {
namespace {

// Longer than any address in text, with room for a zone: what is longer is refused before it is copied.
constexpr std::size_t kLongestText = 128;

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_mapped(const std::array<std::uint8_t, 16>& bytes) {
  return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin());
}

struct Parsed {
  IpAddress address;
  bool was_mapped = false;
};

std::optional<Parsed> parse_address(std::string_view text) {
  if (text.size() > kLongestText) return std::nullopt;
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
    if (text.find(':') == std::string_view::npos) return std::nullopt;
  }
  if (const auto zone = text.find('%'); zone != std::string_view::npos) {
    if (zone + 1 == text.size() || text.find(':') == std::string_view::npos) return std::nullopt;
    text = text.substr(0, zone);
  }
  const std::string copy{text};
  if (copy.find('\0') != std::string::npos) return std::nullopt;
  Parsed parsed;
  if (inet_pton(AF_INET, copy.c_str(), parsed.address.bytes.data()) == 1) return parsed;
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) != 1) return std::nullopt;
  if (is_mapped(bytes)) {
    std::copy(bytes.begin() + 12, bytes.end(), parsed.address.bytes.begin());
    parsed.was_mapped = true;
    return parsed;
  }
  parsed.address.v6 = true;
  parsed.address.bytes = bytes;
  return parsed;
}

void clear_host_bits(IpAddress& address, unsigned prefix) {
  const unsigned bits = address.v6 ? 128 : 32;
  for (unsigned bit = prefix; bit < bits; ++bit) {
    address.bytes[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
  }
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const auto parsed = parse_address(text);
  if (!parsed) return std::nullopt;
  return parsed->address;
}

std::string IpAddress::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(v6 ? AF_INET6 : AF_INET, bytes.data(), text.data(), text.size());
  return text.data();
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto parsed = parse_address(text.substr(0, slash));
  if (!parsed) return std::nullopt;
  IpNetwork network{parsed->address, static_cast<std::uint8_t>(parsed->address.v6 ? 128 : 32)};
  if (slash == std::string_view::npos) return network;
  const std::string_view digits = text.substr(slash + 1);
  unsigned prefix = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (error != std::errc{} || end != digits.data() + digits.size() || digits.front() == '+') return std::nullopt;
  if (parsed->was_mapped) {
    // ::ffff:10.0.0.0/104 is 10.0.0.0/8. A shorter prefix covers more than IPv4 and has no such form.
    if (prefix < 96) return std::nullopt;
    prefix -= 96;
  }
  if (prefix > (network.address.v6 ? 128U : 32U)) return std::nullopt;
  network.prefix = static_cast<std::uint8_t>(prefix);
  clear_host_bits(network.address, prefix);
  return network;
}

std::string host_port(std::string_view host, std::uint16_t port) {
  const bool v6 = host.contains(':');
  return (v6 ? "[" : "") + std::string(host) + (v6 ? "]:" : ":") + std::to_string(port);
}

bool IpNetwork::contains(const IpAddress& other) const {
  if (other.v6 != address.v6) return false;
  const unsigned whole = prefix / 8;
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + whole, other.bytes.begin())) return false;
  const unsigned rest = prefix % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xffU << (8 - rest));
  return (address.bytes[whole] & mask) == (other.bytes[whole] & mask);
}

}  // namespace mooring::config
