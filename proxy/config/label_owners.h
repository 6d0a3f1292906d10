// What the labels of one router, one service or one middleware say so far: values collected key by key, then settled.
//
// The label decoder owns these while it goes through one container's labels; it alone looks keys up and writes
// Problems. A Finding is what a value is found to be: when it breaks its owner, the owner is shown and not served.
// Plain values.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/label_decoder.h"
#include "proxy/config/label_sticky.h"
#include "proxy/config/problem.h"

namespace mooring::config {

struct Finding {
  std::string_view code;
  Severity severity = Severity::error;
  std::string text;
  bool breaks = false;
  std::string in_force;  // empty: said by the decoder
  std::string fix{};
};

// One of a file's loadBalancer.servers.
struct FileServer {
  std::optional<ServerConfig> url;
  std::int64_t weight = 1;
  bool preserve_path = false;
  bool broken = false;  // said already
  int line = 0;

  std::optional<Finding> take(std::string_view field, std::string_view value);
};

struct RouterLabels {
  DecodedRouter router;
  std::optional<bool> tls;  // `tls` itself; unset also when a bad value broke the router
  std::string tls_key;      // the first key of `tls` or below it
  int tls_line = 0;         // in a file

  // `field` as in the schema: "entryPoints".
  std::optional<Finding> take(std::string_view field, std::string_view value);
  // What is missing or wrong once all keys were read.
  std::optional<Finding> settle();
};

// healthCheck.* and passiveHealthCheck.* of a service; read in label_health.h.
struct HealthLabels {
  std::optional<HealthCheckConfig> check;  // begun by any of its keys
  std::optional<std::chrono::milliseconds> unhealthy_interval;
  std::optional<PassiveHealthCheckConfig> passive;
  bool not_run = false;  // something of what it was to ask cannot be read or done
};

struct ServiceLabels {
  DecodedService service;
  StickyLabels sticky;
  HealthLabels health;
  bool has_load_balancer = false;  // any readable key of it
  bool has_port = false;
  bool has_scheme = false;
  std::string doubt;                          // why the default port may not be what was meant
  std::string file_only;                      // the first key that only a file can set
  std::map<std::size_t, FileServer> servers;  // of a file, by their place in the list

  std::optional<Finding> take_server(std::string_view field, std::string_view value);
  // `field` is one of the load balancer's own: passHostHeader, serversTransport, flushInterval, strategy.
  std::optional<Finding> take(std::string_view field, std::string_view value);
  std::optional<Finding> settle(bool of_file);
};

struct MiddlewareLabels {
  std::set<std::string> types;  // in Traefik's spelling
  StickyLabels sticky;
  std::vector<std::string> chain;
  std::string broken;
  std::string doubt;  // why a middleware of which nothing could be read is broken

  std::optional<Finding> take_chain(std::string_view value);
  std::optional<Finding> settle();
  MiddlewareConfig config() const;
};

// One entry of http.serversTransports.
struct TransportValues {
  ServersTransportConfig transport;

  // `field` is the last of the key: "dialTimeout".
  std::optional<Finding> take(std::string_view field, std::string_view value);
};

// A bad value: `expected` completes the sentence.
Finding bad_value(std::string_view value, std::string_view expected, bool breaks);

}  // namespace mooring::config
