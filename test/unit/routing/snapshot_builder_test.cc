#include "proxy/routing/snapshot_builder.h"

#include <catch2/catch_test_macros.hpp>
#include <random>

#include "middleware/sticky.h"
#include "proxy/upstream/balanced_service.h"
#include "test/support/waiting.h"
#include "test/unit/routing/described.h"
#include "test/unit/routing/table_bench.h"

namespace mooring::routing {
namespace {

TEST_CASE("no container: a table for each entry point, with nothing in it") {
  TableBench bench;
  const Snapshot& snapshot = bench.build();
  CHECK(snapshot.entry_points == Strings{"traefik", "web", "websecure"});
  REQUIRE(snapshot.tables.size() == 3);
  for (const RouteTable& table : snapshot.tables) CHECK(table.size() == 0);
  CHECK(snapshot.routes.empty());
  CHECK(snapshot.services.empty());
  CHECK(snapshot.problems.empty());
  CHECK(snapshot.made_ms > 1'600'000'000'000);
}

TEST_CASE("the parts of a route") {
  TableBench bench;
  Container one("p", "a", 1);
  one.router("r", "Host(`h`)", "svc", {"s"}).service("svc").sticky("s", "one").sticky_service("svc", "two");
  one.fragment.services["svc"].pass_host_header = false;
  one.fragment.services["svc"].servers[0].weight = 7;
  one.fragment.services["idle"].servers = {one.fragment.services["svc"].servers[0]};
  bench.add(one).build();
  const Route& route = *bench.route("r@docker");
  REQUIRE(route.chain.size() == 2);  // the middleware's, then the service's, nearest to the service
  CHECK(dynamic_cast<const middleware::Sticky&>(*route.chain[0]).cookie_name() == "one");
  CHECK(dynamic_cast<const middleware::Sticky&>(*route.chain[1]).cookie_name() == "two");
  const auto& service = dynamic_cast<const upstream::BalancedService&>(*route.last);
  CHECK(service.balancer().service() == "svc@docker");
  CHECK_FALSE(service.balancer().policy().pass_host_header);
  const upstream::Server& server = service.balancer().servers().at(0);
  CHECK(server.url == "http://" + server.authority);
  CHECK(server.authority.ends_with(":80"));
  CHECK(server.address);
  CHECK(server.config.weight == 7);
  CHECK(server.traefik_values);
  CHECK(server.origin.label == "p/a-1");
  CHECK(server.endpoint == bench.endpoint("id-p/a-1:80"));
  // A service that nobody leads to is shown, and has no balancer.
  CHECK(bench.snapshot->services.at("idle@docker").balancer == nullptr);
  CHECK(bench.snapshot->services.at("svc@docker").used_by == Strings{"r@docker"});
  CHECK(bench.snapshot->middleware_users.at("s@docker") == Strings{"r@docker"});
}

TEST_CASE("one cookie that the middleware and the service both name is set once") {
  TableBench bench;
  Container one("p", "a", 1);
  bench.add(one.router("r", "Host(`h`)", "svc", {"s"}).service("svc").sticky("s").sticky_service("svc")).build();
  CHECK(bench.route("r@docker")->chain.size() == 1);
}

TEST_CASE("a cookie without a name is named after the service") {
  TableBench bench;
  Container one("p", "a", 1);
  bench.add(one.router("r", "Host(`h`)", "app", {"s"}).service("app").sticky("s", "")).build();
  CHECK(bench.snapshot->services.at("app@docker").cookie_name == "_a9f6e");
}

TEST_CASE("a server given by a name has no address yet") {
  TableBench bench;
  Container one("p", "a", 1);
  one.router("r", "Host(`h`)", "svc").service("svc").fragment.services["svc"].servers[0].host = "db.internal";
  bench.add(one).build();
  const auto& server = bench.snapshot->services.at("svc@docker").balancer->servers().at(0);
  CHECK_FALSE(server.address);
  CHECK(server.url == "http://db.internal:80");
}

TEST_CASE("problems of the fragments and of the merge are in the table") {
  TableBench bench;
  Container one("p", "a", 1);
  config::Problem& unknown = one.fragment.problems.emplace_back();
  unknown.code = "L001";
  unknown.where = "p/a-1";
  unknown.key = "traefik.x";
  Container two("q", "b", 1, 5);
  bench.add(one.router("r", "Host(`a`)", "s").service("s")).add(two.router("r", "Host(`b`)", "s").service("s")).build();
  CHECK(bench.problems("L001") == Strings{"traefik.x in p/a-1"});
  CHECK(bench.problems("M002").size() == 2);
}

TEST_CASE("what is equal is taken over: matchers, counters, places in schedules") {
  TableBench bench;
  Container one("p", "a", 1);
  one.router("same", "Host(`same`)", "svc").router("new-rule", "Host(`old`)", "svc").service("svc");
  one.router("leaves", "Host(`leaves`)", "svc");
  bench.add(one).build();
  bench.snapshot->services.at("svc@docker").balancer->state().position = 41;
  bench.route("same@docker")->counters->of(0).hits.add(3);
  bench.route("new-rule@docker")->counters->of(0).hits.add(4);
  const auto old = bench.snapshot;
  one.router("new-rule", "Host(`new`)", "svc").router("comes", "Host(`comes`)", "svc").service("late");
  one.router("late", "Host(`late`)", "late").fragment.routers.erase("leaves");
  one.fragment.services["svc"].servers[0].weight = 9;
  bench.fragments.clear();
  bench.add(one).build();
  const auto hits = [&](const char* name) {
    return bench.route(name)->counters->sum([](const RouteCounters& counters) { return counters.hits.get(); });
  };
  const auto find_old = [&](std::string_view name) {
    return *std::ranges::find_if(old->routes, [&](const auto& route) { return route->name == name; });
  };
  CHECK(bench.route("same@docker")->matcher == find_old("same@docker")->matcher);
  CHECK(bench.route("new-rule@docker")->matcher != find_old("new-rule@docker")->matcher);
  CHECK(hits("same@docker") == 3);
  CHECK(hits("new-rule@docker") == 4);
  CHECK(hits("comes@docker") == 0);
  CHECK(bench.snapshot->services.at("svc@docker").balancer->state().position == 41);
  CHECK(bench.snapshot->services.at("late@docker").balancer->state().position == 0);
  CHECK(bench.takes("GET old /").empty());
  CHECK(bench.takes("GET new /") == "new-rule@docker");
  CHECK(bench.takes("GET leaves /").empty());
  // The old table is as it was.
  CHECK(find_old("new-rule@docker")->config.rule == "Host(`old`)");
}

TEST_CASE("a rule that was unreadable and is mended is compiled") {
  TableBench bench;
  Container one("p", "a", 1);
  bench.add(one.router("r", "Host(`h`", "svc").service("svc")).build();
  CHECK(bench.takes("GET h /").empty());
  bench.fragments.clear();
  bench.add(one.router("r", "Host(`h`)", "svc")).build();
  CHECK(bench.takes("GET h /") == "r@docker");
  CHECK(bench.route("r@docker")->status == RouteStatus::enabled);
}

// A world of containers that agree, differ, are broken and share names.
std::vector<Container> some_world(std::mt19937& random) {
  const Strings projects{"", "shop", "blog"};
  const Strings names{"web", "api", "r"};
  const Strings rules{"Host(`a`)", "Host(`b`)", "Host(`A`)", "Host(`a`", "Host(`a`) && PathPrefix(`/x`)"};
  const Strings middlewares{"s", "all", "nobody"};
  const Strings entry_points{"web", "websecure", "nowhere"};
  const auto any = [&](const Strings& of) { return of[random() % of.size()]; };
  std::vector<Container> world;
  for (int i = 0; i < 10; ++i) {
    Container made(any(projects), any(names), i, static_cast<std::int64_t>(random() % 4));
    for (int k = 0; k < 2; ++k) {
      const std::string service = any(names);
      made.service(service, random() % 3 == 0 ? 81 : 80);
      if (random() % 4 == 0) made.sticky_service(service, "c");
      made.router(any(names), any(rules), random() % 8 == 0 ? "missing" : service);
      auto& router = made.fragment.routers.begin()->second;
      if (random() % 2 == 0) router.middlewares = {any(middlewares)};
      if (random() % 3 == 0) router.entry_points = {any(entry_points)};
      if (random() % 5 == 0) router.priority = static_cast<std::int64_t>(random() % 3) - 1;
      if (random() % 9 == 0) router.broken = "broken";
    }
    if (random() % 2 == 0) made.sticky("s", random() % 3 == 0 ? "other" : "sess");
    if (random() % 3 == 0) made.chain("all", {"s"});
    world.push_back(made);
  }
  return world;
}

TEST_CASE("the same containers in any order give the same table") {
  std::mt19937 random{5};
  for (int round = 0; round < 40; ++round) {
    std::vector<Container> world = some_world(random);
    TableBench first;
    for (const Container& container : world) first.add(container);
    first.build();
    const std::string expected = described(*first.snapshot);
    for (int shuffle = 0; shuffle < 4; ++shuffle) {
      std::ranges::shuffle(world, random);
      TableBench again;
      for (const Container& container : world) again.add(container);
      again.build();
      // Problems of fragments come in the fragments' order; there are none here.
      REQUIRE(described(*again.snapshot) == expected);
    }
  }
}

TEST_CASE("one container after the other gives the table that all at once give") {
  std::mt19937 random{6};
  for (int round = 0; round < 20; ++round) {
    const std::vector<Container> world = some_world(random);
    TableBench all;
    TableBench one_by_one;
    for (const Container& container : world) {
      all.add(container);
      one_by_one.add(container).build();
    }
    all.build();
    REQUIRE(described(*one_by_one.snapshot) == described(*all.snapshot));
    one_by_one.fragments.pop_back();
    one_by_one.build();
    TableBench without;
    for (std::size_t i = 0; i + 1 < world.size(); ++i) without.add(world[i]);
    without.build();
    REQUIRE(described(*one_by_one.snapshot) == described(*without.snapshot));
  }
}

TEST_CASE("nothing broken is ever served, in any world") {
  std::mt19937 random{8};
  int seen = 0;
  for (int round = 0; round < 60; ++round) {
    TableBench bench;
    for (const Container& container : some_world(random)) bench.add(container);
    bench.build();
    for (const auto& route : bench.snapshot->routes) {
      const bool refers_to_nobody = std::ranges::any_of(
          route->config.middlewares, [&](const std::string& name) { return !bench.merged.middlewares.contains(name); });
      const bool broken = !route->config.broken.empty() || refers_to_nobody || route->matcher == nullptr ||
                          std::ranges::find(route->config.entry_points, "nowhere") != route->config.entry_points.end();
      if (broken) ++seen;
      REQUIRE((!broken || route->status == RouteStatus::disabled));
      REQUIRE((route->status == RouteStatus::disabled) ==
              (dynamic_cast<const upstream::BalancedService*>(route->last.get()) == nullptr));
      if (route->status == RouteStatus::disabled) {
        REQUIRE(route->chain.empty());
        REQUIRE_FALSE(route->errors.empty());
      }
    }
  }
  CHECK(seen > 50);
}

// Answers as the endpoint 0 of its balancer, whatever is preferred.
class Answers final : public http::Handler {
 public:
  explicit Answers(const upstream::Balancer& balancer) : balancer_(balancer) {}
  loop::Task<http::Response> handle(http::Exchange& exchange) const override {
    exchange.answered = {.balancer = &balancer_, .index = 0};
    http::Response response(exchange.arena);
    response.head.status = 200;
    co_return response;
  }

 private:
  const upstream::Balancer& balancer_;
};

TEST_CASE("a cookie name that two services share keeps both parts, one that they do not share has one") {
  for (const bool shared : {true, false}) {
    TableBench bench;
    Container one("p", "a", 1);
    one.sticky("s").sticky("t", shared ? "sess" : "other").service("x").service("y", 81);
    one.router("x", "Host(`x`)", "x", {"s"}).router("y", "Host(`y`)", "y", {"t"});
    bench.add(one).build();
    const Route& route = *bench.route("x@docker");
    const Answers answers(*bench.snapshot->services.at("x@docker").balancer);
    loop::EventLoop loop;
    http::Exchange exchange(loop);
    const std::string other = upstream::hex16(upstream::sha256_head("id-p/a-1:81"));
    exchange.request.fields.add(http::FieldId::cookie, exchange.arena.concat({"sess=", other, ".00000000000000aa"}));
    const auto response = test::run_task(loop, http::Next(route.chain, answers)(exchange));
    const std::string_view line = response.head.fields.value(http::FieldId::set_cookie);
    CHECK((line.find(other) != std::string_view::npos) == shared);
  }
}

}  // namespace
}  // namespace mooring::routing
