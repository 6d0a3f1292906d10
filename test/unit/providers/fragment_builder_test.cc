// From labels to fragments: which containers, default names, services and routers (traefik-compat 1.2 to 1.5).
#include "providers/docker/fragment_builder.h"

#include <catch2/catch_test_macros.hpp>

using namespace mooring;
using docker::Container;
using docker::FragmentBuilder;
using docker::Labels;

namespace {

Container web(Labels labels = {}) {
  Container container;
  container.id = "c1";
  container.name = "web";
  container.status = "running";
  container.network_mode = "bridge";
  container.networks["bridge"].address = "172.17.0.2";
  container.ports = {{80, "tcp", {}}};
  container.labels = std::move(labels);
  return container;
}

config::FragmentPtr build(const Container& container, config::DockerOptions options = {}) {
  return FragmentBuilder(std::move(options)).build(container, {}).fragment;
}

bool has_problem(const config::Fragment& fragment, const std::string& code) {
  for (const auto& problem : fragment.problems) {
    if (problem.code == code) {
      return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("a container without labels gets the default router and service") {
  const auto fragment = build(web());
  REQUIRE(fragment);
  REQUIRE(fragment->routers.size() == 1);
  CHECK(fragment->routers.at("web").rule == "Host(`web`)");
  CHECK(fragment->routers.at("web").default_rule);
  CHECK(fragment->routers.at("web").service == "web");
  CHECK(fragment->routers.at("web").priority == 0);
  const auto& server = fragment->services.at("web").servers.at(0);
  CHECK(server.id == "c1:80");
  CHECK(server.url() == "http://172.17.0.2:80");
  CHECK(fragment->problems.empty());
}

TEST_CASE("replicas of a Compose service share their names") {
  const auto fragment = build(web({{"com.docker.compose.project", "shop"},
                                   {"com.docker.compose.service", "my_web"},
                                   {"com.docker.compose.container-number", "3"}}));
  CHECK(fragment->routers.contains("my-web-shop"));
  CHECK(fragment->origin.label == "shop/my_web-3");
  CHECK(fragment->origin.project == "shop");
}

TEST_CASE("which containers take part") {
  config::DockerOptions opt_in;
  opt_in.exposed_by_default = false;
  CHECK_FALSE(build(web(), opt_in));
  CHECK_FALSE(build(web({{"traefik.enable", "false"}})));
  CHECK(build(web({{"traefik.enable", "true"}}), opt_in));
  CHECK_FALSE(build(web({{"com.docker.compose.oneoff", "True"}})));
  config::DockerOptions constrained;
  constrained.constraints = "Label(`tier`,`web`)";
  CHECK_FALSE(build(web(), constrained));
  CHECK(build(web({{"tier", "web"}}), constrained));
  constrained.constraints = "Label(`tier`";
  CHECK_FALSE(build(web({{"tier", "web"}}), constrained));
  CHECK(FragmentBuilder(constrained).problems().size() == 1);
  for (const char* status : {"created", "exited", "dead", "removing", ""}) {
    Container container = web();
    container.status = status;
    CHECK_FALSE(build(container));
    container.labels["traefik.docker.allownonrunning"] = "true";
    const auto kept = build(container);
    REQUIRE(kept);
    CHECK(kept->services.at("web").servers.empty());
  }
  for (const char* status : {"paused", "running"}) {
    Container container = web();
    container.status = status;
    container.health = providers::Health::unhealthy;
    REQUIRE(build(container));
    CHECK(build(container)->services.at("web").servers.size() == 1);
  }
}

TEST_CASE("a container that is not healthy keeps its router and service, whatever allowEmptyServices says") {
  for (const bool empty : {false, true}) {
    config::DockerOptions options;
    options.allow_empty_services = empty;
    for (const auto health : {providers::Health::starting, providers::Health::unhealthy}) {
      Container container = web({{"traefik.http.services.a.loadbalancer.server.port", "8080"}});
      container.health = health;
      const auto fragment = build(container, options);
      REQUIRE(fragment);
      CHECK(fragment->routers.contains("web"));
      CHECK(fragment->services.at("a").servers.size() == 1);  // its state keeps requests away, and answers 503
    }
  }
}

TEST_CASE("several services of one container, each with its own port, URL and transport") {
  const auto fragment = build(web({{"traefik.http.services.a.loadbalancer.server.port", "8080"},
                                   {"traefik.http.services.a.loadbalancer.serverstransport", "slow@file"},
                                   {"traefik.http.services.b.loadbalancer.server.port", "9090"},
                                   {"traefik.http.services.b.loadbalancer.responseforwarding.flushinterval", "5ms"},
                                   {"traefik.http.services.c.loadbalancer.server.url", "http://backend:81/base"},
                                   {"traefik.http.services.c.loadbalancer.server.preservepath", "true"},
                                   {"traefik.http.services.c.loadbalancer.server.weight", "3"},
                                   {"traefik.http.routers.ra.rule", "Host(`a`)"},
                                   {"traefik.http.routers.ra.service", "a"},
                                   {"traefik.http.routers.rb.rule", "Host(`b`)"},
                                   {"traefik.http.routers.rb.service", "b"}}));
  REQUIRE(fragment);
  CHECK(fragment->routers.size() == 2);
  CHECK(fragment->services.at("a").servers_transport == "slow@file");
  CHECK(fragment->services.at("a").servers.at(0).url() == "http://172.17.0.2:8080");
  CHECK(fragment->services.at("b").flush_interval == std::chrono::milliseconds(5));
  const auto& url = fragment->services.at("c").servers.at(0);
  CHECK(url.id == "http://backend:81/base");
  CHECK(url.path == "/base");
  CHECK(url.preserve_path);
  CHECK(url.weight == 3);
  CHECK(fragment->problems.empty());
}

TEST_CASE("a bad enable is false, with a Problem") {
  const auto fragment = build(web({{"traefik.enable", "maybe"}}));
  REQUIRE(fragment);
  CHECK(fragment->routers.empty());
  CHECK(fragment->services.empty());
  CHECK_FALSE(fragment->problems.empty());
  CHECK_FALSE(FragmentBuilder(config::DockerOptions{}).wants({{"traefik.enable", "maybe"}}));
}

TEST_CASE("labelled but not enabled is said") {
  config::DockerOptions opt_in;
  opt_in.exposed_by_default = false;
  const auto fragment = build(web({{"traefik.http.routers.r.rule", "Host(`a`)"}}), opt_in);
  REQUIRE(fragment);
  CHECK(fragment->routers.empty());
  CHECK(has_problem(*fragment, "L040"));
  CHECK_FALSE(build(web({{"traefik.enable", "false"}, {"traefik.http.routers.r.rule", "Host(`a`)"}}), opt_in));
}

TEST_CASE("services, ports and URLs") {
  const auto two = build(web({{"traefik.http.services.a.loadbalancer.server.port", "8080"},
                              {"traefik.http.services.b.loadbalancer.server.port", "9090"},
                              {"traefik.http.routers.r.rule", "Host(`a`)"},
                              {"traefik.http.routers.r.service", "b"}}));
  CHECK(two->services.at("a").servers.at(0).id == "c1:8080");
  CHECK(two->services.at("b").servers.at(0).url() == "http://172.17.0.2:9090");
  CHECK(two->routers.at("r").service == "b");
  const auto url = build(web({{"traefik.http.services.a.loadbalancer.server.url", "http://10.9.9.9:81"}}));
  CHECK(url->services.at("a").servers.at(0).url() == "http://10.9.9.9:81");
  CHECK(url->services.at("a").servers.at(0).id.find("c1") == std::string::npos);
}

TEST_CASE("no port: the service stays without endpoint") {
  Container container = web({{"traefik.http.routers.r.rule", "Host(`a`)"}});
  container.ports = {{53, "udp", {}}};
  const auto fragment = build(container);
  CHECK(fragment->services.at("web").servers.empty());
  CHECK(fragment->routers.contains("r"));
  CHECK(has_problem(*fragment, "L021"));
  CHECK(fragment->problems.front().severity == config::Severity::error);
  container.labels.clear();  // nobody asked for it: a hint is enough
  CHECK(build(container)->problems.front().severity == config::Severity::info);
}

TEST_CASE("a bad port label is no endpoint, not the default port") {
  const auto fragment = build(web({{"traefik.http.services.a.loadbalancer.server.port", "eighty"}}));
  REQUIRE(fragment);
  CHECK(fragment->services.at("a").servers.empty());
  CHECK_FALSE(fragment->problems.empty());
}

TEST_CASE("several exposed ports: the lowest, with a word about it") {
  Container container = web();
  container.ports = {{8080, "tcp", {}}, {9090, "tcp", {}}};
  const auto fragment = build(container);
  CHECK(fragment->services.at("web").servers.at(0).port == 8080);
  CHECK(has_problem(*fragment, "L020"));
}

TEST_CASE("routers and services that cannot be linked") {
  const auto several = build(web({{"traefik.http.services.a.loadbalancer.server.port", "1"},
                                  {"traefik.http.services.b.loadbalancer.server.port", "2"},
                                  {"traefik.http.routers.r.rule", "Host(`a`)"}}));
  // Not left out: what it was to guard must not go to a wider router.
  CHECK(several->routers.at("r").rule == "Host(`a`)");
  CHECK(several->routers.at("r").service.empty());
  CHECK_FALSE(several->routers.at("r").broken.empty());
  CHECK(has_problem(*several, "L011"));
  const auto without_rule = build(web({{"traefik.http.services.a.loadbalancer.server.port", "1"},
                                       {"traefik.http.services.b.loadbalancer.server.port", "2"},
                                       {"traefik.http.routers.r.entrypoints", "web"}}));
  CHECK(without_rule->routers.empty());
  CHECK(has_problem(*without_rule, "L011"));
  const auto none = build(web({{"traefik.http.services.a.loadbalancer.server.port", "1"},
                               {"traefik.http.services.b.loadbalancer.server.port", "2"}}));
  CHECK(none->routers.empty());
  CHECK(none->services.size() == 2);
  CHECK(has_problem(*none, "L011"));
  const auto one = build(web({{"traefik.http.services.a.loadbalancer.server.port", "1"}}));
  CHECK(one->routers.at("web").service == "a");
}

TEST_CASE("no default rule stands in for a frontend of Traefik 1") {
  const auto fragment = build(web({{"traefik.frontend.auth.basic.users", "admin:x"}}));
  REQUIRE(fragment != nullptr);
  CHECK(fragment->routers.empty());
  CHECK(has_problem(*fragment, "S04"));
  CHECK(build(web({{"traefik.backend.loadbalancer.swarm", "true"}}))->routers.size() == 1);
}

TEST_CASE("a stray router is published as Traefik does, with a warning") {
  const auto fragment =
      build(web({{"traefik.http.routers.t7.rule", "Host(`a`)"}, {"traefik.http.routers.t77.entrypoints", "web"}}));
  CHECK(fragment->routers.at("t77").rule == "Host(`web`)");
  CHECK(fragment->routers.at("t77").default_rule);
  CHECK(has_problem(*fragment, "L010"));
}

TEST_CASE("a default rule that gives nothing leaves the router out") {
  config::DockerOptions options;
  options.default_rule = "{{ index .Labels \"host\" }}";
  const auto without = build(web(), options);
  CHECK(without->routers.empty());
  CHECK(has_problem(*without, "D004"));
  CHECK(build(web({{"host", "Host(`x`)"}}), options)->routers.at("web").rule == "Host(`x`)");
  options.default_rule = "{{ nonsense }}";
  CHECK(build(web(), options)->routers.empty());
  CHECK(FragmentBuilder(options).problems().size() == 1);
}

TEST_CASE("only TCP or UDP labels: nothing for HTTP") {
  const auto fragment = build(web({{"traefik.tcp.routers.r.rule", "HostSNI(`*`)"}}));
  REQUIRE(fragment);
  CHECK(fragment->routers.empty());
  CHECK(fragment->services.empty());
}

TEST_CASE("the seed's sticky middleware comes through") {
  const auto fragment = build(web({{"traefik.http.routers.r.rule", "Host(`a`)"},
                                   {"traefik.http.routers.r.middlewares", "sticky"},
                                   {"traefik.http.middlewares.sticky.sticky.cookie.name", "lb"}}));
  CHECK(fragment->middlewares.contains("sticky"));
  CHECK(fragment->routers.at("r").middlewares == std::vector<std::string>{"sticky"});
}
