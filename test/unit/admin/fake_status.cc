#include "test/unit/admin/fake_status.h"

#include <limits>
#include <string>
#include <utility>

namespace mooring::test {
namespace {

constexpr std::int64_t kHit = 1'795'331'620'001;

config::Origin container(const std::string& name, const std::string& id) {
  config::Origin origin;
  origin.label = "shop/" + name;
  origin.project = "shop";
  origin.service = "web";
  origin.container_id = id + std::string(64 - id.size(), '0');
  origin.container_name = "shop-" + name;
  origin.image = "example/web:1";
  return origin;
}

config::FragmentPtr fragment(const config::Origin& origin) {
  auto made = std::make_shared<config::Fragment>();
  made->id = origin.container_id;
  made->origin = origin;
  return made;
}

upstream::Server server_at(const config::Origin& origin, const std::string& host, std::uint64_t cookie_part,
                           std::int64_t weight) {
  upstream::Server server;
  server.endpoint = std::make_shared<upstream::Endpoint>(origin.container_id + ":8000", cookie_part);
  server.config = {.id = server.endpoint->id(), .scheme = "http", .host = host, .port = 8000, .weight = weight};
  server.url = server.config.url();
  server.authority = host + ":8000";
  server.origin = origin;
  return server;
}

std::shared_ptr<routing::Route> route(const std::string& name, const std::string& rule, std::int64_t priority,
                                      const std::string& service, const std::string& entry_point) {
  auto made = std::make_shared<routing::Route>();
  made->name = name;
  made->config.rule = rule;
  made->config.service = service;
  made->service = service;
  made->priority = priority;
  made->entry_points = {entry_point};
  made->counters = std::make_shared<observe::Cells<routing::RouteCounters>>();
  return made;
}

void add_routes(routing::Snapshot& table) {
  auto api = route("api@internal", "PathPrefix(`/api`)", std::numeric_limits<std::int64_t>::max() - 1, "api@internal",
                   "traefik");
  api->config.rule_syntax = "default";
  auto web = route("web@docker", "Host(`shop.test`) && PathPrefix(`/`)", 35, "web@docker", "http");
  web->config.middlewares = {"stick@docker"};
  web->counters->of(0).hits.add(1200);
  web->counters->of(1).hits.add(1);
  web->counters->of(0).last_hit.set(kHit);
  web->counters->of(1).last_hit.set(kHit - 1000);
  auto shut = route("admin@docker", "Host(`admin.test`)", 18, "web@docker", "http");
  shut->config.entry_points = {"http"};
  shut->config.middlewares = {"auth@docker"};
  shut->status = routing::RouteStatus::disabled;
  shut->unserved = true;
  shut->errors = {"the middleware \"auth@docker\" is broken"};
  table.routes = {shut, api, web};
}

void add_services(routing::Snapshot& table) {
  const config::Origin first = container("web-1", "3f9a1c2b4d5e6f70");
  const config::Origin second = container("web-2", "a1b2c3d4e5f60718");
  std::vector<upstream::Server> servers{server_at(first, "172.20.0.4", 1, 1), server_at(second, "172.20.0.5", 2, 3)};
  servers[0].endpoint->set_state(upstream::EndpointState::ready, "a connection was accepted");
  servers[1].endpoint->set_state(upstream::EndpointState::draining, "it was asked to stop");
  upstream::EndpointCounters& counters = servers[0].endpoint->counters.of(0);
  counters.requests.add(900);
  counters.failures.add(2);
  counters.in_flight.add(3);
  counters.connections.add(5);
  counters.last_request.set(kHit);
  auto state = std::make_shared<upstream::ServiceState>();
  upstream::AffinityCounters& affinity = state->affinity.of(1);
  affinity.requests.add(1000);
  affinity.kept.add(980);
  affinity.fresh.add(15);
  affinity.moved_gone.add(1);
  affinity.moved_draining.add(2);
  affinity.moved_unknown.add(2);

  routing::Service web;
  web.name = "web@docker";
  web.origins = {fragment(first)};
  web.balancer =
      std::make_shared<const upstream::Balancer>("web@docker", std::move(servers), upstream::ServicePolicy{}, state);
  web.cookie_name = "_web";
  web.config.sticky.emplace();
  web.config.sticky->cookie.http_only = true;
  web.config.sticky->cookie.same_site = "lax";
  web.used_by = {"web@docker"};
  routing::Service pooled;
  pooled.name = "web-2@docker";
  pooled.origins = {fragment(second)};
  pooled.pooled_into = "web@docker";
  routing::Service broken;
  broken.name = "old@docker";
  broken.config.pass_host_header = false;
  broken.errors = {"<bad> & \"broken\""};
  table.services = {{web.name, web}, {pooled.name, pooled}, {broken.name, broken}};
}

void add_middlewares(routing::Snapshot& table) {
  config::StickyConfig sticky;
  sticky.cookie.name = "lb";
  sticky.cookie.secure = true;
  sticky.cookie.max_age = 60;
  sticky.cookie.domain = "shop.test";
  config::MergedMiddleware stick;
  stick.config = sticky;
  config::MergedMiddleware chain;
  chain.config = config::ChainConfig{.middlewares = {"stick@docker"}};
  config::MergedMiddleware auth;
  auth.config = config::BrokenMiddleware{.reason = "unknown middleware \"basicauht\""};
  table.middlewares = {{"stick@docker", stick}, {"all@docker", chain}, {"auth@docker", auth}};
  table.middleware_users = {{"stick@docker", {"web@docker"}}, {"auth@docker", {"admin@docker"}}};
}

}  // namespace

std::shared_ptr<routing::Snapshot> shop_table() {
  auto table = std::make_shared<routing::Snapshot>();
  table->generation = 42;
  table->entry_points = {"http", "traefik"};
  add_routes(*table);
  add_services(*table);
  add_middlewares(*table);
  table->problems = {{.code = "L001",
                      .severity = config::Severity::warning,
                      .where = "shop/web-2",
                      .key = "traefik.http.routers.web.rul",
                      .text = "there is no such key",
                      .in_force = "the label is ignored",
                      .fix = "traefik.http.routers.web.rule"}};
  return table;
}

FakeStatus::FakeStatus() : table(shop_table()) {
  engine_status.connected = true;
  engine_status.endpoint = "unix:///var/run/docker.sock";
  engine_status.api_version = "1.47";
  engine_status.engine_version = "27.3.1";
  engine_status.last_sync_ms = 1'795'331'611'240;
  engine_status.resyncs = 1;
  engine_status.containers = 3;
  worker_views = {{.connections = 4, .busy = 1, .requests = 700, .accept_withheld = 0},
                  {.connections = 2,
                   .busy = 0,
                   .requests = 501,
                   .accept_withheld = 1,
                   .bad_proxy_headers = 3,
                   .refused_for_load = 12,
                   .cut_for_load = 5}};
  start_options.entry_points["http"].port = 80;
  start_options.entry_points["traefik"].host = "::1";
  start_options.entry_points["traefik"].port = 8080;
  start_options.entry_points["traefik"].more_addresses = {{.host = "10.0.0.1", .port = 8081}};
}

loop::Task<void> FakeStatus::wait_for_change(loop::EventLoop& loop, std::uint64_t seen, std::uint64_t timeout_ms,
                                             http::Exchange* whose) {
  waits.push_back(timeout_ms);
  if (seen != number) co_return;
  loop::Sleep sleep(loop);
  waiting.push_back(&sleep);
  if (whose != nullptr) {
    whose->on_cancel([](void* context) { static_cast<loop::Sleep*>(context)->wake(); }, &sleep);
  }
  co_await sleep.wait(600'000);  // a test ends it
  if (whose != nullptr) whose->on_cancel(nullptr, nullptr);
  std::erase(waiting, &sleep);
}

void FakeStatus::end_waits() {
  for (loop::Sleep* sleep : std::exchange(waiting, {})) sleep->wake();
}

}  // namespace mooring::test
