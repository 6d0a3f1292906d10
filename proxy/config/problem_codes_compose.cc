// C: what `mooring check` finds in compose files beside the labels themselves.
#include <algorithm>
#include <array>

#include "proxy/config/problem_codes.h"

namespace mooring::config {
namespace {

constexpr auto kCompose = std::to_array<ProblemCode>({
    {"C001", "A compose file that cannot be read",
     R"(The text is no YAML, or something in it has another shape than Compose wants (services that are a list, labels that are a number). What can be read is checked all the same.)",
     R"(services:
  web:
    image: shop
    labels: 5)",
     R"(Mend the place that is named; `docker compose config` says more.)"},
    {"C002", "A variable without a value",
     R"(Compose puts nothing where `$NAME` stands when the variable is not set, so a rule, a host or a hash loses a part. A `$` that is meant as such is written `$$`.)",
     R"(services:
  web:
    image: shop
    labels:
      - traefik.enable=true
      - traefik.http.routers.web.rule=Host(`${SHOP_HOST_NOT_SET}`)
      - traefik.http.services.web.loadbalancer.server.port=80)",
     R"(Set it in the environment or in `.env` beside the file, give a default (`${NAME:-value}`), or write `$$`.)"},
    {"C003", "A required variable without a value",
     R"(`${NAME:?message}` asks for a value and there is none. Compose would not start.)",
     R"(services:
  web:
    image: shop:${SHOP_TAG_NOT_SET:?which version?})",
     R"(Set the variable in the environment or in `.env` beside the file.)"},
    {"C004", "A variable that cannot be read",
     R"(A `$` is followed by what is neither a name, a `{name}` nor another `$`. Compose refuses the file.)",
     R"(services:
  web:
    image: shop
    labels:
      - traefik.http.middlewares.auth.basicauth.users=admin:${2y)",
     R"(Write `$$` for a dollar sign.)"},
    {"C005", "An extends that cannot be followed",
     R"(The service extends one that is not in this file, or in a circle. Its own keys are checked without it.)",
     R"(services:
  web:
    extends:
      file: common.yaml
      service: base
    image: shop)",
     R"(Give that file too, or check what `docker compose config` prints.)"},
    {"C006", "A file of no known kind",
     R"(By its content the file is neither a static configuration (`entryPoints`, `providers` …), nor a dynamic one (`http`, `tcp`, `tls`), nor a compose file (`services`), nor what `docker inspect` prints.)",
     R"(colour: blue)", R"(Leave it out of the command line, or look for a slip in its first keys.)",
     "leave it out of the command line, or look for a slip in its first keys"},
    {"C007", "A key of a compose file that is nearly labels",
     R"(A key of the service is nearly `labels`. Compose refuses it; nobody reads what stands below.)",
     R"(services:
  web:
    image: shop
    lables:
      - traefik.enable=true)",
     R"(Write `labels:`.)"},
    {"C008", "One container name for several replicas",
     R"(A container's name is unique, so a service with `container_name` cannot have several containers. Compose refuses to scale it.)",
     R"(services:
  web:
    image: shop
    container_name: web
    deploy:
      replicas: 3)",
     R"(Leave `container_name` out: Mooring finds the containers by their labels.)"},
});

static_assert(std::ranges::is_sorted(kCompose, {}, &ProblemCode::code));

}  // namespace

std::span<const ProblemCode> compose_codes() {
  return kCompose;
}

}  // namespace mooring::config
