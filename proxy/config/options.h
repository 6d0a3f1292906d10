// What the process was started with: the static configuration, as plain values. Fixed at start.
//
// Read from traefik.yml or mooring.yml and from flags in Traefik's spelling (options_reader.h). Defaults are Traefik's,
// except where a comment says so. Values only; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proxy/config/ip.h"

namespace mooring::config {

struct ForwardedHeadersOptions {
  bool insecure = false;               // trust every peer's X-Forwarded-*
  std::vector<IpNetwork> trusted_ips;  // trust these peers'
  bool operator==(const ForwardedHeadersOptions&) const = default;
};

struct EntryPointOptions {
  std::string name;
  std::string host;  // listening address; empty: all, IPv6 and IPv4
  std::uint16_t port = 0;
  bool as_default = false;  // see default_entry_points
  ForwardedHeadersOptions forwarded_headers;
  // Set: the whole request must arrive within it (Traefik's meaning). Unset: 60 s without a byte ends the request.
  std::optional<std::chrono::milliseconds> read_timeout;
  std::chrono::milliseconds write_timeout{0};  // 0: none
  std::chrono::milliseconds idle_timeout{180'000};
  std::chrono::milliseconds request_accept_grace_timeout{0};
  std::chrono::milliseconds grace_timeout{10'000};
  bool operator==(const EntryPointOptions&) const = default;
};

struct DockerTlsOptions {
  std::string ca, cert, key;  // a path, or PEM text
  bool insecure_skip_verify = false;
  bool operator==(const DockerTlsOptions&) const = default;
};

struct DockerOptions {
  bool enabled = false;
  std::string endpoint = "unix:///var/run/docker.sock";  // unix://, tcp://, http:// or https://
  std::optional<DockerTlsOptions> tls;
  std::chrono::milliseconds http_client_timeout{0};  // 0: our own deadlines alone
  bool watch = true;
  bool exposed_by_default = true;
  std::string default_rule = "Host(`{{ normalize .Name }}`)";
  std::string constraints;
  std::string network;
  bool use_bind_port_ip = false;
  bool allow_empty_services = false;
  std::chrono::milliseconds poll_interval{15'000};  // ours: how often everything is listed again
  bool operator==(const DockerOptions&) const = default;
};

struct ApiOptions {
  bool enabled = false;  // the section is there
  bool insecure = false;
  bool dashboard = true;
  bool operator==(const ApiOptions&) const = default;
};

struct PingOptions {
  bool enabled = false;
  std::string entry_point = "traefik";
  int terminating_status_code = 503;
  bool operator==(const PingOptions&) const = default;
};

enum class LogLevel { trace, debug, info, warn, error, fatal, panic };

struct LogOptions {
  LogLevel level = LogLevel::error;
  bool json = false;
  bool operator==(const LogOptions&) const = default;
};

struct AccessLogOptions {
  bool enabled = false;  // format common, to standard output
  bool operator==(const AccessLogOptions&) const = default;
};

struct ForwardingTimeouts {
  std::chrono::milliseconds dial{30'000};
  std::chrono::milliseconds response_header{0};  // 0: none
  std::chrono::milliseconds idle_connection{90'000};
  bool operator==(const ForwardingTimeouts&) const = default;
};

struct Options {
  std::string file;                                       // the configuration file that was read, or empty
  std::map<std::string, EntryPointOptions> entry_points;  // never empty once read: "http" on :80 stands in
  bool default_marked = false;                            // an entry point has asDefault, be it one that stays closed
  DockerOptions docker;
  ApiOptions api;
  PingOptions ping;
  LogOptions log;
  AccessLogOptions access_log;
  ForwardingTimeouts forwarding_timeouts;
  int workers = 0;                                           // ours: 0 = one for each CPU we may use
  std::string control_socket = "/run/mooring/control.sock";  // ours
  bool operator==(const Options&) const = default;
};

// Where routers that name no entry point are served: those marked asDefault; where none is, all but "traefik". Sorted.
std::vector<std::string> default_entry_points(const Options& options);

}  // namespace mooring::config
