// Sticky: ties a session to its endpoint by a cookie.
//
// Before `next` it reads the cookie and wishes for its endpoint; after it, if another endpoint of its balancer
// answered, it sets the cookie. Both label forms (on the service, on a middleware) end here. Immutable; any worker. The
// cookie's bytes are Traefik's but for the value; see affinity.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "proxy/config/dynamic.h"
#include "proxy/http/handler.h"
#include "proxy/observe/sessions.h"
#include "proxy/upstream/affinity.h"
#include "proxy/upstream/balancer.h"

namespace mooring::middleware {

class Sticky final : public http::Middleware {
 public:
  // `shared`: other services use a cookie of this name too, so their parts of the value are kept.
  Sticky(const config::CookieConfig& cookie, std::shared_ptr<const upstream::Balancer> balancer, bool shared,
         observe::Sessions* sessions);

  loop::Task<http::Response> handle(http::Exchange& exchange, http::Next next) const override;
  const std::string& cookie_name() const { return name_; }
  bool keeps_others() const { return shared_; }

 private:
  struct Seen {
    std::optional<std::uint32_t> index;  // the endpoint that the cookie names
    bool ours = false;                   // the value was of our own form (else Traefik's: it is rewritten)
    bool any = false;                    // there was a cookie of that name
    upstream::AffinityCookie cookie;     // the last one of our form
  };
  Seen look(const http::HeaderMap& fields) const;
  const upstream::Endpoint& answered_by(const http::Exchange& exchange) const;
  bool names(std::optional<std::uint32_t> index, const upstream::Endpoint& endpoint) const;
  void count(http::Exchange& exchange, const Seen& seen, const upstream::Endpoint& endpoint) const;
  std::string_view set_cookie(http::Exchange& exchange, const Seen& seen, const upstream::Endpoint& endpoint) const;

  std::string name_;
  std::string attributes_;  // "; Path=/; HttpOnly", in Traefik's order
  std::shared_ptr<const upstream::Balancer> balancer_;
  bool shared_;
  observe::Sessions* sessions_;
};

}  // namespace mooring::middleware
