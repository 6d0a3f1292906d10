#include "proxy/routing/pooling.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "middleware/sticky.h"
#include "test/unit/routing/table_bench.h"

namespace mooring::routing {
namespace {

// The first router by name gives the pool its name, and the name is what stands before the provider.
const std::string kPool = "whoami@docker";
const std::string kPooled = "whoami-replica@docker";

TEST_CASE("the two containers of the example are one pool with one cookie") {
  TableBench bench;
  bench.add(seed("whoami-replica", 2)).add(seed("whoami", 1)).build();
  CHECK(bench.endpoints_of(kPool) == Strings{"id-sticky/whoami-replica-1:80", "id-sticky/whoami-1:80"});
  CHECK(bench.endpoints_of(kPooled).empty());
  CHECK(bench.snapshot->services.at(kPooled).pooled_into == kPool);
  CHECK(bench.snapshot->services.at(kPool).pooled_into.empty());
  CHECK(bench.snapshot->services.at(kPool).cookie_name == "my_app_session");
  CHECK(bench.snapshot->services.at(kPool).used_by == Strings{"whoami-replica@docker", "whoami@docker"});
  for (const char* name : {"whoami@docker", "whoami-replica@docker"}) {
    const Route* route = bench.route(name);
    REQUIRE(route != nullptr);
    CHECK(route->service == kPool);
    CHECK(route->status == RouteStatus::enabled);
    REQUIRE(route->chain.size() == 1);
    const auto* sticky = dynamic_cast<const middleware::Sticky*>(route->chain[0].get());
    REQUIRE(sticky != nullptr);
    CHECK(sticky->cookie_name() == "my_app_session");
  }
  CHECK(bench.snapshot->problems.empty());
  CHECK_FALSE(bench.takes("GET whoami.localhost /").empty());
}

TEST_CASE("replicas of both join the pool, each once") {
  TableBench bench;
  Container second = seed("whoami");
  second.fragment.id = second.fragment.origin.container_id = "id-second";
  second.fragment.services["whoami"].servers[0].id = "id-second:80";
  second.fragment.origin.created = 5;
  bench.add(seed("whoami")).add(second).add(seed("whoami-replica")).build();
  CHECK(bench.endpoints_of(kPool).size() == 3);
  CHECK(bench.snapshot->problems.empty());
}

TEST_CASE("a rule that only is written differently is the same rule") {
  TableBench bench;
  Container one("p", "a", 1);
  one.router("a", "Host(`WWW.example.com`) && PathPrefix(`/x`)", "a", {"s"}).service("a").sticky("s");
  Container two("p", "b", 1);
  two.router("b", "PathPrefix(`/x`)&&Host(`www.example.com`)   ", "b", {"s"}).service("b").sticky("s");
  two.fragment.routers["b"].priority = one.fragment.routers["a"].priority = 7;
  bench.add(one).add(two).build();
  CHECK(bench.endpoints_of("a@docker").size() == 2);
}

TEST_CASE("Traefik's form, stickiness on the service, pools too") {
  TableBench bench;
  for (const char* name : {"a", "b"}) {
    Container one("p", name, 1);
    bench.add(one.router(name, "Host(`h`)", name).service(name).sticky_service(name));
  }
  bench.build();
  CHECK(bench.endpoints_of("a@docker").size() == 2);
  CHECK(bench.route("b@docker")->service == "a@docker");
}

TEST_CASE("containers outside any project count as one project") {
  TableBench bench;
  for (const char* name : {"a", "b"}) {
    Container one("", name, 1);
    bench.add(one.router(name, "Host(`h`)", name, {"s"}).service(name).sticky("s"));
  }
  bench.build();
  CHECK(bench.endpoints_of("a@docker").size() == 2);
}

TEST_CASE("each condition alone keeps two routers apart") {
  struct Row {
    const char* what;
    std::function<void(Container&)> change;  // of the second container, which has router, service "b"
    bool shadowed;                           // still the same rule on the same entry points
  };
  const auto router = [](Container& c) -> config::RouterConfig& { return c.fragment.routers.at("b"); };
  const auto service = [](Container& c) -> config::ServiceConfig& { return c.fragment.services.at("b"); };
  const Row rows[] = {
      {"nothing", [](Container&) {}, false},
      {"project", [](Container& c) { c.fragment.origin.project = "other"; }, true},
      {"provider", [](Container& c) { c.fragment.origin.provider = "file"; }, true},
      {"rule", [&](Container& c) { router(c).rule = "Host(`g`)"; }, false},
      {"entry points", [&](Container& c) { router(c).entry_points = {"websecure"}; }, false},
      {"more entry points", [&](Container& c) { router(c).entry_points = {"web", "websecure"}; }, false},
      {"priority", [&](Container& c) { router(c).priority = 3; }, true},
      {"chain", [&](Container& c) { router(c).middlewares = {"t"}; }, true},
      {"no chain", [&](Container& c) { router(c).middlewares = {}; }, true},
      {"host header", [&](Container& c) { service(c).pass_host_header = false; }, true},
      {"service sticky", [](Container& c) { c.sticky_service("b"); }, true},
      {"service broken", [&](Container& c) { service(c).broken = "bad port"; }, true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    TableBench bench;
    Container one("p", "a", 1);
    one.router("a", "Host(`h`)", "a", {"s"}, {"web"}).service("a").sticky("s");
    Container two("p", "b", 1);
    two.router("b", "Host(`h`)", "b", {"s"}, {"web"}).service("b").sticky("s").sticky("t");
    row.change(two);
    bench.add(one).add(two).build();
    const bool pooled = bench.endpoints_of("a@docker").size() == 2;
    CHECK(pooled == (std::string_view(row.what) == "nothing"));
    CHECK(bench.problems("R005").size() == (row.shadowed ? 1U : 0U));
  }
}

TEST_CASE("routers that nothing makes sticky are not pooled: one is shadowed, and told by whom") {
  TableBench bench;
  for (const char* name : {"b", "a"}) {
    Container one("p", name, 1);
    bench.add(one.router(name, "Host(`h`)", name).service(name));
  }
  bench.build();
  CHECK(bench.endpoints_of("a@docker").size() == 1);
  CHECK(bench.problems("R005") == Strings{"b@docker in p/b-1"});
  const config::Problem& problem = bench.problem("R005");
  CHECK(problem.severity == config::Severity::warning);
  CHECK(problem.text.find("shadowed by a@docker (p/a-1)") != std::string::npos);
  CHECK_FALSE(problem.fix.empty());
  CHECK(bench.route("b@docker")->status == RouteStatus::warning);
  CHECK(bench.route("a@docker")->status == RouteStatus::enabled);
  CHECK(bench.takes("GET h /") == "a@docker");
}

TEST_CASE("the higher priority is in front, whatever the name") {
  TableBench bench;
  Container one("p", "a", 1);
  Container two("q", "b", 1);
  one.router("a", "Host(`h`)", "a").service("a");
  two.router("b", "Host(`h`)", "b").service("b").fragment.routers["b"].priority = 100;
  bench.add(one).add(two).build();
  CHECK(bench.problems("R005") == Strings{"a@docker in p/a-1"});
  CHECK(bench.takes("GET h /") == "b@docker");
}

TEST_CASE("a router that has an entry point to itself is not hidden") {
  TableBench bench;
  Container one("p", "a", 1);
  Container two("p", "b", 1);
  one.router("a", "Host(`h`)", "a", {}, {"web"}).service("a");
  two.router("b", "Host(`h`)", "b", {}, {"web", "websecure"}).service("b");
  bench.add(one).add(two).build();
  CHECK(bench.problems("R005").empty());
  CHECK(bench.takes("GET h /", "websecure") == "b@docker");
}

TEST_CASE("a router that several others hide together is hidden") {
  TableBench bench;
  Container one("p", "a", 1);
  one.router("a", "Host(`h`)", "a", {}, {"web"}).router("b", "Host(`h`)", "a", {}, {"websecure"}).service("a");
  Container two("p", "c", 1);
  two.router("c", "Host(`h`)", "c", {}, {"web", "websecure"}).service("c");
  bench.add(one).add(two).build();
  CHECK(bench.problems("R005") == Strings{"c@docker in p/c-1"});
}

TEST_CASE("a wider rule of the same host hides a narrower one when it is in front") {
  struct Row {
    const char* front;
    const char* hidden;
    bool shadowed;
  };
  const Row rows[] = {
      {"Host(`h`)", "Host(`h`) && PathPrefix(`/x`)", true},
      {"Host(`h`) && PathPrefix(`/x`)", "Host(`h`) && Path(`/x/y`)", true},
      {"PathPrefix(`/x`)", "PathPrefix(`/x/y`)", true},
      {"Host(`*.h`)", "Host(`*.h`) && Method(`GET`)", true},
      {"Host(`h`) || Host(`i`)", "Host(`i`) && Path(`/x`)", true},
      {"Host(`h`) && PathPrefix(`/x`)", "Host(`h`)", false},
      {"Host(`h`)", "Host(`h`) || Host(`i`)", false},
      {"Host(`h`) && Method(`GET`)", "Host(`h`) && Path(`/x`)", false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.front, row.hidden);
    for (const bool narrow_in_front : {false, true}) {
      TableBench bench;
      Container one("p", "a", 1);
      Container two("p", "b", 1);
      one.router("a", row.front, "a").service("a").fragment.routers["a"].priority = 50;
      two.router("b", row.hidden, "b").service("b").fragment.routers["b"].priority = narrow_in_front ? 51 : 49;
      bench.add(one).add(two).build();
      const Strings told = bench.problems("R005");
      const bool hidden = std::ranges::find(told, "b@docker in p/b-1") != told.end();
      CHECK(hidden == (row.shadowed && !narrow_in_front));
      if (hidden) {
        CHECK(bench.problem("R005").fix == "give b@docker a higher priority, or a@docker a narrower rule");
      }
    }
  }
}

TEST_CASE("with many routers on one host only equal rules are compared, and again when they are few") {
  TableBench bench;
  for (int i = 0; i < 32; ++i) {
    const std::string name = "n" + std::to_string(i);
    Container one("p", name, 1);
    one.router(name, "Host(`h`) && Path(`/" + name + "`)", name).service(name);
    if (i == 0) one.router("all", "Host(`h`)", "n0").fragment.routers["all"].priority = 1000;
    bench.add(one);
  }
  bench.build();
  CHECK(bench.problems("R005").empty());
  bench.fragments.pop_back();
  bench.build();
  CHECK(bench.problems("R005").size() == 30);  // all but the one that leads to the same service
}

TEST_CASE("two routers to one service hide nothing from anybody") {
  TableBench bench;
  Container one("p", "a", 1);
  bench.add(one.router("a", "Host(`h`)", "a").router("b", "Host(`h`)", "a").service("a")).build();
  CHECK(bench.snapshot->problems.empty());
}

TEST_CASE("pooling gives no router an endpoint that did not ask for it") {
  TableBench bench;
  Container one("p", "a", 1);
  one.router("pub-a", "Host(`h`)", "a", {"s"}).router("admin", "Host(`admin`)", "a", {"s"}).service("a").sticky("s");
  Container two("p", "b", 1);
  two.router("pub-b", "Host(`h`)", "b", {"s"}).service("b").sticky("s");
  bench.add(one).add(two).build();
  // Both would be one service, and `admin` would lead to b, which never said so.
  CHECK(bench.endpoints_of(bench.route("admin@docker")->service) == Strings{"id-p/a-1:80"});
  CHECK(bench.problems("R005") == Strings{"pub-b@docker in p/b-1"});
}

TEST_CASE("services whose routers correspond one to one are pooled for all of them") {
  TableBench bench;
  for (const char* name : {"a", "b"}) {
    Container one("p", name, 1);
    one.router("plain-" + std::string(name), "Host(`h`)", name, {"s"}, {"web"});
    one.router("tls-" + std::string(name), "Host(`h`)", name, {"s"}, {"websecure"});
    bench.add(one.service(name).sticky("s"));
  }
  bench.build();
  CHECK(bench.endpoints_of("a@docker").size() == 2);
  for (const auto& route : bench.snapshot->routes) CHECK(route->service == "a@docker");
  CHECK(bench.snapshot->problems.empty());
}

TEST_CASE("a stranger's router to a service of a pool does not take the pool apart") {
  TableBench bench;
  Container stranger("q", "x", 1);
  stranger.router("x", "Host(`x`)", "whoami");
  bench.add(seed("whoami")).add(seed("whoami-replica")).add(stranger).build();
  CHECK(bench.endpoints_of(kPool).size() == 2);
  CHECK(bench.route("x@docker")->service == kPool);
}

TEST_CASE("nobody brings his endpoints into another project's service by routers of his own") {
  TableBench bench;
  Container victim("shop", "web", 1);
  victim.router("web", "Host(`shop`)", "web", {"s"}).service("web").sticky("s");
  Container attacker("evil", "x", 1);
  attacker.router("a1", "Host(`evil`)", "web", {"s"}).router("a2", "Host(`evil`)", "mine", {"s"}).service("mine");
  bench.add(victim).add(attacker).build();
  CHECK(bench.endpoints_of("web@docker") == Strings{"id-shop/web-1:80"});
  CHECK(bench.endpoints_of("mine@docker") == Strings{"id-evil/x-1:80"});
}

TEST_CASE("an endpoint that two pooled services have is one") {
  TableBench bench;
  Container one("p", "a", 1);
  one.router("a", "Host(`h`)", "a", {"s"}).service("a").router("b", "Host(`h`)", "b", {"s"}).service("b").sticky("s");
  Container two("p", "c", 1);
  bench.add(one).add(two.router("c", "Host(`h`)", "c", {"s"}).service("c").sticky("s")).build();
  CHECK(bench.endpoints_of("a@docker") == Strings{"id-p/a-1:80", "id-p/c-1:80"});
}

TEST_CASE("a deploy that renames router and service keeps one pool, and with it the sessions") {
  TableBench bench;
  Container old_one("p", "a", 1, 100);
  old_one.router("before", "Host(`h`)", "before", {"s"}).service("before").sticky("s");
  Container new_one("p", "a", 2, 200);
  new_one.router("after", "Host(`h`)", "after", {"s"}).service("after").sticky("s");
  bench.add(old_one).add(new_one).build();
  CHECK(bench.route("before@docker")->config.standby);
  const std::string pool = bench.route("after@docker")->service;
  CHECK(bench.endpoints_of(pool) == Strings{"id-p/a-2:80", "id-p/a-1:80"});
}

TEST_CASE("a router out of force does not take the service that it led to out of its pool") {
  TableBench bench;
  Container old_one("p", "a", 1, 100);
  old_one.router("a", "Host(`h`)", "a", {"s"}).router("gone", "Host(`x`)", "a", {"s"}).service("a").sticky("s");
  Container new_one("p", "a", 2, 200);
  new_one.router("a", "Host(`h`)", "a", {"s"}).service("a").sticky("s");
  Container other("p", "b", 1);
  other.router("b", "Host(`h`)", "b", {"s"}).service("b").sticky("s");
  bench.add(old_one).add(new_one).add(other).build();
  CHECK(bench.route("gone@docker")->config.standby);
  CHECK(bench.endpoints_of("a@docker").size() == 3);
}

TEST_CASE("a broken router is in no pool and in front of nobody") {
  TableBench bench;
  Container broken = seed("whoami");
  broken.fragment.routers["whoami"].broken = "an unknown key";
  bench.add(broken).add(seed("whoami-replica")).build();
  CHECK(bench.endpoints_of("whoami-replica@docker") == Strings{"id-sticky/whoami-replica-1:80"});
  CHECK(bench.route("whoami@docker")->unserved);
}

}  // namespace
}  // namespace mooring::routing
