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
  CHECK(errors == Strings{"entryPoint \"http\" doesn't exist", "entryPoint \"https\" doesn't exist",
                          "no valid entryPoint for this router"});
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

TEST_CASE("a rule is read in the syntax that its router names, else in the default one") {
  Broken test;
  test.router().rule = "Path(`/{id:[0-9]+}`)";
  SECTION("named") {
    test.router().rule_syntax = "v2";
  }
  SECTION("by default") {
    test.bench.options.default_rule_syntax = config::RuleSyntax::v2;
  }
  const Route& route = test.build();
  CHECK(route.status == RouteStatus::enabled);
  CHECK(route.priority == 20);  // the length of the text, as in v3
  CHECK(test.bench.takes("GET x /12") == "r@docker");
  CHECK(test.bench.takes("GET x /a").empty());
}

TEST_CASE("a named syntax wins over the default one") {
  Broken test;
  test.bench.options.default_rule_syntax = config::RuleSyntax::v2;
  test.router().rule = "PathRegexp(`^/[0-9]+$`)";
  test.router().rule_syntax = "v3";
  CHECK(test.build().status == RouteStatus::enabled);
  CHECK(test.bench.takes("GET x /12") == "r@docker");
}

TEST_CASE("a rule of the other version is told so") {
  Broken test;
  SECTION("v2's in v3") {
    test.router().rule = "Headers(`A`, `b`)";
    test.build();
    CHECK(test.bench.problem("R001").fix == "Header, as in Header(`X-Tenant`, `blue`); or set ruleSyntax to v2");
  }
  SECTION("a template in v3") {
    test.router().rule = "Path(`/{id}`)";
    test.build();
    CHECK(test.bench.problem("R001").fix == "PathRegexp(`^/[^/]+$`); or set ruleSyntax to v2");
  }
  SECTION("v3's in v2") {
    test.router().rule = "Header(`A`, `b`)";
    test.router().rule_syntax = "v2";
    test.build();
    CHECK(test.bench.problem("R001").fix == "Headers, as in Headers(`X-Tenant`, `blue`); or set ruleSyntax to v3");
  }
  SECTION("of neither") {
    test.router().rule = "Hots(`a`)";
    test.build();
    CHECK_FALSE(test.bench.problem("R001").fix.contains("ruleSyntax"));
  }
}

TEST_CASE("a syntax that does not exist: nobody can say what the rule means") {
  Broken test;
  test.router().rule_syntax = "v4";
  const Route& route = test.build();
  CHECK(route.status == RouteStatus::disabled);
  CHECK(route.matcher == nullptr);
  CHECK(test.bench.takes("GET r /").empty());
  CHECK(test.bench.problem("R001").text == "the rule syntax \"v4\" is neither v2 nor v3");
}

TEST_CASE("with another syntax the same text is another rule") {
  Broken test;
  test.router().rule = "Host(`*.x.test`)";
  test.build();
  CHECK(test.bench.takes("GET a.x.test /") == "r@docker");
  test.router().rule_syntax = "v2";
  test.bench.fragments.clear();
  test.build();
  CHECK(test.bench.takes("GET a.x.test /").empty());
}

TEST_CASE("a router to an unknown service answers 503: no wider router gets what it was to take") {
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
  CHECK(route.unserved);
  CHECK(test.bench.takes("GET r /") == "r@docker");
  CHECK(test.bench.problem("R003").in_force == "the router answers 503");
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
    CHECK(test.bench.takes("GET r /") == "r@docker");
    CHECK(test.bench.route("r@docker")->unserved != served);
    CHECK(test.bench.route("r@docker")->priority <= kMaxPriority);
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
