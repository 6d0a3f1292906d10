#include "proxy/upstream/balancer.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>
#include <thread>

#include "test/support/servers.h"

namespace mooring::upstream {
namespace {

using test::made_balancer;
using test::made_server;
using State = EndpointState;

std::vector<int> taken(const Balancer& balancer, int choices, std::uint64_t tried = 0) {
  std::vector<int> counts(balancer.servers().size(), 0);
  for (int i = 0; i < choices; ++i) {
    if (const auto index = balancer.choose(tried)) ++counts[*index];
  }
  return counts;
}

std::string order(const Balancer& balancer, int choices) {
  std::string text;
  for (int i = 0; i < choices; ++i) text += static_cast<char>('a' + balancer.choose(0).value_or(25));
  return text;
}

using Counts = std::vector<int>;

TEST_CASE("the schedule is smooth") {
  CHECK(order(*made_balancer({made_server("a"), made_server("b"), made_server("c")}), 6) == "abcabc");
  CHECK(order(*made_balancer({made_server("a", 5), made_server("b", 1), made_server("c", 1)}), 7) == "aabacaa");
  // Equal weights are one each, however large.
  CHECK(order(*made_balancer({made_server("a", 1'000'000), made_server("b", 1'000'000)}), 4) == "abab");
}

TEST_CASE("weights are exact in every full turn, over any number of threads") {
  std::mt19937 random{11};
  for (int round = 0; round < 30; ++round) {
    std::vector<Server> servers;
    std::vector<std::int64_t> weights;
    std::int64_t turn = 0;
    const std::size_t count = 1 + random() % 6;
    for (std::size_t i = 0; i < count; ++i) {
      weights.push_back(static_cast<std::int64_t>(random() % 8));
      servers.push_back(made_server(std::string(1, static_cast<char>('a' + i)), weights.back()));
      turn += weights.back();
    }
    const auto balancer = made_balancer(std::move(servers));
    if (turn == 0) {
      CHECK_FALSE(balancer->choose(0));
      continue;
    }
    constexpr int kThreads = 4;
    constexpr int kTurns = 8;
    std::vector<std::vector<int>> parts(kThreads);
    {
      std::vector<std::jthread> threads;
      for (auto& part : parts) {
        threads.emplace_back(
            [&balancer, &part, turn] { part = taken(*balancer, static_cast<int>(turn) * kTurns / kThreads); });
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      std::int64_t sum = 0;
      for (const auto& part : parts) sum += part[i];
      CHECK(sum == weights[i] * kTurns);
    }
  }
}

TEST_CASE("huge and odd weights") {
  // Scaled down: the ratio is kept to four digits, and nobody with a weight starves.
  const auto counts = taken(*made_balancer({made_server("a", 1), made_server("b", 1'000'000'000)}), 10'001);
  CHECK(counts[0] >= 1);
  CHECK(counts[0] <= 2);
  CHECK(taken(*made_balancer({made_server("a", -5), made_server("b", 1)}), 10) == Counts{0, 10});
  CHECK(taken(*made_balancer({made_server("a", 0), made_server("b", 3), made_server("c", 0)}), 9) == Counts{0, 9, 0});
  CHECK(taken(*made_balancer({made_server("a", INT64_MAX), made_server("b", INT64_MAX)}), 10) == Counts{5, 5});
  CHECK_FALSE(made_balancer({})->choose(0));
  CHECK_FALSE(made_balancer({made_server("a", 0)})->choose(0));
}

TEST_CASE("the turns of an endpoint that is not ready are spread over the others by their weights") {
  struct Row {
    Counts weights;
    Counts out;  // which are not ready
  };
  static const Row kRows[] = {
      {{1, 1, 1}, {0}},
      {{1, 1, 1}, {1}},
      {{1, 1, 1}, {2}},
      {{1, 1, 1, 1}, {0, 1}},
      {{1, 1, 1, 1}, {0, 2}},
      {{4, 1, 1}, {0}},
      {{4, 2, 1}, {0}},
      {{1, 1, 3}, {1}},
      {{5, 3, 2, 1}, {0, 3}},
      {{1, 1, 1, 1, 1}, {4}},
      {{1, 1, 1, 1, 1}, {0, 1, 2}},
      {{2, 2, 2, 7}, {3}},
  };
  for (const Row& row : kRows) {
    for (const State state : {State::starting, State::probing, State::draining, State::finishing, State::gone,
                              State::unhealthy, State::maintenance}) {
      std::vector<Server> servers;
      int turn = 0;
      int left = 0;
      for (std::size_t i = 0; i < row.weights.size(); ++i) {
        const bool out = std::ranges::find(row.out, static_cast<int>(i)) != row.out.end();
        servers.push_back(
            made_server(std::string(1, static_cast<char>('a' + i)), row.weights[i], out ? state : State::ready));
        turn += row.weights[i];
        left += out ? 0 : row.weights[i];
      }
      // After as many turns as there are slots left, each slot has been given the same.
      const auto counts = taken(*made_balancer(std::move(servers)), turn * left);
      for (std::size_t i = 0; i < row.weights.size(); ++i) {
        const bool out = std::ranges::find(row.out, static_cast<int>(i)) != row.out.end();
        CAPTURE(row.weights, row.out, i);
        CHECK(counts[i] == (out ? 0 : row.weights[i] * turn));
      }
    }
  }
}

TEST_CASE("an endpoint that drains is taken only when nobody is ready") {
  const auto balancer =
      made_balancer({made_server("a", 1, State::draining), made_server("b", 1, State::draining), made_server("c")});
  CHECK(taken(*balancer, 30) == Counts{0, 0, 30});
  balancer->servers()[2].endpoint->set_state(State::unhealthy, "");
  CHECK(taken(*balancer, 30) == Counts{15, 15, 0});
  balancer->servers()[0].endpoint->set_state(State::gone, "");
  CHECK(taken(*balancer, 30) == Counts{0, 30, 0});
  balancer->servers()[1].endpoint->set_state(State::finishing, "");
  CHECK_FALSE(balancer->choose(0));
}

TEST_CASE("who was tried is passed over, and a drain is better than nobody") {
  const auto balancer = made_balancer({made_server("a"), made_server("b", 1, State::draining), made_server("c")});
  const std::uint64_t a = Balancer::bit(0);
  const std::uint64_t c = Balancer::bit(2);
  CHECK(taken(*balancer, 12, a) == Counts{0, 0, 12});
  CHECK(taken(*balancer, 12, a | c) == Counts{0, 12, 0});
  CHECK_FALSE(balancer->choose(a | c | Balancer::bit(1)));
  CHECK(balancer->another_left(a));
  CHECK(balancer->another_left(a | c));
  CHECK_FALSE(balancer->another_left(a | c | Balancer::bit(1)));
}

TEST_CASE("with more than 64 endpoints bits are shared, and somebody is still found") {
  std::vector<Server> servers;
  for (int i = 0; i < 70; ++i) servers.push_back(made_server("s" + std::to_string(i)));
  const auto balancer = made_balancer(std::move(servers));
  CHECK(Balancer::bit(0) == Balancer::bit(64));
  CHECK(Balancer::bit(63) == std::uint64_t{1} << 63U);
  const auto counts = taken(*balancer, 70 * 68, Balancer::bit(3));
  CHECK(counts[3] == 0);
  CHECK(counts[67] == 0);
  CHECK(*std::ranges::max_element(counts) == 70);
}

TEST_CASE("another endpoint that is left has a weight and may take the request") {
  CHECK_FALSE(made_balancer({made_server("a"), made_server("b", 0)})->another_left(Balancer::bit(0)));
  CHECK_FALSE(made_balancer({made_server("a"), made_server("b", 1, State::probing)})->another_left(Balancer::bit(0)));
  CHECK(made_balancer({made_server("a"), made_server("b")})->another_left(Balancer::bit(0)));
}

TEST_CASE("the nearest to being ready is named, and nobody whom a person took out") {
  using enum EndpointState;
  const std::vector<State> order{ready, draining, probing, starting, unhealthy, finishing, gone, maintenance};
  for (std::size_t i = 0; i < order.size(); ++i) {
    CAPTURE(to_string(order[i]));
    std::vector<Server> servers;
    for (std::size_t later = order.size(); later-- > i;) {
      servers.push_back(made_server("s" + std::to_string(later), 1, order[later]));
    }
    const auto nearest = made_balancer(servers)->nearest();
    CHECK(nearest == (order[i] == maintenance ? std::nullopt : std::optional(order[i])));
  }
  CHECK_FALSE(made_balancer({})->nearest());
  CHECK_FALSE(made_balancer({made_server("a", 0)})->nearest());
}

TEST_CASE("cookies name servers: by our part, and by all of Traefik's values") {
  Server stranger = made_server("b");
  stranger.traefik_values = false;
  const auto balancer = made_balancer({made_server("a"), stranger});
  CHECK(balancer->by_cookie_part(sha256_head("a:80")) == 0U);
  CHECK(balancer->by_cookie_part(sha256_head("b:80")) == 1U);
  CHECK_FALSE(balancer->by_cookie_part(sha256_head("c:80")));
  for (const std::string& value : {hex16(sha256_head("http://a:80")), fnv1_hex("http://a:80"),
                                   fnv1_hex(fnv1_hex("http://a:80")), std::string("http://a:80")}) {
    CHECK(balancer->by_traefik_value(value) == 0U);
  }
  // The address was another's before: its cookies mean nobody.
  CHECK_FALSE(balancer->by_traefik_value(hex16(sha256_head("http://b:80"))));
  CHECK_FALSE(balancer->by_traefik_value("http://b:80"));
  CHECK_FALSE(balancer->by_traefik_value(""));
  CHECK_FALSE(balancer->by_traefik_value(std::string(100'000, 'x')));
}

TEST_CASE("two balancers over one state go on where the other was") {
  const auto state = std::make_shared<ServiceState>();
  const std::vector<Server> servers{made_server("a"), made_server("b"), made_server("c")};
  const Balancer first("s", servers, ServicePolicy{}, state);
  const Balancer second("s", servers, ServicePolicy{}, state);
  CHECK(first.choose(0) == 0U);
  CHECK(second.choose(0) == 1U);
  CHECK(first.choose(0) == 2U);
}

TEST_CASE("the last resort: who drains by itself or refused a moment ago, never whom a person took out") {
  const auto life_of = [](State state, std::vector<Mark> marks) {
    Life life{.state = state};
    for (const Mark mark : marks) life.put(mark);
    return life;
  };
  const auto alone = [](Life life) {
    std::vector<Server> servers{made_server("a")};
    servers[0].endpoint->set_life(life, "made so");
    return made_balancer(std::move(servers))->choose(0).has_value();
  };
  CHECK(alone(life_of(State::draining, {})));
  CHECK_FALSE(alone(life_of(State::draining, {Mark::ordered})));
  CHECK(alone(life_of(State::probing, {Mark::left_out})));
  CHECK_FALSE(alone(life_of(State::probing, {Mark::left_out, Mark::silent})));
  CHECK_FALSE(alone(life_of(State::probing, {})));
  CHECK_FALSE(alone(life_of(State::finishing, {})));

  // Not while somebody is ready; and who is left out hears that he was asked.
  std::vector<std::string> told;
  std::vector<Server> servers{made_server("a"), made_server("b")};
  servers[0].endpoint = std::make_shared<Endpoint>("a:80", 1, [&told](const std::string& id) { told.push_back(id); });
  servers[0].endpoint->set_life(life_of(State::probing, {Mark::left_out}), "it refused");
  const auto balancer = made_balancer(std::move(servers));
  CHECK(taken(*balancer, 10) == Counts{0, 10});
  CHECK(told.empty());
  balancer->servers()[1].endpoint->set_state(State::gone, "it ended");
  CHECK(taken(*balancer, 10) == Counts{10, 0});
  CHECK(told == std::vector<std::string>{"a:80"});
  CHECK(balancer->servers()[0].endpoint->take_seen() == Seen::kWanted);
}

}  // namespace
}  // namespace mooring::upstream
