// M and R: what is wrong between containers, and with rules and references of the whole table.
#include <algorithm>
#include <array>

#include "proxy/config/problem_codes.h"

namespace mooring::config {
namespace {

constexpr auto kRouting = std::to_array<ProblemCode>({
    {"M001", "Two generations of one Compose service differ",
     R"(While a service is recreated, its old and its new containers may define one router, service or middleware differently, or one of them a router that the other does not know. The newest one that is ready has its way: a router that it does not define is out of force (in the API: `warning`), and older endpoints keep their sessions. Traefik would drop the router from the table until the old containers are gone.)",
     R"(info M001 shop/web-1: router "web@docker" has other settings here than in shop/web-2; the settings of shop/web-2, the newest that is ready, are in force)",
     R"(Nothing: it ends with the deployment. If it stays, containers of one service were created from different files: `docker compose up -d`.)"},
    {"M002", "One name, different settings",
     R"(Two Compose services, or two projects, define one name with different settings. The first by creation keeps it; of a service, only its servers get requests. Traefik would drop both.)",
     R"(services:
  shop:
    image: shop
    labels:
      - traefik.enable=true
      - traefik.http.routers.web.rule=Host(`shop.example.com`)
      - traefik.http.services.shop.loadbalancer.server.port=80
  blog:
    image: blog
    labels:
      - traefik.enable=true
      - traefik.http.routers.web.rule=Host(`blog.example.com`)
      - traefik.http.services.blog.loadbalancer.server.port=80)",
     R"(Give one of them another name. Names are shared by all containers of an engine: put the project's name into them.)"},
    {"R001", "Unreadable rule",
     R"(The rule cannot be read, so the router matches nothing. The Problem shows the place, and what was expected there. Frequent reasons: backticks that a shell took away, a rule of Traefik 1 (`Host:example.com`) or 2, a value without quotes.)",
     R"(traefik.http.routers.web.rule=Host(shop.example.com)
traefik.http.services.web.loadbalancer.server.port=80)",
     R"(Paste what the Problem shows, and see the [rules](../rules.md). In a shell, put single quotes around a label with backticks.)"},
    {"R002", "Unknown middleware",
     R"(A router names a middleware that nobody defines. The router answers 503: without the step it could show what the step should hide.)",
     R"(traefik.http.routers.web.rule=Host(`shop.example.com`)
traefik.http.routers.web.middlewares=atuh
traefik.http.services.web.loadbalancer.server.port=80
traefik.http.middlewares.auth.chain.middlewares=tie
traefik.http.middlewares.tie.sticky.cookie=true)",
     R"(Correct the name. Is the container that defines it running, and enabled (L040)?)"},
    {"R003", "Unknown service",
     R"(A router leads to a service that nobody defines. Its requests are answered 503: were they left to a wider router, it would get what this one was to guard. (Traefik leaves them to it, or answers 404.))",
     R"(traefik.http.routers.web.rule=Host(`shop.example.com`)
traefik.http.routers.web.service=wbe
traefik.http.services.web.loadbalancer.server.port=80)",
     R"(Correct the name, or leave the label out where the container has one service.)"},
    {"R004", "Unknown entry point",
     R"(A router names an entry point that the static configuration does not define. It answers 503 on those of its list that exist.)",
     R"(--entryPoints.web.address=:80
traefik.http.routers.web.rule=Host(`shop.example.com`)
traefik.http.routers.web.entrypoints=wbe
traefik.http.services.web.loadbalancer.server.port=80)",
     R"(Use one of the entry points that the Problem lists, or define it: `entryPoints.<name>.address`.)"},
    {"R005", "Shadowed router",
     R"(Every request that the router matches is taken by another one, with a higher priority or the same rule. It never gets one.)",
     R"(services:
  shop:
    image: shop
    labels:
      - traefik.enable=true
      - traefik.http.routers.shop.rule=Host(`example.com`)
      - traefik.http.services.shop.loadbalancer.server.port=80
  blog:
    image: blog
    labels:
      - traefik.enable=true
      - traefik.http.routers.blog.rule=Host(`example.com`)
      - traefik.http.services.blog.loadbalancer.server.port=80)",
     R"(Make its rule differ, raise its priority, or remove it.)"},
    {"R006", "A chain that contains itself",
     R"(A chain of middlewares leads back to itself. Routers that use it answer 503.)",
     R"(traefik.http.routers.web.rule=Host(`shop.example.com`)
traefik.http.routers.web.middlewares=all
traefik.http.services.web.loadbalancer.server.port=80
traefik.http.middlewares.all.chain.middlewares=all)",
     R"(Take it out of its own list.)"},
    {"R007", "A middleware that cannot be built",
     R"(A router uses a middleware with a mistake in it, or of a type that is not done here, or a chain of more than 256 steps. The router answers 503.)",
     R"(traefik.http.routers.web.rule=Host(`shop.example.com`)
traefik.http.routers.web.middlewares=again
traefik.http.services.web.loadbalancer.server.port=80
traefik.http.middlewares.again.retry=true)",
     R"(Mend the middleware: another Problem says what is wrong with it.)",
     "mend what is said of the middleware itself"},
    {"R008", "A priority that belongs to internal routers",
     R"(The highest thousand priorities are those of Mooring's own routers. Requests that the router's rule takes are answered 503.)",
     R"(error R008 web@file: the priority is above 9223372036854774807)", R"(Use a smaller number.)"},
    {"R009", "A reference to the wrong provider",
     R"(A middleware or service of this name exists, but another provider defines it: a bare name, and one with `@docker`, is looked for among labels; what stands in a file is called `name@file`. Or the suffix names no provider at all. The router is not served.)",
     R"(traefik.http.routers.web.rule=Host(`shop.example.com`)
traefik.http.routers.web.middlewares=tie@file
traefik.http.services.web.loadbalancer.server.port=80
traefik.http.middlewares.tie.sticky.cookie=true)",
     R"(Write the name with the provider that defines it: `…middlewares=tie@docker`, or just `tie` in a label.)"},
    {"R010", "A part of a rule that never matches",
     R"(The rule is well formed, and a part of it fits no request: a host with a scheme, a port, a path or blanks, a `*` in the middle of a host, a `?` in a path, two hosts in one pair of backticks.)",
     R"(traefik.http.routers.web.rule=Host(`https://shop.example.com`)
traefik.http.services.web.loadbalancer.server.port=80)",
     R"(Write what requests have: ``Host(`shop.example.com`)``. Several hosts: ``Host(`a.example.com`) || Host(`b.example.com`)``.)"},
    {"R011", "Unknown or broken servers transport",
     R"(The service names a servers transport that is not there, or that is broken itself. Transports stand in files alone: `name@file`. The service is not served.)",
     R"(error R011 web@docker: servers transport "slow@file" does not exist)",
     R"(Define it in a file under `http.serversTransports`, or leave the key out.)"},
});

static_assert(std::ranges::is_sorted(kRouting, {}, &ProblemCode::code));

}  // namespace

std::span<const ProblemCode> routing_codes() {
  return kRouting;
}

}  // namespace mooring::config
