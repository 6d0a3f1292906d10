// The routers of redirections, and middlewares of entry points: their names, and what a mistake does.
#include "proxy/routing/redirections.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "proxy/routing/entry_point_routers.h"

namespace mooring::routing {
namespace {

config::Options three_entry_points() {
  config::Options options;
  for (const auto& [name, port] :
       std::vector<std::pair<std::string, std::uint16_t>>{{"web", 80}, {"websecure", 443}, {"alt", 8443}}) {
    options.entry_points[name].name = name;
    options.entry_points[name].port = port;
  }
  return options;
}

config::MergedRouter router_on(std::vector<std::string> entry_points) {
  config::MergedRouter router;
  router.config.rule = "Path(`/`)";
  router.config.entry_points = std::move(entry_points);
  router.config.middlewares = {"own@docker"};
  return router;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("a redirection is a router of its entry point") {
  config::Options options = three_entry_points();
  auto& redirection = options.entry_points["web"].redirection.emplace();
  struct Row {
    std::string to;
    std::string name;
    bool works;
  };
  for (const Row& row : std::vector<Row>{{"websecure", "web-to-websecure@internal", true},
                                         {"alt", "web-to-alt@internal", true},
                                         {":8443", "web-to-8443@internal", true},
                                         {"web.secure", "web-to-web-secure@internal", false},
                                         {":", "web-to@internal", false},
                                         {":x", "web-to-x@internal", false},
                                         {"", "web-to@internal", false}}) {
    INFO(row.to);
    redirection.to = row.to;
    redirection.priority = 7;
    const auto routes = redirection_routes(options);
    REQUIRE(routes.size() == 1);
    CHECK(routes.front().name == row.name);
    CHECK(routes.front().entry_point == "web");
    CHECK(routes.front().priority == 7);
    CHECK(routes.front().service == "noop@internal");
    CHECK(routes.front().broken.empty() == row.works);
    CHECK(routes.front().chain.size() == (row.works ? 1 : 0));
  }
  options.entry_points["web"].redirection.reset();
  CHECK(redirection_routes(options).empty());
}

TEST_CASE("without middlewares of entry points nothing is to be split") {
  CHECK(!entry_points_have_middlewares(three_entry_points()));
}

TEST_CASE("middlewares of an entry point come first") {
  config::Options options = three_entry_points();
  options.entry_points["web"].middlewares = {"gate", "auth@file"};
  REQUIRE(entry_points_have_middlewares(options));
  SECTION("a router of that entry point alone keeps its name") {
    const auto parts = split_by_entry_point("shop@docker", router_on({"web"}), options);
    REQUIRE(parts.size() == 1);
    CHECK(parts[0].name == "shop@docker");
    CHECK(parts[0].router.config.middlewares == Strings{"gate@docker", "auth@file", "own@docker"});
  }
  SECTION("a router of several is one for each that has middlewares, and one for the rest") {
    const auto parts = split_by_entry_point("shop@docker", router_on({"alt", "web", "websecure"}), options);
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].name == "web-shop@docker");
    CHECK(parts[0].router.config.entry_points == Strings{"web"});
    CHECK(parts[0].router.config.middlewares.size() == 3);
    CHECK(parts[1].name == "shop@docker");
    CHECK(parts[1].router.config.entry_points == Strings{"alt", "websecure"});
    CHECK(parts[1].router.config.middlewares == Strings{"own@docker"});
  }
  SECTION("the default entry points are meant where none is named") {
    const auto parts = split_by_entry_point("shop@docker", router_on({}), options);
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].name == "web-shop@docker");
  }
  SECTION("a bad entry point leaves the router whole: it answers 503") {
    const auto parts = split_by_entry_point("shop@docker", router_on({"web", "wbe"}), options);
    REQUIRE(parts.size() == 1);
    CHECK(parts[0].name == "shop@docker");
    CHECK(parts[0].router.config.entry_points == Strings{"web", "wbe"});
  }
}

}  // namespace mooring::routing
