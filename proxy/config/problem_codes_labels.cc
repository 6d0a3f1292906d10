// L: what is wrong with the labels of one container.
#include <algorithm>
#include <array>

#include "proxy/config/problem_codes.h"

namespace mooring::config {
namespace {

constexpr auto kLabels =
    std::to_array<ProblemCode>({
        {"L001", "Unknown key",
         R"(Traefik has no such key. Where a known one is near, it is suggested. What the key may have meant is not guessed: the router or middleware it belongs to is not served (503), and a service whose port it may have been has no endpoint, because going on without it could open what was meant to be closed. All other labels of the container stay in force.)",
         R"(traefik.http.routers.web.rule=Host(`shop.example.com`)
traefik.http.services.web.loadbalancr.server.port=8080)",
         R"(Write the key as the Problem suggests, or look it up in the [label reference](../labels-reference.md).)",
         "look the key up in docs/labels-reference.md, or remove it"},
        {"L002", "Known to Traefik, not done here yet",
         R"(Traefik has this key, and this version of Mooring does not do what it asks for. Where the key restricts or redirects access (a middleware, TLS), what it belongs to is not served without it. Where it is harmless to leave out, it is ignored. It is said once for each middleware, health check or router.)",
         R"(traefik.http.routers.web.rule=Host(`shop.example.com`)
traefik.http.services.web.loadbalancer.healthcheck.mode=grpc)",
         R"(Remove the label, or do what it asks for in the application or in front of Mooring. The [label reference](../labels-reference.md) says of each key whether it is done.)",
         "remove it, or do what it asks for in the application or in front of Mooring"},
        {"L003", "Bad value",
         R"(The key is right and its value cannot be read. Values are read as Traefik reads them: booleans as Go writes them (`true`, `false`, `1`, `0`, `t`, `f`), numbers without a unit, durations as seconds or like `1m30s`. A default stands in only where it widens nothing; else the router or service is not served.)",
         R"(traefik.http.services.web.loadbalancer.server.port=eighty)",
         R"(Write a value of the kind that the Problem names.)",
         "write a value of the kind that docs/labels-reference.md names"},
        {"L004", "Misspelt label prefix",
         R"(The label looks like one of ours and does not begin with `traefik.`; Traefik would ignore it without a word. Upper case counts: `Traefik.` is another word.)",
         R"(traefik.http.routers.web.rule=Host(`shop.example.com`)
treafik.http.routers.web.middlewares=auth)",
         R"(Begin the label with `traefik.`, in lower case.)"},
        {"L005", "A key that only a file can set",
         R"(Traefik reads this key from its file provider alone and ignores it in labels. A service that has nothing else has no endpoint.)",
         R"(traefik.http.services.web.weighted.services[0].name=a)",
         R"(Set it in a file of the file provider. For the server of a container, write `loadbalancer.server.port` or `loadbalancer.server.url`.)"},
        {"L006", "Several types in one middleware",
         R"(A middleware is of one type. With two, nobody can say which comes first, so routers that use it are not served.)",
         R"(traefik.http.middlewares.edge.stripprefix.prefixes=/shop
traefik.http.middlewares.edge.compress=true)",
         R"(Make two middlewares, and name both on the router in the order that they should have: `middlewares=strip,small`.)",
         "make two middlewares, and name both on the router in the order that they should have"},
        {"L007", "A key that cannot stand alone", R"(The key is a section: it needs a field below it.)",
         R"(traefik.http.middlewares.again.retry=true)",
         R"(Write the field too, for instance `traefik.http.middlewares.again.retry.attempts=3`.)",
         "write the field too, or remove the key"},
        {"L008", "Too many or too long labels",
         R"(Whoever may start a container writes labels, so there are limits: 1,000 labels of ours on a container, 512 bytes a key, 16 KiB a value, 64 Problems shown. What is beyond the limit of a key or value is treated as unreadable; a container with too many labels is not exposed.)",
         R"(error L008 shop/web-1: 1200 labels are more than the 1000 that are read; the container is not exposed)",
         R"(Split the container's routers over several containers, or over files of the file provider.)"},
        {"L009", "Malformed key",
         R"(A part of the key is empty (two dots in a row, a dot at the end), begins with `[`, or there are too many parts.)",
         R"(traefik.http.routers..rule=Host(`shop.example.com`))",
         R"(Give each part a name: `traefik.http.routers.web.rule`.)", "give each part of the key a name"},
        {"L010", "Stray router",
         R"(A router has neither a rule nor a service, and another router of the same container has a rule. Most often its name is a slip of the pen. Traefik would publish it under the default rule, without the middlewares of the router that was meant. Here it is not served (503).)",
         R"(traefik.http.routers.shop.rule=Host(`shop.example.com`)
traefik.http.routers.shpo.entrypoints=web)",
         R"(Correct the name, or give the router a rule of its own.)"},
        {"L011", "A router that cannot be linked to a service",
         R"(The container defines several services (or none that is readable), and the router does not say which it leads to. Where it has a rule its requests are answered 503, else it is left out.)",
         R"(traefik.http.routers.web.rule=Host(`shop.example.com`)
traefik.http.services.web.loadbalancer.server.port=8080
traefik.http.services.metrics.loadbalancer.server.port=9090)",
         R"(Name the service: `traefik.http.routers.web.service=web`.)"},
        {"L012", "Incomplete middleware or service",
         R"(A service is named by keys that labels cannot define, and has no `loadbalancer`. It has no endpoint.)",
         R"(traefik.http.services.web.weighted.services[0].name=a)",
         R"(Write `traefik.http.services.web.loadbalancer.server.port=…`.)", "complete it, or remove it"},
        {"L013", "One key given twice",
         R"(Keys are read without regard to case, so two labels may be the same key with two values. Nobody can say which was meant: what they belong to is not served.)",
         R"(traefik.http.routers.web.rule=Host(`a.example.com`)
traefik.http.routers.web.Rule=Host(`b.example.com`))",
         R"(Keep one of the two.)"},
        {"L014", "A URL and a port or scheme",
         R"(`server.url` says the whole address; `server.port` and `server.scheme` beside it contradict it. The service has no endpoint.)",
         R"(traefik.http.services.web.loadbalancer.server.url=http://10.0.0.5:8080
traefik.http.services.web.loadbalancer.server.port=8080)",
         R"(Keep the URL, or the port and the scheme.)", "keep the URL, or the port and the scheme"},
        {"L015", "A label or value in the wrong form",
         R"(The label was written in another form than its file wants: `key: value` inside a list of `key=value` texts (then all of it is the key), or quotes that became part of the value, because in a list item they do not stand around the whole item.)",
         R"x(traefik.http.routers.web.rule="Host(`shop.example.com`)")x",
         R"x(In a list, put the quotes around the whole item: `- "traefik.http.routers.web.rule=Host(...)"`. Or write labels as a map: `traefik.enable: "true"`.)x"},
        {"L016", "A name with a provider in it",
         R"(Routers, services and middlewares are defined by their bare name; the provider is added. `auth@docker` in a definition is called `auth@docker@docker`, and no reference finds it.)",
         R"(traefik.http.middlewares.tie@docker.sticky.cookie.name=sess
traefik.http.routers.web.rule=Host(`shop.example.com`)
traefik.http.routers.web.middlewares=tie@docker
traefik.http.services.web.loadbalancer.server.port=80)",
         R"(Leave the suffix out of the definition. References may have it.)"},
        {"L017", "A key of Mooring's own that nothing uses",
         R"(Labels that begin with `mooring.http.services.<name>.` add to a service that the same container defines (in a file: that the same file defines). Here there is no such service, or `healthcheck.rise` and `healthcheck.fall` stand beside no health check. The key is ignored.)",
         R"(traefik.http.services.web.loadbalancer.server.port=80
mooring.http.services.wbe.queue.timeout=10s)",
         R"(Write the name of the service, or give it the health check: `traefik.http.services.web.loadbalancer.healthcheck.path=/health`.)"},
        {"L020", "A port that was guessed",
         R"(The container exposes several TCP ports and no label chooses one. The lowest is used, as Traefik does.)",
         R"(services:
  web:
    image: shop
    expose: ["9090", "8080"]
    labels:
      - traefik.enable=true)",
         R"(Say which: `traefik.http.services.web.loadbalancer.server.port=8080`.)"},
        {"L021", "No port",
         R"(No label says the port, and the container exposes no TCP port (its image has no EXPOSE, and the file no `expose` or `ports`). The service has no endpoint, so its routes answer 503.)",
         R"(info L021 shop/web-1: label "traefik.http.services.web.loadbalancer.server.port": service "web" has no port: none is set by label, and the container exposes no TCP port)",
         R"(`traefik.http.services.<name>.loadbalancer.server.port=<the port that the application listens on>`.)"},
        {"L022",
         "A published port where the container's own belongs", R"(The port of the label is the host's side of a published port (`8444:443`). Mooring speaks to the container over their common network, where the container's own port counts, and a publication plays no role. Nothing listens on that number there, as far as can be seen, so requests are answered 503.)",
         R"(services:
  web:
    image: shop
    ports: ["8444:443"]
    labels:
      - traefik.enable=true
      - traefik.http.services.web.loadbalancer.server.port=8444)",
         R"(Write the right-hand side: `…loadbalancer.server.port=443`. The `ports:` section is not needed for Mooring.)"},
        {"L030", "No network in common with the proxy",
         R"(The container and Mooring are on no common network, so there is no address to speak to. Its routes answer 503 at once. Traefik would let each request wait for 30 seconds.)",
         R"(services:
  traefik:
    image: mooring
    networks: [edge]
  web:
    image: shop
    networks: [inner]
    labels:
      - traefik.enable=true
      - traefik.http.services.web.loadbalancer.server.port=80
networks:
  edge:
  inner:)",
         R"(Add one of the proxy's networks to the container (`networks: [edge]`), or attach the proxy: `docker network connect shop_inner edge-traefik-1`.)"},
        {"L031", "Several networks in common with the proxy",
         R"(The container and Mooring share several networks. One is chosen, always the same.)",
         R"(info L031 shop/web-1: several networks in common with the proxy)",
         R"(Choose one: `traefik.docker.network=<name as docker network ls shows it>`.)"},
        {"L032", "A container without an address",
         R"(The container is on no network (`network_mode: none`), or shares that of a container which is not there.)",
         R"(services:
  web:
    image: shop
    network_mode: none
    labels:
      - traefik.enable=true
      - traefik.http.services.web.loadbalancer.server.port=80)",
         R"(Attach it to a network that the proxy is on.)",
         "start that container, or give this one a network of its own"},
        {"L033", "A network that the proxy is not on",
         R"(`traefik.docker.network` names a network of the container that Mooring itself is not on. The address there is used all the same, for routed networks exist; mostly it cannot be reached.)",
         R"(services:
  traefik:
    image: mooring
  web:
    image: shop
    networks: [inner, default]
    labels:
      - traefik.enable=true
      - traefik.docker.network=shop_inner
      - traefik.http.services.web.loadbalancer.server.port=80
networks:
  inner:
    name: shop_inner)",
         R"(Name a network that both are on, or `docker network connect <network> <the proxy's container>`.)"},
        {"L034", "A network that the container is not on",
         R"(`traefik.docker.network` (or `providers.docker.network`) names a network that the container is not attached to. Another one that both share is chosen. Most often the Compose project is missing from the name: the network `edge` of project `shop` is called `shop_edge`.)",
         R"(services:
  web:
    image: shop
    networks: [edge]
    labels:
      - traefik.enable=true
      - traefik.docker.network=edge
      - traefik.http.services.web.loadbalancer.server.port=80
networks:
  edge:)",
         R"(Write the name as `docker network ls` shows it, or give the network a fixed one: `name: edge`.)"},
        {"L035", "A port that is not published on one address",
         R"(`providers.docker.useBindPortIP` is set, and the port is not published on one address of the host. The container's own address is used.)",
         R"(info L035 shop/web-1: port 80 is not published on one address of the host)",
         R"(Publish it on an address, `127.0.0.1:8080:80`, or do without useBindPortIP.)"},
        {"L040", "Labelled, but not enabled",
         R"(The container has labels of routers, services or middlewares, `exposedByDefault` is false, and `traefik.enable` is not there. Nothing that its labels define exists, so routers of other containers that use its middlewares are not served either.)",
         R"(--providers.docker.exposedByDefault=false
traefik.http.routers.web.rule=Host(`shop.example.com`))",
         R"(`traefik.enable=true`.)"},
        {"L041", "Labels below deploy",
         R"(`deploy.labels` are labels of a Swarm service. Compose does not put them on containers, so nobody reads them outside of Swarm.)",
         R"(services:
  web:
    image: shop
    deploy:
      labels:
        - traefik.enable=true
        - traefik.http.routers.web.rule=Host(`shop.example.com`))",
         R"(Move them to `labels:` of the service, beside `deploy:`.)"},
        {"L042", "Labels edited, container not recreated",
         R"(The labels of a running container are not those of the compose file. A container keeps the labels that it was created with: `docker compose restart` does not change them. Said by `mooring check` when it is given what `docker inspect` printed.)",
         R"(warning L042 shop/web-1: label "traefik.http.routers.web.rule": the running container has another value than compose.yaml)",
         R"(`docker compose up -d`: it recreates what has changed.)"},
        {"L043", "A container that is not ready",
         R"(The container is there and its HEALTHCHECK does not say healthy (yet). Its routes answer 503 with the reason; Traefik would answer 404, because it drops the router. Said by `mooring check` when it is given what `docker inspect` printed.)",
         R"(warning L043 shop/web-1: the container is unhealthy: wget: can't connect to remote host)",
         R"(`docker inspect` shows what the check printed (`.State.Health.Log`). A longer `start_period` helps an application that starts slowly.)"},
        {"L050", "Broken password hash",
         R"(A user of basicAuth or digestAuth has no readable hash. Mostly Compose took `$apr1$…` for variables: in a compose file each `$` of a hash is written `$$`. Everywhere else (a usersFile, a file of the file provider, `docker run -l '…'`) it is a single one.)",
         R"(traefik.http.middlewares.auth.basicauth.users=admin:/aBcDeFg)",
         R"(`htpasswd -nbB admin secret | sed 's/\$/\$\$/g'` prints the line for a compose file.)"},
    });

static_assert(std::ranges::is_sorted(kLabels, {}, &ProblemCode::code));

}  // namespace

std::span<const ProblemCode> label_codes() {
  return kLabels;
}

}  // namespace mooring::config
