#include "test/unit/admin/example_table.h"

#include <format>
#include <limits>
#include <string>

#include "proxy/admin/api_handler.h"
#include "test/unit/routing/table_bench.h"

namespace mooring::test {
namespace {

using routing::Strings;

config::ServerConfig url(const std::string& host, std::uint16_t port) {
  config::ServerConfig server;
  server.host = host;
  server.port = port;
  server.id = server.url();
  return server;
}

routing::Container file() {
  routing::Container made("", "dynamic", 1);
  made.fragment.id = "/etc/traefik/dynamic.yml";
  made.fragment.origin = {};
  made.fragment.origin.provider = "file";
  made.fragment.origin.label = "/etc/traefik/dynamic.yml";
  return made;
}

void set_options(config::Options& options) {
  options = {};
  config::EntryPointOptions& web = options.entry_points["web"];
  web.name = "web";
  web.host = "127.0.0.1";
  web.port = 18080;
  config::EntryPointOptions& traefik = options.entry_points["traefik"];
  traefik.name = "traefik";
  traefik.port = 8080;
  config::EntryPointOptions& rich = options.entry_points["rich"];
  rich.name = "rich";
  rich.host = "::1";
  rich.port = 443;
  rich.reuse_port = rich.as_default = options.default_marked = true;
  rich.read_timeout = std::chrono::milliseconds{1500};
  rich.write_timeout = std::chrono::milliseconds{3'661'000};
  rich.idle_timeout = std::chrono::milliseconds{0};
  rich.request_accept_grace_timeout = std::chrono::milliseconds{250};
  rich.keep_alive_max_requests = 100;
  rich.keep_alive_max_time = std::chrono::milliseconds{90'000};
  rich.proxy_protocol.trusted_ips = {*config::IpNetwork::parse("10.0.0.0/8")};
  rich.forwarded_headers.trusted_ips = {*config::IpNetwork::parse("192.0.2.1"), *config::IpNetwork::parse("fd00::/8")};
  rich.forwarded_headers.connection = {"x-a"};
  rich.forwarded_headers.not_append_for = true;
  rich.redirection.emplace().to = "web";
  rich.middlewares = {"lb@file"};
  rich.encoded_characters.slash = rich.encoded_characters.hash = false;
  rich.encode_query_semicolons = true;
  rich.sanitize_path = false;
  rich.max_header_bytes = 4096;
  rich.underscore_headers = config::UnderscoreHeaders::remove;
  rich.access_logs = false;
  options.docker.enabled = options.file_provider.enabled = true;
  options.access_log.enabled = true;
  options.api.enabled = options.api.insecure = true;
  options.ping.enabled = true;
}

void add_broken(config::Fragment& fragment) {
  fragment.middlewares["ba"] = config::BrokenMiddleware{.reason = "the middleware type basicAuth is not done here yet"};
  fragment.routers["unready"].rule = "Host(`unready.local`)";
  fragment.routers["unready"].service = "app";
  fragment.routers["unready"].entry_points = {"web", "unknown-entrypoint"};
  fragment.routers["nowhere"].rule = "Host(`nowhere.local`)";
  fragment.routers["nowhere"].service = "app";
  fragment.routers["nowhere"].entry_points = {"unknown-entrypoint"};
}

}  // namespace

void set_examples(FakeStatus& source) {
  set_options(source.start_options);
  routing::Container made = file();
  config::Fragment& fragment = made.fragment;
  made.router("app", "Host(`app.local`)", "app", {"lb"}, {"web"});
  made.router("bad", "Host(`bad.local`)", "nosuch", {}, {"web"});
  made.router("guarded", "Host(`guarded.local`) && Path(`/<a>`)", "app", {"unknown", "ba"}, {"web"});
  made.router("old", "Host(`a.local`,`b.local`)", "plain", {"all"});
  fragment.routers["old"].rule_syntax = "v2";
  fragment.routers["old"].priority = -7;
  made.router("ops", "Host(`ops.local`)", "api@internal", {}, {"web"});
  config::ServiceConfig& app = fragment.services["app"];
  app.servers = {url("127.0.0.1", 18091), url("127.0.0.1", 18092)};
  app.sticky.emplace().cookie.name = "sess";
  app.health_check.emplace().path = "/h";
  config::ServiceConfig& plain = fragment.services["plain"];
  plain.servers = {url("10.0.0.1", 80)};
  plain.servers[0].weight = 3;
  plain.servers[0].path = "/base";
  plain.servers[0].preserve_path = true;
  plain.pass_host_header = false;
  plain.flush_interval = std::chrono::milliseconds{-1};
  plain.strategy = config::Strategy::p2c;
  plain.health_check = {.scheme = "http",
                        .path = "/up?deep=1",
                        .method = "HEAD",
                        .status = 204,
                        .port = 9090,
                        .hostname = "plain.local",
                        .headers = {{"X-A", "1"}, {"X-B", "2"}},
                        .interval = std::chrono::milliseconds{10'000},
                        .unhealthy_interval = std::chrono::milliseconds{1'500},
                        .timeout = std::chrono::milliseconds{2'000},
                        .follow_redirects = false};
  plain.passive_health_check = {.failure_window = std::chrono::milliseconds{60'000}, .max_failed_attempts = 4};
  made.sticky("lb", "lb").chain("all", {"lb"});
  add_broken(fragment);

  routing::TableBench bench;
  bench.options = source.start_options;
  bench.internal_routes = admin::internal_routes(bench.options);
  bench.internal_services = admin::internal_services(source);
  bench.add(made).build();
  source.table = bench.snapshot;
  for (const auto& [id, endpoint] : bench.endpoints) {
    endpoint->set_state(upstream::EndpointState::ready, "a connection was accepted");
  }
}

void set_large_table(FakeStatus& source, std::size_t routers) {
  routing::Container made = file();
  for (std::size_t i = 0; i < routers; ++i) {
    const std::string name = std::format("r{:06}", i);
    made.router(name, "Host(`" + name + ".example.com`) && PathPrefix(`/`)", name, {}, {"web"});
    made.fragment.services[name].servers = {url("10.0.0.1", static_cast<std::uint16_t>(1 + i % 60'000))};
  }
  routing::TableBench bench;
  bench.options = source.start_options;
  bench.options.entry_points["web"].name = "web";
  bench.add(made).build();
  source.table = bench.snapshot;
}

}  // namespace mooring::test
