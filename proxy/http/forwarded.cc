#include "proxy/http/forwarded.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "proxy/http/hop_by_hop.h"
#include "proxy/http/request_target.h"

namespace mooring::http {
namespace {

bool is_trusted(const Peer& peer, const config::ForwardedHeadersOptions& options) {
  return options.insecure || std::ranges::any_of(options.trusted_ips, [&](const config::IpNetwork& network) {
           return network.contains(peer.address);
         });
}

// Dropped: look-alikes always, for nobody can say which of two spellings an application reads; the rest when the peer
// is not trusted.
void drop_claims(HeaderMap& fields, bool trusted) {
  fields.remove_if([trusted](const Field& field) {
    const char first = field.name.empty() ? '\0' : field.name.front();
    if ((first != 'x' && first != 'X') || !is_managed_forwarding_name(field.name)) return false;
    return !trusted || field.name.find_first_of("_.") != std::string_view::npos;
  });
}

// The claims of a trusted peer, in order, and behind them the peer itself; as one field.
void append_forwarded_for(HeaderMap& fields, std::string_view peer) {
  std::string_view chain;
  for (const Field& field : fields) {
    if (field.id != FieldId::x_forwarded_for || field.value.empty()) continue;
    chain = chain.empty() ? field.value : fields.arena().concat({chain, ", ", field.value});
  }
  fields.set(FieldId::x_forwarded_for, chain.empty() ? peer : fields.arena().concat({chain, ", ", peer}));
}

// The port in Host, else the one that goes with the scheme.
std::string_view forwarded_port(const RequestHead& head) {
  if (const auto authority = parse_authority(head.authority); authority && authority->port != 0) {
    std::array<char, 5> digits;
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), authority->port);
    return head.fields.arena().copy({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  const std::string_view proto = head.fields.value(FieldId::x_forwarded_proto);
  return equal_ignoring_case(proto, "https") || equal_ignoring_case(proto, "wss") ? "443" : "80";
}

}  // namespace

bool apply_underscores(HeaderMap& fields, config::UnderscoreHeaders strategy) {
  const auto has_one = [](const Field& field) { return field.name.find('_') != std::string_view::npos; };
  switch (strategy) {
    case config::UnderscoreHeaders::keep:
      return true;
    case config::UnderscoreHeaders::remove:
      fields.remove_if(has_one);
      return true;
    case config::UnderscoreHeaders::reject:
      return std::ranges::none_of(fields, has_one);
  }
  return true;
}

void apply_forwarded(RequestHead& head, const Peer& peer, const config::ForwardedHeadersOptions& options,
                     std::string_view own_hostname) {
  HeaderMap& fields = head.fields;
  const bool trusted = is_trusted(peer, options);
  drop_claims(fields, trusted);
  const auto absent = [&](FieldId id) { return !trusted || fields.find(id) == nullptr; };
  if (absent(FieldId::x_real_ip)) fields.add(FieldId::x_real_ip, peer.address_text);
  // http and https for a WebSocket too: applications build URLs from it (Traefik #6388).
  if (absent(FieldId::x_forwarded_proto)) fields.add(FieldId::x_forwarded_proto, peer.secure ? "https" : "http");
  if (absent(FieldId::x_forwarded_port)) fields.add(FieldId::x_forwarded_port, forwarded_port(head));
  if (absent(FieldId::x_forwarded_host) && !head.authority.empty()) {
    fields.add(FieldId::x_forwarded_host, head.authority);
  }
  fields.set(FieldId::x_forwarded_server, own_hostname);
  if (!options.not_append_for) append_forwarded_for(fields, peer.address_text);
}

}  // namespace mooring::http
