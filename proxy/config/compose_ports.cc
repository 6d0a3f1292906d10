#include "proxy/config/compose_ports.h"

#include <algorithm>
#include <optional>

#include "proxy/config/go_values.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

struct Range {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
};

std::optional<Range> parse_range(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = parse_port(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_port(text.substr(dash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return Range{*first, *last};
}

}  // namespace

std::vector<ComposePort> parse_compose_port(std::string_view text, bool published) {
  text = trimmed(text);
  ComposePort port;
  if (const auto slash = text.rfind('/'); slash != std::string_view::npos) {
    port.protocol = ascii_lower(text.substr(slash + 1));
    text = text.substr(0, slash);
  }
  const auto colon = text.rfind(':');
  const auto own = parse_range(colon == std::string_view::npos ? text : text.substr(colon + 1));
  if (!own) return {};
  std::optional<Range> host;
  if (published && colon != std::string_view::npos) {
    std::string_view front = text.substr(0, colon);
    const auto address_end = front.rfind(':');
    if (address_end != std::string_view::npos) {
      std::string_view address = front.substr(0, address_end);
      if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
      port.host_address = address;
      front = front.substr(address_end + 1);
    }
    host = parse_range(front);
  }
  std::vector<ComposePort> ports;
  const unsigned count = std::min<unsigned>(own->last - own->first + 1U, kMostPortsOfARange);
  for (unsigned i = 0; i < count; ++i) {
    port.number = static_cast<std::uint16_t>(own->first + i);
    // A range of host ports before one container port means any of them.
    const bool paired = host && host->last - host->first == own->last - own->first;
    port.host_port = paired ? static_cast<std::uint16_t>(host->first + i) : 0;
    ports.push_back(port);
  }
  return ports;
}

}  // namespace mooring::config
