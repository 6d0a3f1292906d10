#include "proxy/admin/drain_handler.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "proxy/admin/api_handler.h"
#include "proxy/admin/drain_target.h"
#include "test/unit/admin/asking.h"
#include "test/unit/admin/fake_status.h"

namespace mooring::admin {
namespace {

using test::Answer;
using test::ask;
using test::FakeOrders;
using test::FakeStatus;

constexpr auto kPost = http::Method::post;

struct DrainHandlerBench {
  FakeStatus source;
  FakeOrders orders;
  std::shared_ptr<const http::Handler> control = control_handler(source, orders);

  // Who a name stands for; "404" and "409" when nobody does.
  std::string found(const std::string& name) const {
    const auto target = find_drain_target(source.table.get(), source.drain_views, name);
    return target ? target->name : std::to_string(target.error().status);
  }
  std::string refusal(const std::string& name) const {
    return find_drain_target(source.table.get(), source.drain_views, name).error().text;
  }
};

TEST_CASE("whom a name means") {
  const DrainHandlerBench bench;
  const std::string first = "3f9a1c2b4d5e6f70" + std::string(48, '0');
  for (const std::string& name :
       {std::string("shop-web-1"), std::string("shop/web-1"), std::string("3f9"), std::string("3f9a1c2b4d5e"), first}) {
    CAPTURE(name);
    const auto target = find_drain_target(bench.source.table.get(), {}, name);
    REQUIRE(target.has_value());
    CHECK(*target == server::DrainTarget{.id = first, .name = "shop-web-1"});
  }
  for (const char* name : {"web/172.20.0.5:8000", "web@docker/172.20.0.5:8000", "web/shop-web-2", "web/a1b2",
                           "web/http://172.20.0.5:8000"}) {
    CAPTURE(name);
    const auto target = find_drain_target(bench.source.table.get(), {}, name);
    REQUIRE(target.has_value());
    CHECK(target->id == "a1b2c3d4e5f60718" + std::string(48, '0') + ":8000");
    CHECK(target->name == "web@docker/172.20.0.5:8000");
  }
  for (const char* name :
       {"", "shop-web-3", "web", "web/", "other/172.20.0.5:8000", "/", "3f9a1c2b4d5f", "SHOP-WEB-1"}) {
    CAPTURE(name);
    CHECK(bench.found(name) == "404");
  }
  CHECK(find_drain_target(nullptr, {}, "x").error().text.contains("there are no containers at all"));
}

TEST_CASE("who is not found or not clear is told of those there are") {
  DrainHandlerBench bench;
  CHECK(bench.refusal("shop-web-3").starts_with("Mooring routes to no container or endpoint \"shop-web-3\"\n"));
  CHECK(bench.refusal("shop-web-3").contains("did you mean shop-web-"));
  CHECK(bench.refusal("x\x1b[2J").find('\x1b') == std::string::npos);
  // Two whose ids begin alike.
  auto table = test::shop_table();
  routing::Service service = table->services.find("web@docker")->second;
  std::vector<upstream::Server> servers = service.balancer->servers();
  servers[1].origin.container_id = "3f" + std::string(62, '1');
  servers[1].config.id = servers[1].origin.container_id + ":8000";
  service.balancer = std::make_shared<const upstream::Balancer>("web@docker", servers, upstream::ServicePolicy{},
                                                                std::make_shared<upstream::ServiceState>());
  table->services = {{service.name, service}};
  bench.source.table = table;
  CHECK(bench.found("3f") == "409");
  CHECK(bench.refusal("3f").contains("shop-web-1 (3f9a1c2b4d5e)\n"));
  CHECK(bench.refusal("3f").contains("shop-web-2 (3f1111111111)\n"));
  CHECK(bench.found("3f1") == "shop-web-2");
}

TEST_CASE("a container that is stopped is in no table, and its order can be found") {
  DrainHandlerBench bench;
  bench.source.table = nullptr;
  server::DrainView stopped;
  stopped.target = {.id = "feed" + std::string(60, '0'), .name = "shop-old-1"};
  bench.source.drain_views = {stopped};
  CHECK(bench.found("shop-old-1") == "shop-old-1");
  CHECK(bench.found("feed") == "shop-old-1");
}

TEST_CASE("POST orders a drain, GET shows what is in force, POST undoes it") {
  DrainHandlerBench bench;
  const Answer given = ask(*bench.control, "/api/drain", "name=shop-web-1&deadline=90s", kPost);
  REQUIRE(given.status == 200);
  CHECK(given.cache_control == "no-store");
  const Json order = Json::parse(given.body);
  CHECK(order["name"] == "shop-web-1");
  CHECK(order["state"] == "draining");
  CHECK(order["sessions"] == 3);
  CHECK(order["deadline"] == "2026-11-22T07:15:01.250Z");
  CHECK(bench.orders.deadlines == std::vector<std::chrono::milliseconds>{std::chrono::seconds(90)});
  CHECK(ask(*bench.control, "/api/drain", "name=web%2Fshop-web-2", kPost).status == 200);
  CHECK(bench.orders.drained.back().name == "web@docker/172.20.0.5:8000");
  CHECK(bench.orders.deadlines.back() == std::chrono::minutes(30));

  CHECK(ask(*bench.control, "/api/drain").body == "[]\n");
  CHECK(ask(*bench.control, "/api/drain", "name=shop-web-1").status == 409);
  server::DrainView view;
  view.target = bench.orders.drained.front();
  view.phase = server::DrainView::Phase::deadline_passed;
  bench.source.drain_views = {view};
  for (const std::string& name : {view.target.id, view.target.name}) {
    CHECK(Json::parse(ask(*bench.control, "/api/drain", "name=" + name).body)["state"] == "deadlinePassed");
  }
  CHECK(Json::parse(ask(*bench.control, "/api/drain").body).size() == 1);
  CHECK(Json::parse(ask(*bench.control, "/api/status").body)["drains"][0]["name"] == "shop-web-1");

  CHECK(Json::parse(ask(*bench.control, "/api/undrain", "name=shop-web-1", kPost).body)["state"] == "undone");
  CHECK(bench.orders.undone == std::vector<std::string>{view.target.id});
  bench.orders.something_to_undo = false;
  const Answer nothing = ask(*bench.control, "/api/undrain", "name=shop-web-1", kPost);
  CHECK(nothing.status == 409);
  CHECK(nothing.body.contains("nothing to undo"));
}

TEST_CASE("before the containers are listed nobody is said to be unknown or gone") {
  DrainHandlerBench bench;
  bench.source.is_synced = false;
  for (const auto& [path, method] :
       {std::pair{"/api/drain", kPost}, {"/api/drain", http::Method::get}, {"/api/undrain", kPost}}) {
    const Answer answer = ask(*bench.control, path, "name=nobody", method);
    CHECK(answer.status == 503);
    CHECK(answer.body == "not ready: the containers have not been listed yet\n");
  }
  CHECK(bench.orders.drained.empty());
  // Who is known can be drained: the engine may stay away for long, and files name servers too.
  CHECK(ask(*bench.control, "/api/drain", "name=shop-web-1", kPost).status == 200);
  CHECK(bench.orders.drained.size() == 1);
}

TEST_CASE("what is no order is refused, and orders nothing") {
  DrainHandlerBench bench;
  for (const char* query : {"name=shop-web-1&deadline=soon", "name=shop-web-1&deadline=-1s",
                            "name=shop-web-1&deadline=25h", "name=shop-web-1&deadline="}) {
    CAPTURE(query);
    const Answer answer = ask(*bench.control, "/api/drain", query, kPost);
    CHECK(answer.status == 400);
    CHECK(answer.body.contains("from 0s to 24h"));
  }
  for (const char* query : {"", "name=", "name=nobody", "other=shop-web-1"}) {
    CHECK(ask(*bench.control, "/api/drain", query, kPost).status == 404);
    CHECK(ask(*bench.control, "/api/undrain", query, kPost).status == 404);
  }
  const Answer put = ask(*bench.control, "/api/drain", "name=shop-web-1", http::Method::put);
  CHECK(put.status == 405);
  CHECK(put.allow == "GET, HEAD, POST");
  const Answer get = ask(*bench.control, "/api/undrain", "name=shop-web-1");
  CHECK(get.status == 405);
  CHECK(get.allow == "POST");
  CHECK(bench.orders.drained.empty());
  CHECK(bench.orders.undone.empty());
}

TEST_CASE("an order that went with its container is gone, not undone, while the table remembers the container") {
  DrainHandlerBench bench;
  const std::string id = "3f9a1c2b4d5e6f70" + std::string(48, '0');
  CHECK(ask(*bench.control, "/api/drain", "name=" + id).status == 409);
  const auto& servers = bench.source.table->services.find("web@docker")->second.balancer->servers();
  servers[0].endpoint->set_state(upstream::EndpointState::gone, "it ended");
  const Answer answer = ask(*bench.control, "/api/drain", "name=" + id);
  CHECK(answer.status == 404);
  CHECK(answer.body == "shop-web-1 has ended, and its order with it\n");
  CHECK(ask(*bench.control, "/api/drain", "name=shop-web-2").status == 409);
}

TEST_CASE("the API of an entry point takes no orders") {
  FakeStatus source;
  const ApiHandler api(source);
  for (const char* path : {"/api/drain", "/api/undrain"}) {
    CHECK(ask(api, path, "name=shop-web-1", kPost).status == 405);
    CHECK(ask(api, path, "name=shop-web-1").status == 404);
  }
}

}  // namespace
}  // namespace mooring::admin
