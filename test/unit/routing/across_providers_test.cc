// Names across providers, in any order of arrival, and the servers transports that only files define.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>

#include "proxy/config/dynamic_file.h"
#include "test/unit/routing/table_bench.h"

namespace mooring::routing {
namespace {

config::FragmentPtr file(const std::string& text, const std::string& name = "a.yml") {
  auto read = config::read_dynamic_file(text, name, "");
  REQUIRE(read.fragment);
  for (const config::Problem& problem : read.fragment->problems) FAIL_CHECK(config::to_line(problem));
  return std::make_shared<const config::Fragment>(std::move(*read.fragment));
}

config::FragmentPtr docker(const Container& container) {
  return std::make_shared<const config::Fragment>(container.fragment);
}

upstream::TransportPtr transport_of(const TableBench& bench, const std::string& service) {
  return bench.snapshot->services.at(service).balancer->servers().at(0).transport;
}

constexpr const char* kService = R"(
http:
  services:
    s:
      loadBalancer:
        servers: [{url: "http://10.0.0.9:80"}]
        serversTransport: slow
)";

TEST_CASE("routers use services, middlewares and chains of another provider, whatever comes first") {
  Container container("p", "web", 1);
  container.router("r", "Host(`r`)", "of-file@file", {"pin@file"}, {"web"});
  container.service("of-docker").sticky("stay");
  std::vector<config::FragmentPtr> all{
      docker(container), file(R"(
http:
  routers:
    f: {rule: Host(`f`), service: of-docker@docker, middlewares: [stay@docker, both], entryPoints: [web]}
    api: {rule: Host(`api`), service: api@internal, entryPoints: [web]}
  middlewares:
    pin: {sticky: {cookie: {name: pin}}}
    both: {chain: {middlewares: [pin, stay@docker]}}
  services:
    of-file: {loadBalancer: {servers: [{url: "http://10.0.0.9:8080"}]}}
)"),
      file("http: {services: {other: {loadBalancer: {servers: [{url: 'http://h'}]}}}}", "b.yml")};
  std::ranges::sort(all);
  int orders = 0;
  do {
    TableBench bench;
    bench.internal_services["api@internal"] = nullptr;
    // One after the other: the table must be the same in the end.
    for (const config::FragmentPtr& fragment : all) {
      bench.fragments.push_back(fragment);
      bench.build();
    }
    CHECK(bench.takes("GET r /") == "r@docker");
    CHECK(bench.takes("GET f /") == "f@file");
    CHECK(bench.takes("GET api /") == "api@file");
    CHECK(bench.endpoints_of("of-file@file") == Strings{"http://10.0.0.9:8080"});
    CHECK(bench.endpoints_of("of-docker@docker") == Strings{container.fragment.id + ":80"});
    CHECK(bench.route("r@docker")->status == RouteStatus::enabled);
    CHECK(bench.route("f@file")->status == RouteStatus::enabled);
    CHECK(bench.route("f@file")->chain.size() == 2);
    CHECK(bench.snapshot->problems.empty());
    ++orders;
  } while (std::ranges::next_permutation(all).found);
  CHECK(orders == 6);
}

TEST_CASE("a reference across providers to what is not there is said, and mended when it comes") {
  TableBench bench;
  Container container("p", "web", 1);
  container.router("r", "Host(`r`)", "s", {"auth@file"}, {"web"}).service("s");
  bench.add(container).build();
  CHECK(bench.route("r@docker")->unserved);
  CHECK(bench.problems("R002") == Strings{"r@docker in p/web-1"});
  bench.fragments.push_back(file("http: {middlewares: {auth: {sticky: {cookie: {}}}}}"));
  bench.build();
  CHECK(bench.route("r@docker")->status == RouteStatus::enabled);
}

TEST_CASE("a router that a file gives neither rule nor service never serves") {
  TableBench bench;
  auto read = config::read_dynamic_file(
      "http: {routers: {no_service: {rule: Host(`a`), entryPoints: [web]}, no_rule: {service: x@docker}}}", "a.yml",
      "");
  REQUIRE(read.fragment);
  bench.fragments.push_back(std::make_shared<const config::Fragment>(std::move(*read.fragment)));
  bench.add(Container("p", "web", 1).service("x")).build();
  CHECK(bench.route("no_service@file")->unserved);
  CHECK(bench.takes("GET a /") == "no_service@file");
  CHECK_FALSE(bench.route("no_rule@file")->unserved);
  CHECK(bench.route("no_rule@file")->status == RouteStatus::disabled);
  // Each mistake once, where it stands in the file.
  CHECK(bench.snapshot->problems.size() == 2);
}

TEST_CASE("a service speaks through the transport that it names, the others through the default one") {
  TableBench bench;
  bench.options.forwarding_timeouts.dial = std::chrono::milliseconds(1'500);
  bench.options.max_idle_conns_per_host = 7;
  bench.fragments.push_back(file(std::string(kService) + R"(
    plain: {loadBalancer: {servers: [{url: "http://10.0.0.9:80"}]}}
    none: {loadBalancer: {servers: [{url: "http://10.0.0.9:80"}], serversTransport: default@internal}}
  serversTransports:
    slow: {forwardingTimeouts: {dialTimeout: 3s, responseHeaderTimeout: 4s, idleConnTimeout: 0}}
    never: {maxIdleConnsPerHost: -1}
  routers:
    a: {rule: Host(`a`), service: s}
    b: {rule: Host(`b`), service: plain}
    c: {rule: Host(`c`), service: none}
)"));
  Container container("p", "web", 1);
  container.router("r", "Host(`r`)", "s").service("s");
  container.fragment.services.at("s").servers_transport = "never@file";
  bench.add(container).build();
  const upstream::Transport slow{"slow@file", 3'000, 4'000, 0, 2};
  CHECK(*transport_of(bench, "s@file") == slow);
  CHECK(*transport_of(bench, "plain@file") == upstream::Transport{"default@internal", 1'500, 0, 90'000, 7});
  CHECK(transport_of(bench, "none@file") == transport_of(bench, "plain@file"));
  CHECK(transport_of(bench, "s@docker")->max_idle_an_endpoint == 0);

  SECTION("equal ones are carried over, and what changes one leaves the others alone") {
    const auto kept = transport_of(bench, "plain@file");
    const auto never = transport_of(bench, "s@docker");
    config::Fragment changed = *bench.fragments.at(0);
    changed.servers_transports.at("slow").dial_timeout = std::chrono::milliseconds(1);
    bench.fragments.at(0) = std::make_shared<const config::Fragment>(changed);
    bench.build();
    CHECK(transport_of(bench, "plain@file") == kept);
    CHECK(transport_of(bench, "s@docker") == never);
    CHECK(transport_of(bench, "s@file")->dial_ms == 1);
  }
}

TEST_CASE("a service whose transport is unknown or broken has no endpoint, and is told why") {
  TableBench bench;
  bench.fragments.push_back(file(std::string(kService) + "  routers: {a: {rule: Host(`a`), service: s}}\n"));
  bench.build();
  CHECK(bench.endpoints_of("s@file").empty());
  CHECK(bench.problems("R011") == Strings{"s@file in a.yml"});
  CHECK(bench.route("a@file") != nullptr);

  config::Fragment transport;
  transport.id = transport.origin.label = "t.yml";
  transport.origin.provider = "file";
  transport.servers_transports["slow"].broken = "key \"x\" cannot be read";
  bench.fragments.push_back(std::make_shared<const config::Fragment>(transport));
  bench.build();
  CHECK(bench.endpoints_of("s@file").empty());
  CHECK(bench.problem("R011").text.contains("is broken: key"));

  transport.servers_transports["slow"].broken.clear();
  bench.fragments.back() = std::make_shared<const config::Fragment>(transport);
  bench.build();
  CHECK(bench.endpoints_of("s@file").size() == 1);
  CHECK(bench.snapshot->problems.empty());
}

TEST_CASE("the path of a server's URL counts where it is to be kept, and nowhere else") {
  TableBench bench;
  bench.fragments.push_back(file(R"(
http:
  routers: {a: {rule: Host(`a`), service: s}}
  services:
    s:
      loadBalancer:
        servers:
          - {url: "http://h/base/", preservePath: true}
          - {url: "http://h/other"}
          - {url: "http://h/", preservePath: true}
)"));
  bench.build();
  const auto& servers = bench.snapshot->services.at("s@file").balancer->servers();
  REQUIRE(servers.size() == 3);
  CHECK(servers.at(0).base_path == "/base");
  CHECK(servers.at(1).base_path.empty());
  CHECK(servers.at(2).base_path.empty());
  CHECK(servers.at(0).authority == "h");  // what goes out as Host with passHostHeader=false
  CHECK_FALSE(servers.at(0).address);
}

TEST_CASE("a URL server's cookie is Traefik's: SHA-256 of the URL as it was written") {
  TableBench bench;
  bench.fragments.push_back(file(R"(
http:
  routers: {a: {rule: Host(`a`), service: s}}
  services: {s: {loadBalancer: {servers: [{url: "http://127.0.0.1:18091"}, {url: "http://h/"}], sticky: {cookie: {}}}}}
)"));
  bench.build();
  const upstream::Balancer& balancer = *bench.snapshot->services.at("s@file").balancer;
  CHECK(upstream::hex16(balancer.servers().at(0).endpoint->cookie_part()) == "60f5d56b14dca8ae");  // compat 3.3
  CHECK(balancer.by_traefik_value("60f5d56b14dca8ae") == 0U);
  CHECK(balancer.by_traefik_value("ab19560d64b4c9a3") == 0U);
  CHECK(balancer.by_traefik_value("efa7f776b742d8cb") == 0U);
  CHECK(balancer.by_traefik_value(upstream::hex16(upstream::sha256_head("http://h/"))) == 1U);
  CHECK_FALSE(balancer.by_traefik_value(upstream::hex16(upstream::sha256_head("http://h:80"))));
}

}  // namespace
}  // namespace mooring::routing
