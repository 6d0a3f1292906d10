#include "proxy/routing/sticky_rules.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "test/unit/routing/table_bench.h"

namespace mooring::routing {
namespace {

// One sticky service on one host, with the cookie as `change` leaves it; the codes of the cookie's Problems.
Strings codes_of(const std::string& rule, const std::function<void(config::CookieConfig&)>& change,
                 const std::function<void(TableBench&)>& prepare = {}) {
  TableBench bench;
  if (prepare) prepare(bench);
  Container one("p", "a", 1);
  one.router("app", rule, "a").service("a").sticky_service("a");
  change(one.fragment.services["a"].sticky->cookie);
  bench.add(one).build();
  Strings codes;
  for (const config::Problem& problem : bench.snapshot->problems) codes.push_back(problem.code);
  return codes;
}

TEST_CASE("S08: a secure cookie where https cannot come") {
  const auto secure = [](config::CookieConfig& cookie) { cookie.secure = true; };
  CHECK(codes_of("Host(`shop.example.com`)", secure) == Strings{"S08"});
  CHECK(codes_of("PathPrefix(`/`)", secure) == Strings{"S08"});
  CHECK(codes_of("Host(`app.localhost`)", secure).empty());
  CHECK(codes_of("Host(`shop.example.com`)", secure, [](TableBench& bench) {
          bench.options.entry_points["web"].forwarded_headers.insecure = true;
        }).empty());
  CHECK(codes_of("Host(`shop.example.com`)", secure, [](TableBench& bench) {
          bench.options.entry_points["web"].forwarded_headers.trusted_ips = {*config::IpNetwork::parse("10.0.0.0/8")};
        }).empty());
}

TEST_CASE("S09: SameSite=None needs Secure") {
  const std::string rule = "Host(`shop.localhost`)";
  CHECK(codes_of(rule, [](config::CookieConfig& cookie) { cookie.same_site = "none"; }) == Strings{"S09"});
  CHECK(codes_of(rule, [](config::CookieConfig& cookie) { cookie.same_site = "lax"; }).empty());
  CHECK(codes_of(rule, [](config::CookieConfig& cookie) { cookie.same_site = "none", cookie.secure = true; }).empty());
}

TEST_CASE("S10: the domain is the host or a parent of it") {
  const auto domain = [](const std::string& text) {
    return [text](config::CookieConfig& cookie) { cookie.domain = text; };
  };
  CHECK(codes_of("Host(`shop.example.com`)", domain("example.org")) == Strings{"S10"});
  CHECK(codes_of("Host(`shop.example.com`)", domain("hop.example.com")) == Strings{"S10"});
  CHECK(codes_of("Host(`a.example.com`) || Host(`b.example.org`)", domain("example.com")) == Strings{"S10"});
  CHECK(codes_of("Host(`*.example.org`)", domain("example.com")) == Strings{"S10"});
  CHECK(codes_of("Host(`shop.example.com`)", domain("example.com")).empty());
  CHECK(codes_of("Host(`shop.example.com`)", domain("shop.example.com")).empty());
  CHECK(codes_of("Host(`*.example.com`)", domain("example.com")).empty());
  CHECK(codes_of("PathPrefix(`/x`)", domain("example.com")).empty());
}

TEST_CASE("S11: every path of the router is below the cookie's") {
  const auto path = [](config::CookieConfig& cookie) { cookie.path = "/shop"; };
  CHECK(codes_of("Host(`h`)", path) == Strings{"S11"});
  CHECK(codes_of("Host(`h`) && PathPrefix(`/sho`)", path) == Strings{"S11"});
  CHECK(codes_of("Host(`h`) && (PathPrefix(`/shop`) || Path(`/login`))", path) == Strings{"S11"});
  CHECK(codes_of("Host(`h`) && PathPrefix(`/shop`)", path).empty());
  CHECK(codes_of("Host(`h`) && PathPrefix(`/shop/cart`)", path).empty());
}

TEST_CASE("S13: one server that is a name") {
  const auto codes = [](const std::string& url, const std::string& host, bool second) {
    TableBench bench;
    Container one("p", "a", 1);
    one.router("app", "Host(`h`)", "a").service("a").sticky_service("a");
    config::ServerConfig server;
    server.id = url;
    server.host = host;
    auto& servers = one.fragment.services["a"].servers;
    servers = {server};
    if (second) {
      server.id += "2";
      servers.push_back(server);
    }
    bench.add(one).build();
    return bench.problems("S13").size();
  };
  CHECK(codes("http://tasks.shop:80", "tasks.shop", false) == 1);
  CHECK(codes("http://10.0.0.5:80", "10.0.0.5", false) == 0);
  CHECK(codes("http://tasks.shop:80", "tasks.shop", true) == 0);
  CHECK(codes("container-id:80", "host.docker.internal", false) == 0);
}

TEST_CASE("S03: a sticky service or middleware that nobody uses, and where the router leads instead") {
  TableBench bench;
  Container one("p", "a", 1);
  one.router("web", "Host(`h`)", "web-2").service("web-2").service("web", 81).sticky_service("web");
  one.sticky("tie");
  bench.add(one).build();
  const auto found = bench.problems("S03");
  CHECK(found == Strings{"traefik.http.middlewares.tie.sticky in p/a-1",
                         "traefik.http.services.web.loadbalancer.sticky in p/a-1"});
  bool told = false;
  for (const config::Problem& problem : bench.snapshot->problems) {
    told = told || problem.text.find("router \"web@docker\" leads to \"web-2@docker\"") != std::string::npos;
  }
  CHECK(told);
}

TEST_CASE("S05: one name for several services of a host") {
  const auto build = [](TableBench& bench, int count, const std::string& second_host) {
    for (int i = 0; i < count; ++i) {
      const std::string name = "s" + std::to_string(i);
      Container one("p" + name, name, 1, i);
      one.router(name, "Host(`" + (i == 1 ? second_host : std::string{"h"}) + "`) && PathPrefix(`/" + name + "`)",
                 name);
      one.service(name).sticky_service(name, "lb");
      bench.add(one);
    }
    bench.build();
    return bench.problems("S05").size();
  };
  TableBench two;
  CHECK(build(two, 2, "h") == 1);
  CHECK(two.problem("S05").severity == config::Severity::info);  // one cookie holds both here
  TableBench five;
  CHECK(build(five, 5, "h") == 4);
  CHECK(five.problem("S05").severity == config::Severity::warning);
  TableBench apart;
  CHECK(build(apart, 2, "other") == 0);
}

TEST_CASE("pooled services are one, and routes that serve nobody say nothing") {
  TableBench bench;
  bench.add(seed("whoami", 1)).add(seed("whoami-replica", 2)).build();
  CHECK(bench.snapshot->problems.empty());
  TableBench broken;
  Container one("p", "a", 1);
  one.router("app", "Host(`h.example.com`)", "a").service("a").sticky_service("a");
  one.fragment.services["a"].sticky->cookie.secure = true;
  one.fragment.routers["app"].broken = "an unknown key";
  broken.add(one).build();
  CHECK(broken.problems("S08").empty());
}

}  // namespace
}  // namespace mooring::routing
