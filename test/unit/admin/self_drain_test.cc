#include "proxy/admin/self_drain.h"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proxy/admin/json_text.h"
#include "test/support/waiting.h"
#include "test/unit/admin/fake_status.h"

namespace mooring::admin {
namespace {

// A request from an address, and its answer.
struct Call {
  loop::EventLoop loop;
  http::Exchange exchange{loop};
  http::Peer peer;
  loop::TaskScope tasks{loop};
  std::uint16_t status = 0;
  std::string body;

  Call(const SelfDrainHandler& handler, const std::string& from, std::string_view query = {},
       http::Method method = http::Method::get) {
    peer.address = config::IpAddress::parse(from).value();
    exchange.peer = &peer;
    exchange.request.path = "/self/drain";
    exchange.request.query = exchange.arena.copy(query);
    exchange.request.method = method;
    exchange.request.fields.add("X-Forwarded-For", "172.20.0.5");
    exchange.request.fields.add("X-Real-Ip", "172.20.0.5");
    tasks.spawn(run(handler));
  }
  ~Call() {
    exchange.cancel(http::FailureKind::canceled, http::Side::proxy);
    CHECK(answered());
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  loop::Task<void> run(const SelfDrainHandler& handler) {
    const http::Response response = co_await handler.handle(exchange);
    status = response.head.status;
    http::BodyRead piece;
    while (response.body != nullptr && response.body->try_read(piece)) {
      body += piece.bytes;
      if (piece.last) break;
    }
  }
  bool answered() {
    return test::run_until(loop, [this] { return tasks.size() == 0; });
  }
};

struct SelfDrainBench {
  test::FakeStatus source;
  std::vector<std::string> told;  // ids of endpoints that were said to leave
  std::vector<upstream::EndpointPtr> endpoints;
  SelfDrainHandler handler{source};

  // Two containers with an endpoint each; `addresses` of the first and of the second.
  explicit SelfDrainBench(std::vector<std::vector<std::string>> addresses = {{"172.20.0.4", "fd00::4"},
                                                                             {"172.20.0.5"}}) {
    const auto table = test::shop_table();
    routing::Service service = table->services.find("web@docker")->second;
    std::vector<upstream::Server> servers = service.balancer->servers();
    for (std::size_t i = 0; i < servers.size(); ++i) {
      servers[i].endpoint =
          std::make_shared<upstream::Endpoint>(servers[i].config.id, i, [this, i](const std::string& id) {
            told.push_back(id);
            endpoints[i]->set_state(upstream::EndpointState::draining, "it said so");
          });
      servers[i].endpoint->set_state(upstream::EndpointState::ready, "made so");
      servers[i].origin.addresses = addresses[i];
      endpoints.push_back(servers[i].endpoint);
    }
    service.balancer = std::make_shared<const upstream::Balancer>("web@docker", servers, upstream::ServicePolicy{},
                                                                  std::make_shared<upstream::ServiceState>());
    table->services = {{service.name, service}};
    source.table = table;
  }
  upstream::EndpointCounters& counters(std::size_t which) { return endpoints[which]->counters.of(0); }
};

TEST_CASE("a container drains itself, and hears at once that nothing is left") {
  for (const char* from : {"172.20.0.4", "fd00::4"}) {
    SelfDrainBench bench;
    Call call(bench.handler, from);
    REQUIRE(call.answered());
    CHECK(call.status == 200);
    const Json said = Json::parse(call.body);
    CHECK(said["name"] == "shop-web-1");
    CHECK(said["drained"] == true);
    CHECK(bench.told == std::vector<std::string>{bench.endpoints[0]->id()});
    CHECK(bench.endpoints[0]->state() == upstream::EndpointState::draining);
    CHECK(bench.endpoints[1]->state() == upstream::EndpointState::ready);
  }
}

TEST_CASE("an address that one that ended had before is its new owner's") {
  SelfDrainBench bench({{"172.20.0.4"}, {"172.20.0.4"}});
  bench.endpoints[0]->set_state(upstream::EndpointState::gone, "it ended");
  Call call(bench.handler, "172.20.0.4");
  REQUIRE(call.answered());
  CHECK(call.status == 200);
  CHECK(bench.told == std::vector<std::string>{bench.endpoints[1]->id()});
}

TEST_CASE("the answer waits for what is in flight, and no longer than it was asked to") {
  SelfDrainBench bench;
  bench.counters(0).in_flight.add(2);
  {
    Call call(bench.handler, "172.20.0.4", "wait=60s");
    REQUIRE(test::run_until(call.loop, [&] { return !bench.told.empty(); }));
    CHECK(call.tasks.size() == 1);
    bench.counters(0).in_flight.add(-2);
    REQUIRE(call.answered());
    CHECK(Json::parse(call.body)["drained"] == true);
  }
  bench.counters(0).in_flight.add(1);
  Call call(bench.handler, "172.20.0.4", "wait=50ms");
  REQUIRE(call.answered());
  CHECK(call.status == 200);
  CHECK(Json::parse(call.body)["drained"] == false);
  CHECK(Json::parse(call.body)["inFlight"] == 1);
}

TEST_CASE("a client that goes ends the wait") {
  SelfDrainBench bench;
  bench.counters(0).in_flight.add(1);
  Call call(bench.handler, "172.20.0.4", "wait=1h");
  REQUIRE(test::run_until(call.loop, [&] { return !bench.told.empty(); }));
  call.exchange.cancel(http::FailureKind::connection_terminated, http::Side::client);
  CHECK(call.answered());
}

TEST_CASE("an address of nobody, or of two, drains nobody, whatever fields say") {
  for (const char* from : {"172.20.0.1", "127.0.0.1", "::1", "fd00::5", "0.0.0.0"}) {
    SelfDrainBench bench;
    Call call(bench.handler, from);
    REQUIRE(call.answered());
    CHECK(call.status == 403);
    CHECK(call.body.contains(bench.source.table == nullptr ? "not there" : "no container that Mooring routes to"));
    CHECK(bench.told.empty());
  }
  SelfDrainBench bench({{"172.20.0.4", "172.20.0.9"}, {"172.20.0.9"}});
  Call call(bench.handler, "172.20.0.9");
  REQUIRE(call.answered());
  CHECK(call.status == 403);
  CHECK(call.body.contains("more than one container"));
  CHECK(bench.told.empty());
}

TEST_CASE("without a table nobody is known; other methods and bad waits drain nobody") {
  SelfDrainBench bench;
  for (const char* query : {"wait=soon", "wait=-1s", "wait=61m", "wait="}) {
    Call call(bench.handler, "172.20.0.4", query);
    REQUIRE(call.answered());
    CHECK(call.status == 400);
  }
  {
    Call call(bench.handler, "172.20.0.4", {}, http::Method::post);
    REQUIRE(call.answered());
    CHECK(call.status == 405);
  }
  bench.source.table = nullptr;
  Call call(bench.handler, "172.20.0.4");
  REQUIRE(call.answered());
  CHECK(call.status == 403);
  CHECK(bench.told.empty());
}

}  // namespace
}  // namespace mooring::admin
