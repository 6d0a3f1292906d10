#include "proxy/routing/sticky_check.h"

#include <catch2/catch_test_macros.hpp>

#include "test/unit/routing/table_bench.h"

namespace mooring::routing {
namespace {

Container with_sticky_router() {
  Container one("p", "a", 1);
  one.router("app", "Host(`h`)", "a", {"s"}).service("a").sticky("s");
  return one;
}

TEST_CASE("a router to the same endpoints without the sticky middleware is told the label to paste") {
  TableBench bench;
  Container one = with_sticky_router();
  bench.add(one.router("admin", "Host(`g`)", "a")).build();
  CHECK(bench.problems("S25") == Strings{"admin@docker in p/a-1"});
  CHECK(bench.problem("S25").severity == config::Severity::warning);
  CHECK(bench.problem("S25").fix == "traefik.http.routers.admin.middlewares=s");
  CHECK(bench.problem("S25").text.find("app@docker") != std::string::npos);
}

TEST_CASE("the label keeps the middlewares that are there, and names of other providers whole") {
  TableBench bench;
  Container one = with_sticky_router();
  one.chain("auth", {}).router("admin", "Host(`g`)", "a", {"auth", "shield@file"});
  Container file("", "f", 1);
  file.fragment.origin.provider = "file";
  file.chain("shield", {}).sticky("bind").router("from-file", "Host(`f`)", "a@docker", {"bind"});
  bench.add(one).add(file).build();
  CHECK(bench.problems("S25") == Strings{"admin@docker in p/a-1"});
  CHECK(bench.problem("S25").fix == "traefik.http.routers.admin.middlewares=auth,shield@file,s");
}

TEST_CASE("a sticky middleware of another provider is pasted with it") {
  TableBench bench;
  Container file("", "f", 1);
  file.fragment.origin.provider = "file";
  file.sticky("bind");
  Container one("p", "a", 1);
  one.router("app", "Host(`h`)", "a", {"bind@file"}).router("zoo", "Host(`g`)", "a").service("a");
  bench.add(one).add(file).build();
  CHECK(bench.problem("S25").fix == "traefik.http.routers.zoo.middlewares=bind@file");
}

TEST_CASE("a sticky middleware inside a chain makes sticky, and is what is pasted") {
  TableBench bench;
  Container one("p", "a", 1);
  one.sticky("s").chain("all", {"s"}).service("a");
  one.router("app", "Host(`h`)", "a", {"all"}).router("zoo", "Host(`g`)", "a", {"all"});
  bench.add(one).build();
  CHECK(bench.problems("S25").empty());
  Container two("p", "b", 1);
  two.sticky("s").chain("all", {"s"}).service("b").router("x", "Host(`x`)", "b", {"all"}).router("y", "Host(`y`)", "b");
  bench.add(two).build();
  CHECK(bench.problem("S25").fix == "traefik.http.routers.y.middlewares=s");
}

TEST_CASE("two services of one port, one of them sticky: the sticky one's name is what to paste") {
  TableBench bench;
  Container one("p", "a", 1);
  one.service("a").sticky_service("a").service("b").router("app", "Host(`h`)", "a").router("zoo", "Host(`g`)", "b");
  bench.add(one).build();
  CHECK(bench.problems("S25") == Strings{"zoo@docker in p/a-1"});
  CHECK(bench.problem("S25").fix == "traefik.http.routers.zoo.service=a");
}

TEST_CASE("nothing is said where there is no pitfall") {
  SECTION("all sticky") {
    TableBench bench;
    Container one = with_sticky_router();
    bench.add(one.router("admin", "Host(`g`)", "a", {"s"})).build();
    CHECK(bench.snapshot->problems.empty());
  }
  SECTION("none sticky") {
    TableBench bench;
    Container one("p", "a", 1);
    bench.add(one.service("a").router("x", "Host(`x`)", "a").router("y", "Host(`y`)", "a")).build();
    CHECK(bench.snapshot->problems.empty());
  }
  SECTION("other endpoints") {
    TableBench bench;
    Container one = with_sticky_router();
    bench.add(one.service("metrics", 9100).router("metrics", "Host(`m`)", "metrics")).build();
    CHECK(bench.snapshot->problems.empty());
  }
  SECTION("a router that serves nobody needs no cookie") {
    TableBench bench;
    Container one = with_sticky_router();
    one.router("admin", "Host(`g`)", "a").fragment.routers["admin"].broken = "an unknown key";
    bench.add(one).build();
    CHECK(bench.problems("S25").empty());
  }
  SECTION("a sticky router that serves nobody asks nothing of others") {
    TableBench bench;
    Container one = with_sticky_router();
    one.fragment.routers["app"].broken = "an unknown key";
    bench.add(one.router("admin", "Host(`g`)", "a")).build();
    CHECK(bench.problems("S25").empty());
  }
}

}  // namespace
}  // namespace mooring::routing
