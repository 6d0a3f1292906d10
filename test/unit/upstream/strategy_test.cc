#include "proxy/upstream/strategy.h"

#include <catch2/catch_test_macros.hpp>
#include <cstddef>
#include <map>
#include <set>
#include <string>

#include "test/support/servers.h"

namespace mooring::upstream {
namespace {

using config::Strategy;
using State = EndpointState;
using test::made_server;

Balancer balancer_of(Strategy strategy, const std::vector<Server>& servers) {
  return {"app@docker", servers, ServicePolicy{.strategy = strategy}, std::make_shared<ServiceState>()};
}

void put_in_flight(const Server& server, std::int64_t count) {
  server.endpoint->counters.of(0).in_flight.set(count);
}

std::map<std::uint32_t, int> chosen(const Balancer& balancer, int times, std::string_view client = "192.0.2.1") {
  std::map<std::uint32_t, int> counts;
  for (int i = 0; i < times; ++i) {
    if (const auto index = balancer.choose(0, client)) ++counts[*index];
  }
  return counts;
}

}  // namespace

TEST_CASE("every strategy asks only who is ready, has a weight and was not tried") {
  for (const Strategy strategy :
       {Strategy::wrr, Strategy::p2c, Strategy::hrw, Strategy::leasttime, Strategy::leastconn}) {
    CAPTURE(config::to_string(strategy));
    const std::vector<Server> servers{made_server("a", 1, State::unhealthy), made_server("b", 0), made_server("c"),
                                      made_server("d", 1, State::draining), made_server("e")};
    const Balancer balancer = balancer_of(strategy, servers);
    for (const auto& [index, count] : chosen(balancer, 50)) CHECK((index == 2 || index == 4));
    CHECK(balancer.choose(Balancer::bit(2), "192.0.2.1") == 4U);
    // Nobody else is ready: the one that drains.
    CHECK(balancer.choose(Balancer::bit(2) | Balancer::bit(4), "192.0.2.1") == 3U);
    CHECK_FALSE(balancer.choose(Balancer::bit(2) | Balancer::bit(3) | Balancer::bit(4), "192.0.2.1"));
    CHECK_FALSE(balancer_of(strategy, {}).choose(0, "192.0.2.1"));
  }
}

TEST_CASE("leastconn asks who has the fewest in flight by weight, and equals in turn") {
  const std::vector<Server> servers{made_server("a", 1), made_server("b", 4), made_server("c", 1)};
  const Balancer balancer = balancer_of(Strategy::leastconn, servers);
  CHECK(chosen(balancer, 30) == std::map<std::uint32_t, int>{{0, 10}, {1, 10}, {2, 10}});
  put_in_flight(servers[0], 2);
  put_in_flight(servers[1], 4);
  put_in_flight(servers[2], 3);
  CHECK(chosen(balancer, 5) == std::map<std::uint32_t, int>{{1, 5}});
  put_in_flight(servers[1], 12);
  CHECK(chosen(balancer, 5) == std::map<std::uint32_t, int>{{0, 5}});
}

TEST_CASE("p2c never asks the busiest of three, and asks both others") {
  const std::vector<Server> servers{made_server("a"), made_server("b"), made_server("c")};
  put_in_flight(servers[1], 100);
  const auto counts = chosen(balancer_of(Strategy::p2c, servers), 400);
  CHECK_FALSE(counts.contains(1));
  CHECK(counts.at(0) > 50);
  CHECK(counts.at(2) > 50);
  CHECK(chosen(balancer_of(Strategy::p2c, {made_server("alone")}), 3) == std::map<std::uint32_t, int>{{0, 3}});
}

TEST_CASE("hrw gives a client the same endpoint, spreads clients by weight, and moves only those who have to") {
  std::vector<Server> servers{made_server("a", 1), made_server("b", 1), made_server("c", 2)};
  const Balancer before = balancer_of(Strategy::hrw, servers);
  std::map<std::uint32_t, int> counts;
  std::map<std::string, std::uint32_t> places;
  for (int i = 0; i < 4000; ++i) {
    const std::string client = "198.51." + std::to_string(i / 250) + "." + std::to_string(i % 250);
    const auto index = before.choose(0, client);
    REQUIRE(index.has_value());
    CHECK(before.choose(0, client) == index);
    places[client] = *index;
    ++counts[*index];
  }
  // The spread of Traefik's own hash over names that differ in one letter.
  CHECK(counts == std::map<std::uint32_t, int>{{0, 799}, {1, 1341}, {2, 1860}});
  servers[0].endpoint->set_state(State::gone, "left");
  for (const auto& [client, index] : places) {
    const auto now = before.choose(0, client);
    REQUIRE(now.has_value());
    CHECK((index == 0 ? *now != 0 : *now == index));
  }
}

TEST_CASE("leasttime asks who is unknown first, then who answers soonest for what it has to do") {
  const std::vector<Server> servers{made_server("slow"), made_server("quick"), made_server("unknown")};
  const Balancer balancer = balancer_of(Strategy::leasttime, servers);
  for (const Server& server : servers) REQUIRE(server.endpoint->latency() != nullptr);
  servers[0].endpoint->latency()->add(9'000);
  servers[1].endpoint->latency()->add(2'000);
  CHECK(chosen(balancer, 3) == std::map<std::uint32_t, int>{{2, 3}});
  servers[2].endpoint->latency()->add(5'000);
  CHECK(chosen(balancer, 3) == std::map<std::uint32_t, int>{{1, 3}});
  put_in_flight(servers[1], 2);  // 2 ms × 3 is more than 5 ms × 1
  CHECK(chosen(balancer, 3) == std::map<std::uint32_t, int>{{2, 3}});
}

TEST_CASE("a latency window is the mean of the last hundred answers") {
  LatencyWindow window;
  CHECK(window.mean() == 0);
  window.add(10);
  window.add(20);
  CHECK(window.mean() == 15);
  for (std::size_t i = 0; i < LatencyWindow::kAnswers; ++i) window.add(40);
  CHECK(window.mean() == 40);
}

TEST_CASE("the other strategies want no times") {
  const std::vector<Server> servers{made_server("a")};
  const Balancer balancer = balancer_of(Strategy::leastconn, servers);
  CHECK(servers[0].endpoint->latency() == nullptr);
}

}  // namespace mooring::upstream
