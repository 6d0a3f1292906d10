// Health checks over the data plane: who gets requests, where sessions go, what clients are told.
#include <catch2/catch_test_macros.hpp>

#include <atomic>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

using std::chrono::milliseconds;

// An application that says of itself how it is at /health, and answers all else with its name or with a status.
struct Application {
  std::string name;
  std::atomic<int> health{200};
  std::atomic<int> status{200};
  std::atomic<int> checks{0};
  ScriptedUpstream upstream{[this](Peer& peer) {
    while (const auto request = peer.request()) {
      const bool check = request->head.starts_with("GET /health ");
      if (check) ++checks;
      const std::string body = check ? "health" : name;
      const std::string line = "HTTP/1.1 " + std::to_string(check ? health.load() : status.load()) + " x\r\n";
      if (!peer.socket.send(line + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body)) return;
    }
  }};

  explicit Application(std::string called) : name(std::move(called)) {}
  Backend backend() const { return {.port = upstream.port()}; }
};

config::HealthCheckConfig check() {
  config::HealthCheckConfig config;
  config.path = "/health";
  config.interval = config.unhealthy_interval = milliseconds(30);
  return config;
}

ProxyPlan checked(const config::HealthCheckConfig& config = check()) {
  ProxyPlan plan;
  plan.workers = 2;
  plan.sticky = true;
  plan.service.health_check = config;
  return plan;
}

// The endpoint of an application, as the table has it now.
upstream::EndpointPtr endpoint_of(ProxyUnderTest& proxy, const Application& app) {
  const routing::SnapshotPtr snapshot = proxy.control().snapshot();
  for (const auto& [name, service] : snapshot->services) {
    if (service.balancer == nullptr) continue;
    for (const upstream::Server& server : service.balancer->servers()) {
      if (server.config.port == app.upstream.port()) return server.endpoint;
    }
  }
  return nullptr;
}

bool wait_state(ProxyUnderTest& proxy, const Application& app, upstream::EndpointState state) {
  return wait_until([&] {
    const upstream::EndpointPtr endpoint = endpoint_of(proxy, app);
    return endpoint != nullptr && endpoint->state() == state;
  });
}

using State = upstream::EndpointState;

}  // namespace

TEST_CASE("whose check fails gets no request, its sessions move, and it comes back") {
  Application one("one");
  Application two("two");
  ProxyUnderTest proxy(checked());
  proxy.serve({one.backend()});
  REQUIRE(wait_state(proxy, one, State::ready));
  const std::string cookie = cookie_of(proxy.ask(get()));
  proxy.serve({one.backend(), two.backend()});
  REQUIRE(wait_state(proxy, two, State::ready));
  CHECK(proxy.ask(get("/", "Cookie: " + cookie + "\r\n")).body == "one");
  one.health = 503;
  REQUIRE(wait_state(proxy, one, State::unhealthy));
  CHECK(endpoint_of(proxy, one)->view().why.ends_with("GET /health: 503, wanted 2xx or 3xx"));
  for (int i = 0; i < 10; ++i) CHECK(proxy.ask(get()).body == "two");
  const RawMessage moved = proxy.ask(get("/", "Cookie: " + cookie + "\r\n"));
  CHECK(moved.body == "two");
  CHECK(cookie_of(moved).starts_with("pin="));
  one.health = 200;
  REQUIRE(wait_state(proxy, one, State::ready));
  CHECK(proxy.ask(get("/", "Cookie: " + cookie + "\r\n")).body == "one");
}

TEST_CASE("nobody is well: 503 with Retry-After, and an answer as soon as somebody is") {
  Application one("one");
  Application two("two");
  one.health = two.health = 500;
  ProxyUnderTest proxy(checked());
  proxy.serve({one.backend(), two.backend()});
  REQUIRE(wait_until([&] { return one.checks > 0 && two.checks > 0; }));
  RawMessage refused = proxy.ask(get());
  CHECK(refused.status() == 503);
  CHECK(refused.has("Retry-After"));
  two.health = 204;
  REQUIRE(wait_state(proxy, two, State::ready));
  CHECK(proxy.ask(get()).body == "two");
  two.health = 500;
  REQUIRE(wait_state(proxy, two, State::unhealthy));
  refused = proxy.ask(get());
  CHECK(refused.status() == 503);
  CHECK(refused.has("Retry-After"));
}

TEST_CASE("it falls and rises by as many answers as it was told") {
  Application one("one");
  Application two("two");
  config::HealthCheckConfig config = check();
  config.fall = 3;
  config.rise = 3;
  ProxyUnderTest proxy(checked(config));
  proxy.serve({one.backend(), two.backend()});
  REQUIRE(wait_state(proxy, one, State::ready));
  REQUIRE(wait_state(proxy, two, State::ready));
  int before = one.checks;
  one.health = 500;
  REQUIRE(wait_state(proxy, one, State::unhealthy));
  CHECK(one.checks - before >= 3);
  before = one.checks;
  one.health = 200;
  REQUIRE(wait_state(proxy, one, State::ready));
  CHECK(one.checks - before >= 3);
}

TEST_CASE("a change of another setting resets no check") {
  Application one("one");
  Application two("two");
  config::HealthCheckConfig config = check();
  config.rise = 1'000'000;  // who is out stays out, unless somebody forgets that he is
  ProxyUnderTest proxy(checked(config));
  proxy.serve({one.backend(), two.backend()});
  REQUIRE(wait_state(proxy, one, State::ready));
  REQUIRE(wait_state(proxy, two, State::ready));
  one.health = 500;
  REQUIRE(wait_state(proxy, one, State::unhealthy));
  one.health = 200;
  const std::int64_t since = endpoint_of(proxy, one)->view().since_ms;
  for (int i = 0; i < 5; ++i) {
    proxy.service().pass_host_header = i % 2 == 0;
    proxy.serve({one.backend(), two.backend()});
    const int before = one.checks;
    REQUIRE(wait_until([&] { return one.checks > before + 1; }));
    CHECK(proxy.ask(get()).body == "two");
  }
  CHECK(endpoint_of(proxy, one)->state() == State::unhealthy);
  CHECK(endpoint_of(proxy, one)->view().since_ms == since);
}

TEST_CASE("a passive check: who fails requests is out for the window, and comes back") {
  Application one("one");
  Application two("two");
  ProxyPlan plan;
  plan.workers = 2;
  plan.service.passive_health_check = {.failure_window = milliseconds(300), .max_failed_attempts = 3};
  ProxyUnderTest proxy(plan);
  proxy.serve({one.backend(), two.backend()});
  one.status = 500;
  int failed = 0;
  REQUIRE(wait_until([&] {
    if (proxy.ask(get()).status() == 500) ++failed;
    return endpoint_of(proxy, one)->state() == State::unhealthy;
  }));
  CHECK(failed == 3);
  CHECK(endpoint_of(proxy, one)->view().why ==
        "too many of its answers failed: 3 requests failed within 300ms, the last: answered 500");
  one.status = 200;
  REQUIRE(wait_state(proxy, one, State::ready));
  REQUIRE(wait_until([&] { return proxy.ask(get()).body == "one"; }));
}

TEST_CASE("without a passive check no status puts anybody out") {
  Application one("one");
  one.status = 500;
  ProxyUnderTest proxy;
  proxy.serve({one.backend()});
  for (int i = 0; i < 20; ++i) CHECK(proxy.ask(get()).status() == 500);
  CHECK(endpoint_of(proxy, one)->state() == State::ready);
}

}  // namespace mooring::test
