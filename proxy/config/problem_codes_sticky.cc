// S: what is wrong with sticky sessions.
#include <algorithm>
#include <array>

#include "proxy/config/problem_codes.h"

namespace mooring::config {
namespace {

constexpr auto kSticky = std::to_array<ProblemCode>({
    {"S01", "sticky=true without a cookie",
     R"(`…loadbalancer.sticky=true` alone does nothing in Traefik, without a word. Whoever writes it means a cookie, so here it is honoured as `sticky.cookie=true`.)",
     R"(traefik.http.services.web.loadbalancer.sticky=true
traefik.http.services.web.loadbalancer.server.port=80)",
     R"(Write what is meant: `traefik.http.services.web.loadbalancer.sticky.cookie=true`.)"},
    {"S02", "A strategy that ignores the cookie",
     R"(`strategy=hrw` chooses by the client's address, and with it Traefik sets and reads no cookie. Here the cookie is honoured.)",
     R"(traefik.http.services.web.loadbalancer.server.port=80
traefik.http.services.web.loadbalancer.strategy=hrw
traefik.http.services.web.loadbalancer.sticky.cookie.name=sess)",
     R"(Keep one of the two: the cookie, or the strategy.)"},
    {"S03", "A sticky service or middleware that no router uses",
     R"(A sticky cookie is defined on a service (or as a middleware) that no router of the table leads to, so nobody gets it. Often the router leads to another service with nearly the same name.)",
     R"(traefik.http.routers.web.rule=Host(`shop.example.com`)
traefik.http.routers.web.service=web-2
traefik.http.services.web-2.loadbalancer.server.port=80
traefik.http.services.web.loadbalancer.server.port=80
traefik.http.services.web.loadbalancer.sticky.cookie.name=sess)",
     R"(Lead the router to the sticky service (`…routers.web.service=web`), name the middleware on it (`…routers.web.middlewares=…`), or move the `sticky.cookie` labels to the service that is used.)"},
    {"S04", "Label of Traefik 1",
     R"(Traefik 2 and later do not read it. It is ignored, and the form of today is shown.)",
     R"(traefik.frontend.rule=Host:shop.example.com
traefik.port=8080)",
     R"(Write the form that the Problem shows. [Labels of Traefik 1](../labels-reference.md#labels-of-traefik-1) has all of them.)",
     "remove the label, or write it in today's form"},
    {"S05", "One cookie name for two services on one host",
     R"(Two services on the same host set a cookie of the same name, and a browser keeps one. Here that cookie holds the places of up to four services; with Traefik, and with more than four, each answer of one service overwrites the session of the other.)",
     R"(services:
  shop:
    image: shop
    labels:
      - traefik.enable=true
      - traefik.http.routers.shop.rule=Host(`example.com`)
      - traefik.http.services.shop.loadbalancer.server.port=80
      - traefik.http.services.shop.loadbalancer.sticky.cookie.name=lb
  blog:
    image: blog
    labels:
      - traefik.enable=true
      - traefik.http.routers.blog.rule=Host(`example.com`) && PathPrefix(`/blog`)
      - traefik.http.services.blog.loadbalancer.server.port=80
      - traefik.http.services.blog.loadbalancer.sticky.cookie.name=lb)",
     R"(Give each service a cookie name of its own, or a `sticky.cookie.path` below which only its requests are.)"},
    {"S08", "A secure cookie on a plain entry point",
     R"(The cookie is `Secure`, and the router is served without TLS. Browsers drop such a cookie, so nobody's session sticks. It is not said where a proxy in front may bring https: where `forwardedHeaders.trustedIPs` or `insecure` trusts somebody.)",
     R"(traefik.http.routers.web.rule=Host(`shop.example.com`)
traefik.http.services.web.loadbalancer.server.port=80
traefik.http.services.web.loadbalancer.sticky.cookie.secure=true)",
     R"(Leave out `sticky.cookie.secure`, or serve the router with TLS. Behind another proxy, trust its address: `entryPoints.web.forwardedHeaders.trustedIPs`.)"},
    {"S09", "sameSite=none without secure",
     R"(Browsers refuse a cookie with `SameSite=None` that is not `Secure`. Nobody's session sticks.)",
     R"(traefik.http.services.web.loadbalancer.server.port=80
traefik.http.services.web.loadbalancer.sticky.cookie.samesite=none)",
     R"(Add `sticky.cookie.secure=true`, or use `samesite=lax`.)"},
    {"S10", "A cookie domain that is not the host's",
     R"(The cookie's domain is neither a host of the router's rule nor a parent of one. Browsers refuse such a cookie.)",
     R"(traefik.http.routers.web.rule=Host(`shop.example.com`)
traefik.http.services.web.loadbalancer.server.port=80
traefik.http.services.web.loadbalancer.sticky.cookie.domain=example.org)",
     R"(Leave the domain out (the cookie is then for the host that was asked), or write a parent of the host: `example.com`.)"},
    {"S11", "A cookie path that the router's paths are not below",
     R"(Browsers send a cookie only to paths below its own. Requests to the router's other paths come without it, and go to any endpoint.)",
     R"(traefik.http.routers.web.rule=Host(`shop.example.com`) && PathPrefix(`/shop`)
traefik.http.services.web.loadbalancer.server.port=80
traefik.http.services.web.loadbalancer.sticky.cookie.path=/shop/cart)",
     R"(Leave the path out (then it is `/`), or write the prefix of the rule.)"},
    {"S13", "A sticky service with one address for many",
     R"(The service is sticky and its only server is a name: behind it may be many addresses (a DNS name with several, a Swarm VIP, another balancer), and the cookie cannot choose among them.)",
     R"(traefik.http.routers.web.rule=Host(`shop.example.com`)
traefik.http.services.web.loadbalancer.server.url=http://tasks.shop:80
traefik.http.services.web.loadbalancer.sticky.cookie.name=sess)",
     R"(Let Mooring see the containers themselves: label them, on a network that it shares with them, and do without `lbswarm` and VIPs.)"},
    {"S25", "Only some routers to the same endpoints are sticky",
     R"(Two routers lead to the same endpoints and one of them is not sticky: who comes through that one goes to any endpoint, and loses the session. This is the commonest reason for lost sessions.)",
     R"(traefik.http.routers.app.rule=Host(`shop.example.com`)
traefik.http.routers.app.middlewares=tie
traefik.http.routers.admin.rule=Host(`admin.example.com`)
traefik.http.services.web.loadbalancer.server.port=80
traefik.http.middlewares.tie.sticky.cookie.name=sess)",
     R"(Add the middleware to the other router: the Problem shows the label to paste.)"},
});

static_assert(std::ranges::is_sorted(kSticky, {}, &ProblemCode::code));

}  // namespace

std::span<const ProblemCode> sticky_codes() {
  return kSticky;
}

}  // namespace mooring::config
