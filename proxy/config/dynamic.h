// The dynamic configuration as plain comparable values: what one provider says about routers, middlewares and services.
//
// A Fragment is what one source (a container, later a file) contributes. Names in a fragment are unqualified ("web");
// the merge qualifies them with the provider ("web@docker"). Values only: no thread, no ownership beyond themselves.
// Source of names and defaults: Traefik's dynamic configuration reference.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "proxy/config/problem.h"

namespace mooring::config {

struct CookieConfig {
  std::string name;  // empty: generated from the service name (affinity decides)
  bool secure = false;
  bool http_only = false;
  std::string same_site;  // "none", "lax", "strict" or empty, lower case
  std::int64_t max_age = 0;
  std::string path = "/";
  std::string domain;

  auto operator<=>(const CookieConfig&) const = default;
};

struct StickyConfig {
  CookieConfig cookie;

  auto operator<=>(const StickyConfig&) const = default;
};

struct RedirectSchemeConfig {
  std::string scheme;  // required
  std::string port;    // empty: the scheme's own
  bool permanent = false;

  auto operator<=>(const RedirectSchemeConfig&) const = default;
};

struct ChainConfig {
  std::vector<std::string> middlewares;

  auto operator<=>(const ChainConfig&) const = default;
};

// A middleware that was named but could not be built: routers that use it are not served (nothing broken widens
// access).
struct BrokenMiddleware {
  std::string reason;

  auto operator<=>(const BrokenMiddleware&) const = default;
};

using MiddlewareConfig = std::variant<BrokenMiddleware, StickyConfig, ChainConfig>;

struct RouterConfig {
  std::string rule;
  std::vector<std::string> entry_points;  // empty: the default entry points
  std::vector<std::string> middlewares;
  std::string service;  // never empty once a provider has published the fragment
  std::int64_t priority = 0;
  std::string rule_syntax{};  // "v2", "v3", or empty: core.defaultRuleSyntax
  bool default_rule = false;  // the rule came from the provider's template: recursion guard
  bool ended = false;         // all who define it ended a moment ago: set by the merge
  bool standby = false;       // out of force: what decides for its Compose service does not know it: set by the merge
  // Set when something of the router's own is broken (an unknown key, a bad list …): it is shown, and answers 503
  // where its rule can be read, but is never served.
  std::string broken;

  auto operator<=>(const RouterConfig&) const = default;
};

// One address:port of one container, or one URL.
struct ServerConfig {
  std::string id;  // identity that survives a new address: "<container id>:<port>", or the URL
  std::string scheme = "http";
  std::string host;  // an IP address (without brackets) or a host name
  std::uint16_t port = 80;
  std::int64_t weight = 1;  // <= 0: gets no request
  std::string path = {};    // of a server given by URL, with its first slash; put before the request's if preserve_path
  bool preserve_path = false;

  // scheme://host:port, IPv6 bracketed, port always written: Traefik's form, whose hash is Traefik's cookie value.
  std::string url() const;
  auto operator<=>(const ServerConfig&) const = default;
};

// How an endpoint is chosen for a request that is bound to none.
enum class Strategy : std::uint8_t {
  wrr,        // smooth weighted round robin
  p2c,        // of two at random the one with fewer requests in flight
  hrw,        // by the client's address: highest random weight
  leasttime,  // the shortest time to the first byte, by requests in flight and weight
  leastconn,  // ours: the fewest requests in flight, by weight
};

std::string_view to_string(Strategy strategy);

// healthCheck.*: an HTTP request to each endpoint now and then. Source: compat page, section 3.5.
struct HealthCheckConfig {
  std::string scheme;  // empty: the server's
  std::string path;    // with its query; empty: "/"
  std::string method = "GET";
  int status = 0;          // 0: any 2xx or 3xx
  std::uint16_t port = 0;  // 0: the server's
  std::string hostname;    // for the Host field alone; empty: the server's host
  std::vector<std::pair<std::string, std::string>> headers;
  std::chrono::milliseconds interval{30'000};
  std::chrono::milliseconds unhealthy_interval{30'000};  // while it fails
  std::chrono::milliseconds timeout{5'000};
  bool follow_redirects = true;
  std::int64_t rise = 1;  // ours: as many passes in a row let it in again
  std::int64_t fall = 1;  // ours: as many failures in a row put it out

  auto operator<=>(const HealthCheckConfig&) const = default;
};

// passiveHealthCheck.*: what requests themselves meet. Source: compat page, section 3.5.
struct PassiveHealthCheckConfig {
  std::chrono::milliseconds failure_window{10'000};
  std::int64_t max_failed_attempts = 1;

  auto operator<=>(const PassiveHealthCheckConfig&) const = default;
};

// Ours: requests that come while nobody is ready but somebody starts are held, in order.
struct QueueConfig {
  std::chrono::milliseconds timeout{0};  // 0: they are not held
  std::int64_t size = 1'000;             // of the service, on all workers

  auto operator<=>(const QueueConfig&) const = default;
};

struct ServiceConfig {
  std::vector<ServerConfig> servers;
  bool pass_host_header = true;
  std::optional<StickyConfig> sticky;
  // responseForwarding.flushInterval. Every piece of an answer is passed on as it comes, so that any value is honoured.
  std::chrono::milliseconds flush_interval{100};
  std::string servers_transport{};  // empty: the default one, of the static options
  Strategy strategy = Strategy::wrr;
  std::optional<HealthCheckConfig> health_check{};
  std::optional<PassiveHealthCheckConfig> passive_health_check{};
  QueueConfig queue{};
  std::string broken;  // as RouterConfig::broken

  auto operator<=>(const ServiceConfig&) const = default;
};

// How servers are spoken to: http.serversTransports, in files only. Zero of a timeout: none.
struct ServersTransportConfig {
  std::chrono::milliseconds dial_timeout{30'000};
  std::chrono::milliseconds response_header_timeout{0};
  std::chrono::milliseconds idle_connection_timeout{90'000};
  std::int64_t max_idle_conns_per_host =
      0;               // 0: the default of Go's transport, 2; negative: connections are not reused
  std::string broken;  // as RouterConfig::broken: services that name it are not served

  auto operator<=>(const ServersTransportConfig&) const = default;
};

// Where a fragment comes from. For a container everything is known; for a file only `label`.
struct Origin {
  std::string provider = "docker";
  std::string label;         // for people: "shop/web-1", a container name, or a file name
  std::string project;       // com.docker.compose.project, or empty
  std::string service;       // com.docker.compose.service, or empty
  std::string container_id;  // full id, or empty
  std::string container_name;
  std::string image;
  std::int64_t created = 0;  // nanoseconds since the epoch
  // The container's own, on every network that it is attached to; none of one that shares another's or the host's.
  std::vector<std::string> addresses = {};

  auto operator<=>(const Origin&) const = default;
};

struct Fragment {
  std::string id;  // unique within the provider: the container id or the file's path
  Origin origin;
  std::map<std::string, RouterConfig> routers;
  std::map<std::string, MiddlewareConfig> middlewares;
  std::map<std::string, ServiceConfig> services;
  std::map<std::string, ServersTransportConfig> servers_transports;
  Problems problems;
  // Its container ended a moment ago: what it says counts only where nobody else says anything.
  bool ended = false;

  bool operator==(const Fragment&) const = default;
};

using FragmentPtr = std::shared_ptr<const Fragment>;

}  // namespace mooring::config
