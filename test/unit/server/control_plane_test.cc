#include "proxy/server/control_plane.h"

#include <catch2/catch_test_macros.hpp>

#include "test/support/loopback.h"
#include "test/support/waiting.h"

namespace mooring::server {
namespace {

using Kind = config::ContainerEvent::Kind;
using State = upstream::EndpointState;

config::FragmentPtr container(const std::string& id, const std::string& rule, std::uint16_t port) {
  auto fragment = std::make_shared<config::Fragment>();
  fragment->id = fragment->origin.container_id = id;
  fragment->origin.label = id;
  fragment->routers[id] = {.rule = rule,
                           .entry_points = {},
                           .middlewares = {},
                           .service = id,
                           .priority = 0,
                           .rule_syntax = {},
                           .default_rule = false,
                           .broken = {}};
  config::ServerConfig server;
  server.id = id + ":80";
  server.host = "127.0.0.1";
  server.port = port;
  fragment->services[id].servers = {server};
  return fragment;
}

config::ContainerEvent runs(const std::string& id) {
  return {Kind::changed, id, {config::Phase::running, config::Health::none, ""}};
}

struct ControlPlaneBench {
  loop::EventLoop loop;  // the test's own, as an API connection has one
  config::Options options;
  std::unique_ptr<ControlPlane> plane;

  // Without lingering: what is removed is gone.
  explicit ControlPlaneBench(std::chrono::milliseconds linger = {}) {
    options.entry_points["web"].name = "web";
    options.docker.linger_time = linger;
    plane = std::make_unique<ControlPlane>(options);
  }

