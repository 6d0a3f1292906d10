#include "proxy/routing/route_draft.h"

#include <catch2/catch_test_macros.hpp>

#include "middleware/unserved.h"
#include "proxy/routing/route_table.h"
#include "test/unit/routing/table_bench.h"

namespace mooring::routing {
namespace {

// One good neighbour, and one router "r" that a test breaks.
struct Broken {
  TableBench bench;
  Container container{"p", "a", 1};

  Broken() {
    container.service("svc").sticky("s");
    container.router("r", "Host(`r`)", "svc").router("good", "Host(`good`)", "svc");
  }
  config::RouterConfig& router() { return container.fragment.routers.at("r"); }
  const Route& build() {
    bench.add(container).build();
    CHECK(bench.takes("GET good /") == "good@docker");
    CHECK(bench.route("good@docker")->status == RouteStatus::enabled);
    return *bench.route("r@docker");
  }
  bool answers_503() const {
    const Route& route = *bench.route("r@docker");
    return route.status == RouteStatus::disabled && route.unserved && route.chain.empty() &&
           dynamic_cast<const middleware::Unserved*>(route.last.get()) != nullptr;
  }
};

TEST_CASE("a good router has its defaults resolved") {
  Broken test;
  const Route& route = test.build();
  CHECK(route.status == RouteStatus::enabled);
  CHECK(route.entry_points == Strings{"web", "websecure"});  // not the one called traefik
  CHECK(route.service == "svc@docker");
  CHECK(route.priority == 9);
  CHECK(route.recursion_mark.empty());
  CHECK(route.errors.empty());
  CHECK(route.origins.size() == 1);
  CHECK(test.bench.takes("GET r /", "websecure") == "r@docker");
  CHECK(test.bench.takes("GET r /", "traefik").empty());
  // Nothing is said but that its sticky middleware is on no router.
  CHECK(test.bench.snapshot->problems.size() == test.bench.problems("S03").size());
}

TEST_CASE("an unknown middleware: its rule is matched, and answers 503") {
  Broken test;
  test.router().middlewares = {"s", "limt"};
  test.container.chain("limit", {});
  test.build();
  CHECK(test.answers_503());
  CHECK(test.bench.takes("GET r /") == "r@docker");
  CHECK(test.bench.problems("R002") == Strings{"r@docker in p/a-1"});
  CHECK(test.bench.problem("R002").fix == "did you mean \"limit@docker\"?");
  CHECK(test.bench.route("r@docker")->errors == Strings{"middleware \"limt@docker\" does not exist"});
}

TEST_CASE("a middleware that cannot be built, and a chain that contains itself: 503") {
  Broken test;
  SECTION("cannot be built") {
    test.container.fragment.middlewares["x"] = config::BrokenMiddleware{"no users"};
    test.router().middlewares = {"x"};
    test.build();
    CHECK(test.bench.problems("R007").size() == 1);
  }
  SECTION("contains itself") {
    test.container.chain("x", {"x"});
    test.router().middlewares = {"x"};
    test.build();
    CHECK(test.bench.problems("R006").size() == 1);
  }
  CHECK(test.answers_503());
}

TEST_CASE("a key of its own that is broken: 503, and why") {
  Broken test;
  test.router().broken = "label \"…prioritie\": unknown key";
  CHECK(test.build().errors == Strings{"label \"…prioritie\": unknown key"});
  CHECK(test.answers_503());
  CHECK(test.bench.takes("GET r /") == "r@docker");
}

TEST_CASE("an unknown entry point: 503 on those that exist, and nowhere else") {
  Broken test;
  test.router().entry_points = {"web", "webb", "web"};
  test.build();
  CHECK(test.answers_503());
  CHECK(test.bench.route("r@docker")->entry_points == Strings{"web"});
  CHECK(test.bench.takes("GET r /") == "r@docker");
  CHECK(test.bench.takes("GET r /", "websecure").empty());
  CHECK(test.bench.problems("R004") == Strings{"r@docker in p/a-1"});
  CHECK(test.bench.problem("R004").fix == "did you mean \"web\"?");
  CHECK(test.bench.problem("R004").text.find("there are: traefik, web, websecure") != std::string::npos);
}

TEST_CASE("no entry point of the list exists: it is nowhere, the defaults do not stand in") {
  Broken test;
  test.router().entry_points = {"http", "https"};
  test.build();
  CHECK(test.bench.route("r@docker")->status == RouteStatus::disabled);
  CHECK(test.bench.takes("GET r /").empty());
  CHECK(test.bench.takes("GET r /", "websecure").empty());
  CHECK(test.bench.problems("R004").size() == 2);
  const Strings& errors = test.bench.route("r@docker")->errors;
  CHECK(std::ranges::find(errors, "no valid entryPoint for this router") != errors.end());
}

TEST_CASE("an unreadable rule matches nothing, whatever else is wrong") {
  Broken test;
  test.router().rule = "Host(`r`) && ";
  SECTION("alone") {}
  SECTION("with an unknown middleware") {
    test.router().middlewares = {"nobody"};
  }
  SECTION("with a broken key") {
    test.router().broken = "x";
  }
  SECTION("with an unknown entry point") {
    test.router().entry_points = {"web", "nowhere"};
  }
  const Route& route = test.build();
  CHECK(route.status == RouteStatus::disabled);
  CHECK_FALSE(route.unserved);
  CHECK(route.matcher == nullptr);
  CHECK(test.bench.takes("GET r /").empty());
  CHECK(test.bench.problems("R001") == Strings{"r@docker in p/a-1"});
  CHECK(test.bench.problem("R001").in_force == "the router matches nothing");
  CHECK(test.bench.problem("R001").text.find('^') != std::string::npos);
}

TEST_CASE("an unknown service matches nothing, as in Traefik") {
  Broken test;
  test.router().service = "svcc";
  SECTION("alone") {}
  SECTION("with an unknown middleware") {
    test.router().middlewares = {"nobody"};
  }
  SECTION("with a broken key") {
    test.router().broken = "x";
  }
  const Route& route = test.build();
  CHECK(route.status == RouteStatus::disabled);
  CHECK_FALSE(route.unserved);
  CHECK(test.bench.takes("GET r /").empty());
  CHECK(test.bench.problems("R003") == Strings{"r@docker in p/a-1"});
  CHECK(test.bench.problem("R003").fix == "did you mean \"svc@docker\"?");
}

TEST_CASE("priorities of internal routers are out of reach") {
  for (const auto& [priority, served] :
       {std::pair{kMaxPriority, true}, std::pair{kMaxPriority + 1, false}, std::pair{std::int64_t{-5}, true},
        std::pair{INT64_MAX, false}, std::pair{INT64_MIN, true}}) {
    Broken test;
    test.router().priority = priority;
    test.build();
    CAPTURE(priority);
    CHECK(test.bench.takes("GET r /") == (served ? "r@docker" : ""));
    CHECK(test.bench.problems("R008").size() == (served ? 0U : 1U));
  }
}

TEST_CASE("a router of the default rule carries Traefik's mark against recursion") {
  Broken test;
  test.router().default_rule = true;
  CHECK(test.build().recursion_mark == upstream::fnv1_hex("r@docker"));
}

class Internal final : public http::Handler {
 public:
  loop::Task<http::Response> handle(http::Exchange& exchange) const override {
    co_return http::Response(exchange.arena);
  }
};

TEST_CASE("internal routers are above all others, and containers may lead to internal services") {
  TableBench bench;
  const auto api = std::make_shared<const Internal>();
  bench.internal_services["api@internal"] = api;
  bench.internal_routes.push_back({"api@internal", "PathPrefix(`/api`)", "traefik", INT64_MAX - 1, "api@internal"});
  Container one("p", "a", 1);
  one.service("svc").sticky("s").router("mine", "Host(`api`)", "api@internal", {"s"});
  one.router("grab", "PathPrefix(`/api`)", "svc", {}, {"traefik"}).fragment.routers["grab"].priority = kMaxPriority;
  bench.add(one).build();
  CHECK(bench.takes("GET x /api/status", "traefik") == "api@internal");
  CHECK(bench.route("api@internal")->last == api);
  CHECK(bench.route("api@internal")->priority == INT64_MAX - 1);
  CHECK(bench.route("mine@docker")->last == api);
  CHECK(bench.route("mine@docker")->status == RouteStatus::enabled);
  CHECK(bench.snapshot->problems.empty());
}

TEST_CASE("a broken middleware in front of an internal service still closes it") {
  TableBench bench;
  bench.internal_services["api@internal"] = std::make_shared<const Internal>();
  Container one("p", "a", 1);
  bench.add(one.service("svc").router("mine", "Host(`api`)", "api@internal", {"auth"})).build();
  CHECK(bench.route("mine@docker")->unserved);
  CHECK(dynamic_cast<const middleware::Unserved*>(bench.route("mine@docker")->last.get()) != nullptr);
}

}  // namespace
}  // namespace mooring::routing
