// RedirectScheme: sends a request that came by another scheme or port to the one that is configured; passes on one that
// is there already.
//
// What the client used is X-Forwarded-Proto where a trusted peer said so (ws and wss count as http and https), else the
// connection's own scheme, and the port of Host. Immutable, any thread. Source: traefik-compat 4, redirectScheme.
#pragma once

#include <string>
#include <string_view>

#include "proxy/config/dynamic.h"
#include "proxy/http/handler.h"

namespace mooring::middleware {

class RedirectScheme final : public http::Middleware {
 public:
  explicit RedirectScheme(const config::RedirectSchemeConfig& config);
  loop::Task<http::Response> handle(http::Exchange& exchange, http::Next next) const override;

 private:
  std::string scheme_;
  std::string port_;  // ":8443", or empty where it goes without saying
  bool permanent_;
};

}  // namespace mooring::middleware
