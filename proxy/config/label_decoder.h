// One container's labels decoded: what Traefik would read from them, and what is wrong with them.
//
// Pure: the same labels give the same answer. Addresses, default ports, the default rule and default names are not
// known here; the Docker provider fills them in. Nothing drops the whole container: a key that cannot be read breaks
// the router, service or middleware it belongs to, and nothing broken is served wider than it was meant. Any thread.
// Source: compat page, section 0 and 1.2; design, sections 7 and 11.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/config/dynamic.h"
#include "proxy/config/problem.h"

namespace mooring::config {

// Labels are untrusted: whoever may start a container writes them. Each limit is far above what people write.
inline constexpr std::size_t kMostLabels = 1'000;          // of ours on one container; above: it is not exposed
inline constexpr std::size_t kLongestLabelKey = 512;       // bytes; hosts, paths and header names stay well below
inline constexpr std::size_t kLongestLabelValue = 16'384;  // bytes; a rule with some hundred hosts fits
inline constexpr std::size_t kMostLostLabels = 200;        // that lead nowhere; each is searched for what it meant
inline constexpr std::size_t kMostLabelProblems = 64;      // of one container; the rest is counted in one more

struct DecodedRouter {
  std::optional<std::string> rule;        // not given: the provider's default rule
  std::vector<std::string> entry_points;  // empty: the default entry points
  std::vector<std::string> middlewares;
  std::optional<std::string> service;  // not given: the container's only service
  std::int64_t priority = 0;
  std::string rule_syntax;  // "v2", "v3", or empty: the static default
  std::string broken;       // goes into RouterConfig::broken as it is: such a router is never served
};

// What both providers take over as it is; what was not given is empty.
RouterConfig router_config(const DecodedRouter& decoded);

struct DecodedService {
  std::optional<std::uint16_t> port;  // not given: the provider picks one, unless `url` is there or it is broken
  std::string scheme = "http";
  std::optional<ServerConfig> url;  // a whole address of its own, with its id; the container's address plays no role
  std::int64_t weight = 1;
  bool preserve_path = false;
  std::vector<ServerConfig> servers;  // of a file: those that can be read
  bool pass_host_header = true;
  std::chrono::milliseconds flush_interval{100};
  std::string servers_transport;  // empty: the default one
  std::optional<StickyConfig> sticky;
  Strategy strategy = Strategy::wrr;
  std::optional<HealthCheckConfig> health_check;
  std::optional<PassiveHealthCheckConfig> passive_health_check;
  QueueConfig queue;
  std::string broken;  // goes into ServiceConfig::broken: such a service gets no endpoint
};

// Our own keys of one service: mooring.http.services.<name>.*
struct OwnKeys {
  std::optional<std::int64_t> rise;
  std::optional<std::int64_t> fall;
  QueueConfig queue;
};

struct DecodedLabels {
  std::optional<bool> enable;   // not given: the provider's exposedByDefault
  bool enable_misread = false;  // `enable` is what a label says that is not written right
  std::string network;          // traefik.docker.network, or empty
  bool allow_non_running = false;
  // Not empty: why the provider makes no default router for this container, besides those in `routers`: a label that
  // may have been one cannot be read.
  std::string no_default_router;
  bool has_http = false;        // any label of an HTTP router, service or middleware
  bool has_tcp_or_udp = false;  // alone, without has_http: no default HTTP router and service
  std::map<std::string, DecodedRouter> routers;
  std::map<std::string, MiddlewareConfig> middlewares;
  std::map<std::string, DecodedService> services;
  std::map<std::string, ServersTransportConfig> servers_transports;  // of files alone
  // Of services that no label defines, where none is defined at all: the one that the provider makes may be meant. By
  // name; the key that named it first stands beside.
  std::map<std::string, std::pair<OwnKeys, std::string>> own;
  Problems problems;
};

// Of a key of ours whose service there is not, or has no use for it. `services`: the names there are.
Problem own_key_unused(std::string_view where, std::string_view key, std::string text, std::string fix);

// `where` names the container in the Problems: "shop/web-1".
DecodedLabels decode_labels(const std::map<std::string, std::string>& labels, std::string_view where);

}  // namespace mooring::config
