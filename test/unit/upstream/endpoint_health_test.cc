// Health checks and what requests meet, as they change an endpoint's state.
#include <catch2/catch_test_macros.hpp>

#include "proxy/upstream/endpoint_registry.h"
#include "test/unit/upstream/health_server.h"

namespace mooring::upstream {
namespace {

using std::chrono::milliseconds;
using test::HealthServer;
using test::status_line;
using Kind = config::ContainerEvent::Kind;
using State = EndpointState;

config::ContainerEvent changed(config::Phase phase = config::Phase::running,
                               config::Health health = config::Health::none) {
  return {Kind::changed, "web", {phase, health, ""}};
}

// One endpoint of container "web", whose server answers as the test says: by path.
struct EndpointHealthBench {
  loop::EventLoop loop;
  int up = 200;
  int deep = 200;
  HealthServer server{
      loop, [this](const std::string& request) { return status_line(request.starts_with("GET /deep ") ? deep : up); }};
  EndpointRegistry registry{loop, [](const std::string&) {}};
  config::MergedServer at = server_of(server.port());
  EndpointPtr endpoint;

  ~EndpointHealthBench() {
    registry.stop();
    static_cast<void>(test::run_until(loop, [this] { return !registry.probing(); }));
  }

  static config::MergedServer server_of(std::uint16_t port) {
    config::Fragment fragment;
    fragment.id = fragment.origin.container_id = "web";
    config::ServerConfig config;
    config.host = "127.0.0.1";
    config.port = port;
    config.id = "web:80";
    return {config, std::make_shared<const config::Fragment>(fragment)};
  }
  static config::HealthCheckConfig check(const std::string& path, int interval_ms = 10) {
    config::HealthCheckConfig config;
    config.path = path;
    config.interval = config.unhealthy_interval = milliseconds(interval_ms);
    return config;
  }
  void reach(const std::optional<config::HealthCheckConfig>& config, const std::string& service = "web@docker") {
    endpoint = registry.endpoint(at);
    registry.checked({{.service = service, .check = config, .endpoints = {"web:80"}}});
    registry.reached({at}, {});
  }
  bool until(State state) {
    return test::run_until(loop, [&] { return endpoint->state() == state; });
  }
  bool until_why(const std::string& why) {
    return test::run_until(loop, [&] { return endpoint->view().why == why; });
  }
  bool until_asked(std::size_t more) {
    const std::size_t before = server.requests.size();
    return test::run_until(loop, [&] { return server.requests.size() >= before + more; });
  }
  void settle(std::uint64_t ms = 150) {
    const std::uint64_t start = loop.now_ms();
    REQUIRE(test::run_until(loop, [&] { return loop.now_ms() - start > ms; }));
  }
};

TEST_CASE("with a check an open port is not enough: the check must pass once, and in a moment it does") {
  EndpointHealthBench bench;
  bench.up = 503;
  bench.registry.apply(changed());
  bench.reach(EndpointHealthBench::check("/up", 60'000));
  CHECK(bench.endpoint->state() == State::probing);
  CHECK(bench.endpoint->view().why == "the container runs: waiting for its health check to pass");
  REQUIRE(bench.until_why("waiting for its health check to pass: GET /up: 503, wanted 2xx or 3xx"));
  REQUIRE(bench.until_asked(3));
  CHECK(bench.endpoint->state() == State::probing);
  bench.up = 204;
  REQUIRE(bench.until(State::ready));
  CHECK(bench.endpoint->view().why == "its health check passed: GET /up: 204");
}

TEST_CASE("a check that fails puts it out, with the last reason, and lets it in again") {
  EndpointHealthBench bench;
  bench.registry.apply(changed());
  bench.reach(EndpointHealthBench::check("/up"));
  REQUIRE(bench.until(State::ready));
  bench.up = 500;
  REQUIRE(bench.until(State::unhealthy));
  CHECK(bench.endpoint->view().why.ends_with("GET /up: 500, wanted 2xx or 3xx"));
  bench.up = 404;
  REQUIRE(test::run_until(bench.loop,
                          [&] { return bench.endpoint->view().why.ends_with("GET /up: 404, wanted 2xx or 3xx"); }));
  // What every inspect says again is no news.
  bench.registry.apply(changed());
  CHECK(bench.endpoint->state() == State::unhealthy);
  bench.up = 200;
  REQUIRE(bench.until(State::ready));
}

TEST_CASE("the container's own health check and ours: both must be well") {
  EndpointHealthBench bench;
  bench.registry.apply(changed(config::Phase::running, config::Health::starting));
  bench.reach(EndpointHealthBench::check("/up"));
  bench.settle();
  CHECK(bench.endpoint->state() == State::starting);
  CHECK(bench.server.requests.empty());
  bench.up = 503;
  bench.registry.apply(changed(config::Phase::running, config::Health::healthy));
  CHECK(bench.endpoint->state() == State::probing);
  REQUIRE(bench.until_asked(2));
  CHECK(bench.endpoint->state() == State::probing);
  bench.up = 200;
  REQUIRE(bench.until(State::ready));
  bench.registry.apply(changed(config::Phase::running, config::Health::unhealthy));
  CHECK(bench.endpoint->state() == State::unhealthy);
  bench.settle();
  CHECK(bench.endpoint->state() == State::unhealthy);
  bench.registry.apply(changed(config::Phase::running, config::Health::healthy));
  REQUIRE(bench.until(State::ready));
  bench.registry.apply(changed(config::Phase::running, config::Health::healthy));
  CHECK(bench.endpoint->state() == State::ready);
}

TEST_CASE("a container that was paused is asked anew when it goes on, and not called sick for it") {
  EndpointHealthBench bench;
  bench.registry.apply(changed());
  bench.reach(EndpointHealthBench::check("/up", 60'000));
  REQUIRE(bench.until(State::ready));
  bench.registry.apply(changed(config::Phase::paused));
  CHECK(bench.endpoint->state() == State::unhealthy);
  bench.registry.apply(changed());
  REQUIRE(bench.until(State::ready));
  CHECK(bench.server.requests.size() == 2);
}

TEST_CASE("a check whose settings stay goes on undisturbed, and one with others takes its place") {
  EndpointHealthBench bench;
  bench.registry.apply(changed());
  bench.reach(EndpointHealthBench::check("/up", 60'000));
  REQUIRE(bench.until(State::ready));
  for (int i = 0; i < 5; ++i) bench.reach(EndpointHealthBench::check("/up", 60'000));
  bench.settle();
  CHECK(bench.server.requests.size() == 1);
  bench.deep = 503;
  bench.reach(EndpointHealthBench::check("/deep"));
  // In use until the new check shows that it should not be.
  CHECK(bench.endpoint->state() == State::ready);
  REQUIRE(bench.until(State::unhealthy));
  // Without a check nothing speaks against it.
  bench.reach(std::nullopt);
  CHECK(bench.endpoint->state() == State::ready);
}

TEST_CASE("of two services with different checks, both must be well") {
  EndpointHealthBench bench;
  bench.deep = 503;
  bench.registry.apply(changed());
  bench.reach(EndpointHealthBench::check("/up"), "a@docker");
  bench.reach(EndpointHealthBench::check("/deep"), "b@docker");
  bench.settle();
  CHECK(bench.endpoint->state() == State::probing);
  bench.deep = 200;
  REQUIRE(bench.until(State::ready));
  bench.up = 500;
  REQUIRE(bench.until(State::unhealthy));
  // The service whose check fails is gone: the other's check is well.
  bench.registry.checked({{.service = "a@docker", .check = std::nullopt, .endpoints = {}}});
  CHECK(bench.endpoint->state() == State::ready);
}

TEST_CASE("who is taken out by a person, or ends, is not asked any more; who comes back is asked at once") {
  EndpointHealthBench bench;
  bench.registry.apply(changed());
  bench.reach(EndpointHealthBench::check("/up"));
  REQUIRE(bench.until(State::ready));
  bench.registry.order_drain("web");
  bench.settle(50);
  const std::size_t asked = bench.server.requests.size();
  bench.up = 500;
  bench.settle();
  CHECK(bench.server.requests.size() == asked);
  CHECK(bench.endpoint->state() == State::draining);
  bench.registry.undo_drain("web");
  CHECK(bench.endpoint->state() == State::probing);
  bench.up = 200;
  REQUIRE(bench.until(State::ready));
  bench.registry.apply({Kind::gone, "web", {}});
  CHECK(bench.endpoint->state() == State::gone);
  bench.registry.apply(changed());
  REQUIRE(bench.until(State::ready));
}

TEST_CASE("what requests meet: out for the window, then probed back") {
  EndpointHealthBench bench;
  bench.registry.apply(changed());
  bench.reach(std::nullopt);
  REQUIRE(bench.until(State::ready));
  const auto watch = bench.registry.passive_watch("web@docker", bench.at,
                                                  {.failure_window = milliseconds(200), .max_failed_attempts = 2});
  watch->answered(500);
  watch->answered(200);
  watch->answered(500);
  bench.settle(60);
  CHECK(bench.endpoint->state() == State::ready);
  const std::uint64_t start = bench.loop.now_ms();
  watch->failed("refused");
  watch->failed("refused");
  REQUIRE(bench.until(State::unhealthy));
  CHECK(bench.endpoint->view().why ==
        "too many of its answers failed: 2 requests failed within 200ms, the last: refused");
  REQUIRE(bench.until(State::ready));
  CHECK(bench.loop.now_ms() - start >= 200);
}

TEST_CASE("what requests met is over, and the check decides") {
  EndpointHealthBench bench;
  bench.registry.apply(changed());
  bench.reach(EndpointHealthBench::check("/up", 60'000));
  REQUIRE(bench.until(State::ready));
  const auto watch = bench.registry.passive_watch("web@docker", bench.at,
                                                  {.failure_window = milliseconds(100), .max_failed_attempts = 1});
  bench.up = 503;
  watch->failed("refused");
  REQUIRE(bench.until(State::unhealthy));
  REQUIRE(bench.until(State::probing));
  REQUIRE(bench.until_asked(2));
  CHECK(bench.endpoint->state() == State::probing);
  bench.up = 200;
  REQUIRE(bench.until(State::ready));
  // An endpoint that is gone meanwhile is nobody's.
  bench.registry.reached({}, {"web:80"});
  watch->failed("refused");
  bench.settle(60);
}

}  // namespace
}  // namespace mooring::upstream
