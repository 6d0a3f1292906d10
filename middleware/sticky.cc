#include "middleware/sticky.h"

#include <algorithm>
#include <utility>

#include "proxy/http/cookie.h"

namespace mooring::middleware {
namespace {

// A browser sends one or two of a name; more is somebody's play.
constexpr int kMaxCookies = 8;

std::string same_site(const std::string& configured) {
  if (configured == "none") return "; SameSite=None";
  if (configured == "lax") return "; SameSite=Lax";
  if (configured == "strict") return "; SameSite=Strict";
  return "";
}

// In Traefik's order: Path, Domain, Max-Age, HttpOnly, Secure, SameSite.
std::string attributes_of(const config::CookieConfig& cookie) {
  std::string text;
  if (!cookie.path.empty()) text += "; Path=" + cookie.path;
  std::string_view domain = cookie.domain;
  if (domain.starts_with('.')) domain.remove_prefix(1);
  if (!domain.empty()) text.append("; Domain=").append(domain);
  if (cookie.max_age != 0) text += "; Max-Age=" + std::to_string(std::max<std::int64_t>(0, cookie.max_age));
  if (cookie.http_only) text += "; HttpOnly";
  if (cookie.secure) text += "; Secure";
  return text + same_site(cookie.same_site);
}

std::string name_of(const config::CookieConfig& cookie, const upstream::Balancer& balancer) {
  if (cookie.name.empty()) return upstream::generated_cookie_name(balancer.service());
  return upstream::sanitized_cookie_name(cookie.name);
}

}  // namespace

Sticky::Sticky(const config::CookieConfig& cookie, std::shared_ptr<const upstream::Balancer> balancer, bool shared,
               observe::Sessions* sessions)
    : name_(name_of(cookie, *balancer)),
      attributes_(attributes_of(cookie)),
      balancer_(std::move(balancer)),
      shared_(shared),
      sessions_(sessions) {}

Sticky::Seen Sticky::look(const http::HeaderMap& fields) const {
  Seen seen;
  int looked_at = 0;
  http::for_each_cookie(fields, name_, [&](std::string_view value) {
    seen.any = true;
    if (const auto cookie = upstream::AffinityCookie::parse(value)) {
      if (seen.cookie.count == 0) seen.cookie = *cookie;
      for (std::size_t i = 0; i < cookie->count; ++i) {
        const auto index = balancer_->by_cookie_part(cookie->parts[i]);
        if (!index) continue;
        seen.index = index;
        seen.ours = true;
        seen.cookie = *cookie;
        return false;
      }
    } else if (const auto index = balancer_->by_traefik_value(value)) {
      seen.index = index;
      return false;
    }
    return ++looked_at < kMaxCookies;
  });
  return seen;
}

loop::Task<http::Response> Sticky::handle(http::Exchange& exchange, http::Next next) const {
  const Seen seen = look(exchange.request.fields);
  if (seen.index && exchange.preferred.balancer == nullptr) {
    exchange.preferred = {.balancer = balancer_.get(), .index = *seen.index};
  }
  // The outermost of two with different names counts, for both.
  const void* const outer = exchange.affinity_of;
  const bool counts = outer != balancer_.get();
  exchange.affinity_of = balancer_.get();
  http::Response response = co_await next(exchange);
  exchange.affinity_of = outer;
  if (response.failure || exchange.answered.balancer != balancer_.get()) co_return response;
  const upstream::Endpoint& endpoint = answered_by(exchange);
  if (counts) count(exchange, seen, endpoint);
  if (seen.ours && names(seen.index, endpoint)) {
    if (counts && sessions_ != nullptr) {
      sessions_->seen(exchange.worker, seen.cookie.session, endpoint.cookie_part(), exchange.started_at);
    }
    co_return response;
  }
  response.head.fields.add(http::FieldId::set_cookie, set_cookie(exchange, seen, endpoint));
  co_return response;
}

// A request that was held may have been answered by an endpoint that came later than its route.
const upstream::Endpoint& Sticky::answered_by(const http::Exchange& exchange) const {
  const auto* const successor = static_cast<const upstream::Balancer*>(exchange.successor.get());
  return *(successor == nullptr ? *balancer_ : *successor).servers()[exchange.answered.index].endpoint;
}

bool Sticky::names(std::optional<std::uint32_t> index, const upstream::Endpoint& endpoint) const {
  return index && balancer_->servers()[*index].endpoint.get() == &endpoint;
}

void Sticky::count(http::Exchange& exchange, const Seen& seen, const upstream::Endpoint& endpoint) const {
  upstream::AffinityCounters& counters = balancer_->state().affinity.of(exchange.worker);
  counters.requests.add(1);
  // Another cookie of this balancer may have named the endpoint.
  const bool preferred = exchange.preferred.balancer == balancer_.get() && names(exchange.preferred.index, endpoint);
  if (names(seen.index, endpoint) || preferred) {
    counters.kept.add(1);
    return;
  }
  if (!seen.any) {
    counters.fresh.add(1);
    return;
  }
  if (!seen.index) {
    // Of a cookie that others use too, their parts say nothing of us: whether ours was ever there is not known.
    if (shared_ && seen.cookie.count != 0) return counters.fresh.add(1);
    // A value of our form was given by us once: what it names is no more. Anything else was never ours.
    (seen.cookie.count != 0 ? counters.moved_gone : counters.moved_unknown).add(1);
    return;
  }
  switch (balancer_->servers()[*seen.index].endpoint->state()) {
    case upstream::EndpointState::draining:
    case upstream::EndpointState::finishing:
    case upstream::EndpointState::maintenance:
      counters.moved_draining.add(1);
      break;
    case upstream::EndpointState::gone:
      counters.moved_gone.add(1);
      break;
    default:
      counters.moved_unhealthy.add(1);
  }
}

std::string_view Sticky::set_cookie(http::Exchange& exchange, const Seen& seen,
                                    const upstream::Endpoint& endpoint) const {
  upstream::AffinityCookie cookie;
  cookie.parts[cookie.count++] = endpoint.cookie_part();
  if (shared_) {
    for (std::size_t i = 0; i < seen.cookie.count && cookie.count < upstream::AffinityCookie::kMaxParts; ++i) {
      if (!balancer_->by_cookie_part(seen.cookie.parts[i])) cookie.parts[cookie.count++] = seen.cookie.parts[i];
    }
  }
  // A session that moves stays the same session: its id is kept.
  cookie.session = seen.cookie.session != 0 ? seen.cookie.session : upstream::random_session();
  return exchange.arena.concat({name_, "=", cookie.to_string(), attributes_});
}

}  // namespace mooring::middleware