  // Waits as a client of /api/status does, until `holds`.
  template <typename Condition>
  bool until(Condition holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < end) {
      const std::uint64_t seen = plane->generation();
      if (holds()) return true;
      loop::TaskScope waiting(loop);
      waiting.spawn(plane->wait_for_change(loop, seen, 1000));
      REQUIRE(test::run_until(loop, [&] { return waiting.size() == 0; }));
    }
    return holds();
  }
  std::string status() const {
    const auto snapshot = plane->snapshot();
    std::string text;
    for (const auto& [name, service] : snapshot->services) {
      text += name;
      if (service.balancer == nullptr) continue;
      for (const auto& server : service.balancer->servers())
        text += " " + std::string(to_string(server.endpoint->state()));
    }
    return text;
  }
  bool becomes(const std::string& expected) {
    const bool did = until([&] { return plane->snapshot() != nullptr && status() == expected; });
    if (!did && plane->snapshot() != nullptr) UNSCOPED_INFO("it is: " << status());
    return did;
  }
};

TEST_CASE("without a provider there is a table at once") {
  ControlPlaneBench bench;
  CHECK(bench.plane->snapshot() == nullptr);
  CHECK(bench.plane->generation() == 0);
  CHECK(bench.plane->started_ms() > 1'600'000'000'000);
  bench.plane->start({});
  REQUIRE(bench.until([&] { return bench.plane->generation() > 0; }));
  REQUIRE(bench.plane->snapshot() != nullptr);
  CHECK(bench.plane->snapshot()->entry_points.size() == 1);
  CHECK(bench.plane->synced());
  CHECK(bench.plane->generation_since_ms() >= bench.plane->started_ms());
  CHECK_FALSE(bench.plane->terminating());
}

TEST_CASE("what a provider publishes becomes a table, and its endpoints become ready") {
  ControlPlaneBench bench;
  bench.plane->start({"docker"});
  loop::EventLoop other;
  const test::Loopback upstream(other);
  bench.plane->publish({"docker", {container("web", "Host(`a`)", upstream.port())}, {runs("web")}, {}, false});
  REQUIRE(bench.becomes("web@docker ready"));
  CHECK_FALSE(bench.plane->synced());
  bench.plane->publish({"docker", {}, {}, {}, true});
  CHECK(bench.until([&] { return bench.plane->synced(); }));
  CHECK(bench.plane->snapshot()->generation <= bench.plane->generation());
}

TEST_CASE("the table is whole when every provider has listed") {
  ControlPlaneBench bench;
  bench.plane->start({"docker", "file"});
  bench.plane->publish({"file", {}, {}, {}, true});
  bench.plane->publish({"file", {}, {}, {}, true});
  REQUIRE(bench.until([&] { return bench.plane->generation() >= 3; }));
  CHECK_FALSE(bench.plane->synced());
  bench.plane->publish({"docker", {}, {}, {}, true});
  CHECK(bench.until([&] { return bench.plane->synced(); }));
}

TEST_CASE("a stop and an end are in force without a new table") {
  ControlPlaneBench bench;
  bench.plane->start({"docker"});
  loop::EventLoop other;
  const test::Loopback upstream(other);
  bench.plane->publish({"docker", {container("web", "Host(`a`)", upstream.port())}, {runs("web")}, {}, true});
  REQUIRE(bench.becomes("web@docker ready"));
  const auto table = bench.plane->snapshot();
  const std::uint64_t before = bench.plane->generation();
  bench.plane->observe({Kind::stopping, "web", {}});
  REQUIRE(bench.becomes("web@docker draining"));
  bench.plane->observe({Kind::gone, "web", {}});
  REQUIRE(bench.becomes("web@docker gone"));
  CHECK(bench.plane->snapshot() == table);
  CHECK(bench.plane->generation() == before + 2);
  // The same again is no change.
  bench.plane->observe({Kind::gone, "web", {}});
  bench.plane->publish({"docker", {}, {}, {"web"}, true});
  REQUIRE(bench.becomes(""));
  // The table is there a moment before its generation is told.
  CHECK(bench.until([&] { return bench.plane->generation() == before + 3; }));
}

TEST_CASE("changes replace, removals remove, and providers do not touch each other's") {
  ControlPlaneBench bench;
  bench.plane->start({"docker"});
  const loop::ListenSocket deaf = test::bound_socket("127.0.0.1");
  const std::uint16_t port = deaf.address().port();
  bench.plane->publish(
      {"docker", {container("a", "Host(`a`)", port), container("b", "Host(`b`)", port)}, {}, {}, true});
  REQUIRE(bench.becomes("a@docker startingb@docker starting"));
  bench.plane->publish({"file", {}, {}, {"a"}, true});
  bench.plane->publish({"docker", {container("b", "Host(`c`)", port)}, {}, {"a", "unknown"}, true});
  REQUIRE(bench.becomes("b@docker starting"));
  CHECK(bench.plane->snapshot()->routes.begin()->get()->config.rule == "Host(`c`)");
}

TEST_CASE("what a container that ended had said stays for its time") {
  ControlPlaneBench bench(std::chrono::milliseconds(200));
  bench.plane->start({"docker"});
  loop::EventLoop other;
  const test::Loopback upstream(other);
  bench.plane->publish({"docker", {container("web", "Host(`a`)", upstream.port())}, {runs("web")}, {}, true});
  REQUIRE(bench.becomes("web@docker ready"));
  bench.plane->publish({"docker", {}, {}, {"web"}, true});
  REQUIRE(bench.becomes("web@docker gone"));
  REQUIRE(bench.becomes(""));
}

TEST_CASE("a container that comes back, and a successor, take over from what lingers") {
  constexpr std::chrono::hours kLong{1};
  ControlPlaneBench bench(kLong);
  bench.plane->start({"docker", "file"});
  loop::EventLoop other;
  const test::Loopback upstream(other);
  const auto first = container("web", "Host(`a`)", upstream.port());
  bench.plane->publish({"docker", {first}, {runs("web")}, {}, true});
  bench.plane->publish({"file", {}, {}, {}, true});
  REQUIRE(bench.becomes("web@docker ready"));
  bench.plane->publish({"docker", {}, {}, {"web"}, true});
  REQUIRE(bench.becomes("web@docker gone"));
  bench.plane->publish({"docker", {first}, {runs("web")}, {}, true});
  REQUIRE(bench.becomes("web@docker ready"));
  bench.plane->publish({"docker", {}, {}, {"web"}, true});
  REQUIRE(bench.becomes("web@docker gone"));
  // Another container that defines the same names: nothing of the one that ended counts any more.
  auto successor = std::make_shared<config::Fragment>(*container("web", "Host(`b`)", upstream.port()));
  successor->id = successor->origin.container_id = "next";
  successor->services["web"].servers.front().id = "next:1";
  bench.plane->publish({"docker", {successor}, {runs("next")}, {}, true});
  REQUIRE(bench.becomes("web@docker ready"));
  CHECK(bench.plane->snapshot()->routes.begin()->get()->config.rule == "Host(`b`)");
  CHECK(bench.plane->snapshot()->problems.size() == 0);
}

TEST_CASE("endpoints keep their state through changes of the table") {
  ControlPlaneBench bench;
  bench.plane->start({"docker"});
  loop::EventLoop other;
  const test::Loopback upstream(other);
  bench.plane->publish({"docker", {container("a", "Host(`a`)", upstream.port())}, {runs("a")}, {}, true});
  REQUIRE(bench.becomes("a@docker ready"));
  const auto endpoint = bench.plane->snapshot()->services.at("a@docker").balancer->servers().at(0).endpoint;
  bench.plane->publish({"docker", {container("b", "Host(`b`)", upstream.port())}, {runs("b")}, {}, true});
  REQUIRE(bench.becomes("a@docker readyb@docker ready"));
  CHECK(bench.plane->snapshot()->services.at("a@docker").balancer->servers().at(0).endpoint == endpoint);
}

TEST_CASE("the newest generation of a Compose service takes over when it is ready, not before") {
  ControlPlaneBench bench;
  bench.plane->start({"docker"});
  loop::EventLoop other;
  const test::Loopback upstream(other);
  loop::ListenSocket deaf = test::bound_socket("127.0.0.1");
  const auto of_service = [](const config::FragmentPtr& from, std::int64_t created) {
    auto fragment = std::make_shared<config::Fragment>(*from);
    fragment->origin.project = "shop";
    fragment->origin.service = "web";
    fragment->origin.created = created;
    fragment->routers = {{"web", fragment->routers.begin()->second}};
    fragment->routers["web"].service = "web";
    fragment->services = {{"web", fragment->services.begin()->second}};
    return fragment;
  };
  const auto rule = [&] { return bench.plane->snapshot()->routes.begin()->get()->config.rule; };
  bench.plane->publish(
      {"docker", {of_service(container("old", "Host(`old`)", upstream.port()), 1)}, {runs("old")}, {}, true});
  REQUIRE(bench.becomes("web@docker ready"));
  bench.plane->publish(
      {"docker", {of_service(container("new", "Host(`new`)", deaf.address().port()), 2)}, {runs("new")}, {}, true});
  REQUIRE(bench.becomes("web@docker ready probing"));
  CHECK(rule() == "Host(`old`)");
  const test::Loopback listening(other, std::move(deaf));
  REQUIRE(bench.until([&] { return rule() == "Host(`new`)"; }));
  CHECK(bench.status() == "web@docker ready ready");
}

TEST_CASE("who waits is told of a change, or comes back after his time") {
  ControlPlaneBench bench;
  bench.plane->start({});
  REQUIRE(bench.until([&] { return bench.plane->generation() > 0; }));
  const std::uint64_t seen = bench.plane->generation();
  loop::TaskScope waiting(bench.loop);
  // One that is late already returns at once.
  waiting.spawn(bench.plane->wait_for_change(bench.loop, seen - 1, 60'000));
  CHECK(waiting.size() == 0);
  waiting.spawn(bench.plane->wait_for_change(bench.loop, seen, 30));
  REQUIRE(test::run_until(bench.loop, [&] { return waiting.size() == 0; }));
  CHECK(bench.plane->generation() == seen);
  for (int i = 0; i < 5; ++i) waiting.spawn(bench.plane->wait_for_change(bench.loop, seen, 60'000));
  CHECK(waiting.size() == 5);
  bench.plane->set_terminating();
  REQUIRE(test::run_until(bench.loop, [&] { return waiting.size() == 0; }));
  CHECK(bench.plane->terminating());
  CHECK(bench.plane->generation() == seen + 1);
}

TEST_CASE("who leaves is not waited for") {
  ControlPlaneBench bench;
  bench.plane->start({});
  REQUIRE(bench.until([&] { return bench.plane->generation() > 0; }));
  const std::uint64_t seen = bench.plane->generation();
  http::Exchange exchange(bench.loop);
  loop::TaskScope waiting(bench.loop);
  waiting.spawn(bench.plane->wait_for_change(bench.loop, seen, 60'000, &exchange));
  CHECK(waiting.size() == 1);
  exchange.cancel(http::FailureKind::canceled, http::Side::client);
  REQUIRE(test::run_until(bench.loop, [&] { return waiting.size() == 0; }));
  CHECK(bench.plane->generation() == seen);
  // One that has left already is not waited for at all.
  waiting.spawn(bench.plane->wait_for_change(bench.loop, seen, 60'000, &exchange));
  CHECK(waiting.size() == 0);
}

TEST_CASE("whoever waits may end in the very moment in which he is told, and his loop with him") {
  ControlPlaneBench bench;
  bench.plane->start({});
  REQUIRE(bench.until([&] { return bench.plane->generation() > 0; }));
  for (int round = 0; round < 100; ++round) {
    loop::EventLoop loop;
    loop::TaskScope waiting(loop);
    // Times of none and of one millisecond: they end about when the news comes.
    for (int i = 0; i < 8; ++i) {
      waiting.spawn(bench.plane->wait_for_change(loop, bench.plane->generation(), static_cast<std::uint64_t>(i % 2)));
    }
    bench.plane->set_terminating();
    REQUIRE(test::run_until(loop, [&] { return waiting.size() == 0; }));
  }
}

TEST_CASE("how the engine is, and that its coming and going is a change") {
  ControlPlaneBench bench;
  bench.plane->start({"docker"});
  REQUIRE(bench.until([&] { return bench.plane->generation() > 0; }));
  const std::uint64_t before = bench.plane->generation();
  config::EngineStatus status;
  status.error = "no such file";
  bench.plane->report(status);
  CHECK(bench.plane->engine().error == "no such file");
  CHECK(bench.plane->generation() == before);
  status.connected = true;
  bench.plane->report(status);
  REQUIRE(bench.until([&] { return bench.plane->generation() > before; }));
  CHECK(bench.plane->engine() == status);
}

TEST_CASE("it ends while endpoints are probed, and after a worker's last snapshot came back") {
  ControlPlaneBench bench;
  bench.plane->start({"docker"});
  const loop::ListenSocket deaf = test::bound_socket("127.0.0.1");
  bench.plane->publish({"docker", {container("a", "Host(`a`)", deaf.address().port())}, {runs("a")}, {}, true});
  REQUIRE(bench.becomes("a@docker probing"));
  bench.plane->retire(bench.plane->snapshot());
  bench.plane->stop();
  bench.plane->stop();
  bench.plane.reset();
}

TEST_CASE("it ends while a name is being resolved") {
  ControlPlaneBench bench;
  bench.plane->start({"docker"});
  auto named = std::make_shared<config::Fragment>(*container("a", "Host(`a`)", 80));
  named->services["a"].servers[0].host = "name.invalid";
  bench.plane->publish({"docker", {named}, {runs("a")}, {}, true});
  REQUIRE(bench.becomes("a@docker probing"));
  bench.plane.reset();
}

TEST_CASE("what is wrong with the process is kept for whoever asks") {
  ControlPlaneBench bench;
  config::Problem problem;
  problem.code = "P001";
  bench.plane->add_problem(problem);
  CHECK(bench.plane->process_problems() == config::Problems{problem});
  CHECK(bench.plane->workers().empty());
}

}  // namespace
}  // namespace mooring::server
