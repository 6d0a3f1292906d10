#include "proxy/routing/chain_resolver.h"

#include <catch2/catch_test_macros.hpp>

namespace mooring::routing {
namespace {

using Strings = std::vector<std::string>;
using Middlewares = std::map<std::string, config::MergedMiddleware>;

void put(Middlewares& into, const std::string& name, config::MiddlewareConfig config) {
  into[name].config = std::move(config);
}

Middlewares known() {
  Middlewares all;
  put(all, "a@docker", config::StickyConfig{});
  put(all, "b@docker", config::StickyConfig{});
  put(all, "c@file", config::StickyConfig{});
  put(all, "broken@docker", config::BrokenMiddleware{"no such type"});
  put(all, "ab@docker", config::ChainConfig{{"a@docker", "b@docker"}});
  put(all, "deep@docker", config::ChainConfig{{"ab@docker", "c@file", "ab@docker"}});
  put(all, "self@docker", config::ChainConfig{{"a@docker", "self@docker"}});
  put(all, "ping@docker", config::ChainConfig{{"pong@docker"}});
  put(all, "pong@docker", config::ChainConfig{{"ping@docker"}});
  put(all, "half@docker", config::ChainConfig{{"a@docker", "broken@docker"}});
  put(all, "empty@docker", config::ChainConfig{});
  return all;
}

TEST_CASE("chains are expanded, in order, and what is wrong has a code") {
  struct Row {
    Strings asked;
    Strings names;
    Strings codes;
  };
  const Row rows[] = {
      {{}, {}, {}},
      {{"b@docker", "a@docker"}, {"b@docker", "a@docker"}, {}},
      {{"a@docker", "a@docker"}, {"a@docker", "a@docker"}, {}},
      {{"ab@docker", "c@file"}, {"a@docker", "b@docker", "c@file"}, {}},
      {{"deep@docker"}, {"a@docker", "b@docker", "c@file", "a@docker", "b@docker"}, {}},
      {{"empty@docker"}, {}, {}},
      {{"nobody@docker"}, {}, {"R002"}},
      {{""}, {}, {"R002"}},
      {{"a@docker", "nobody@docker", "b@docker"}, {"a@docker", "b@docker"}, {"R002"}},
      {{"broken@docker"}, {}, {"R007"}},
      {{"half@docker"}, {"a@docker"}, {"R007"}},
      {{"self@docker"}, {"a@docker"}, {"R006"}},
      {{"ping@docker"}, {}, {"R006"}},
      {{"nobody@docker", "broken@docker"}, {}, {"R002", "R007"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.asked);
    const ResolvedChain chain = resolve_chain(row.asked, known());
    CHECK(chain.names == row.names);
    Strings codes;
    for (const config::Problem& problem : chain.problems) {
      codes.push_back(problem.code);
      CHECK(problem.severity == config::Severity::error);
      CHECK(problem.in_force == "the router answers 503");
      CHECK_FALSE(problem.text.empty());
    }
    CHECK(codes == row.codes);
    CHECK(chain.ok() == row.codes.empty());
  }
}

TEST_CASE("the nearest name is offered, and the reason of a broken one is said") {
  Middlewares all = known();
  put(all, "sticky-sessions@docker", config::StickyConfig{});
  CHECK(resolve_chain({"sticky-session@docker"}, all).problems.at(0).fix == "did you mean \"sticky-sessions@docker\"?");
  CHECK(resolve_chain({"zzzzzzzzzzzz@file"}, all).problems.at(0).fix ==
        "define it, or take it out of the router's list");
  CHECK(resolve_chain({"broken@docker"}, all).problems.at(0).text ==
        "middleware \"broken@docker\" cannot be built: no such type");
}

TEST_CASE("chains that double at every step are refused before they cost anything") {
  Middlewares all;
  put(all, "0@docker", config::StickyConfig{});
  for (int i = 1; i <= 60; ++i) {
    const std::string below = std::to_string(i - 1) + "@docker";
    put(all, std::to_string(i) + "@docker", config::ChainConfig{{below, below}});
  }
  const ResolvedChain chain = resolve_chain({"60@docker"}, all);
  CHECK_FALSE(chain.ok());
  CHECK(chain.names.size() <= 256);
  CHECK(chain.problems.size() == 1);
}

TEST_CASE("chains of nothing that double at every step cost no more") {
  Middlewares all;
  put(all, "0@docker", config::ChainConfig{});
  for (int i = 1; i <= 60; ++i) {
    const std::string below = std::to_string(i - 1) + "@docker";
    put(all, std::to_string(i) + "@docker", config::ChainConfig{{below, below}});
  }
  const ResolvedChain chain = resolve_chain({"60@docker"}, all);
  CHECK_FALSE(chain.ok());
  CHECK(chain.problems.size() == 1);
}

TEST_CASE("chains of what is unknown that double at every step fill no log") {
  Middlewares all;
  for (int i = 1; i <= 60; ++i) {
    const std::string below = std::to_string(i - 1) + "@docker";
    put(all, std::to_string(i) + "@docker", config::ChainConfig{{below, below}});
  }
  const ResolvedChain chain = resolve_chain({"60@docker"}, all);
  CHECK_FALSE(chain.ok());
  CHECK(chain.problems.size() <= 300);
}

TEST_CASE("a chain of chains far deeper than any stack is refused") {
  Middlewares all;
  put(all, "0@docker", config::StickyConfig{});
  for (int i = 1; i <= 100'000; ++i) {
    put(all, std::to_string(i) + "@docker", config::ChainConfig{{std::to_string(i - 1) + "@docker"}});
  }
  CHECK_FALSE(resolve_chain({"100000@docker"}, all).ok());
}

}  // namespace
}  // namespace mooring::routing
