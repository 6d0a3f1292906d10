// The X-Forwarded-* fields and X-Real-Ip: who asked, how, and under which name.
//
// What a peer that is not trusted says about itself is dropped first, with look-alikes ("X_Forwarded_For"). `Forwarded`
// (RFC 7239) passes untouched, as in Traefik. Works on the head in its arena; any thread. Source: traefik-compat 5.1.
#pragma once

#include <cstdint>
#include <string_view>

#include "proxy/config/ip.h"
#include "proxy/config/options.h"
#include "proxy/http/request_head.h"

namespace mooring::http {

struct Peer {
  config::IpAddress address;
  std::string_view address_text;  // without port, brackets and zone; must outlive the exchange
  std::uint16_t port = 0;
  bool secure = false;  // it spoke TLS to us
};

// Names with '_', which many applications cannot tell from those with '-'. False: the request must be refused.
bool apply_underscores(HeaderMap& fields, config::UnderscoreHeaders strategy);

// After strip_request(). `own_hostname` must outlive the exchange.
void apply_forwarded(RequestHead& head, const Peer& peer, const config::ForwardedHeadersOptions& options,
                     std::string_view own_hostname);

}  // namespace mooring::http
