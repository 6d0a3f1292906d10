// What the process was started with: the static configuration, as plain values. Fixed at start.
//
// Read from traefik.yml or mooring.yml and from flags in Traefik's spelling (options_reader.h). Defaults are Traefik's,
// except where a comment says so. Values only; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proxy/config/ip.h"

namespace mooring::config {

struct ForwardedHeadersOptions {
  bool insecure = false;                // trust every peer's X-Forwarded-*
  std::vector<IpNetwork> trusted_ips;   // trust these peers'
  std::vector<std::string> connection;  // fields that Connection may name and that middlewares see all the same
  bool not_append_for = false;          // notAppendXForwardedFor: X-Forwarded-For stays as it came
  bool operator==(const ForwardedHeadersOptions&) const = default;
};

// PROXY protocol v1 and v2 before the first request: whose word about the client's address is taken.
struct ProxyProtocolOptions {
  bool insecure = false;               // every peer's; a peer that is trusted must send it
  std::vector<IpNetwork> trusted_ips;  // these peers'
  bool enabled() const { return insecure || !trusted_ips.empty(); }
  bool operator==(const ProxyProtocolOptions&) const = default;
};

// Whether these characters may stand percent-encoded in a path; a request with one that may not gets a 400.
struct EncodedCharactersOptions {
  bool slash = true;
  bool back_slash = true;
  bool null_character = true;
  bool semicolon = true;
  bool percent = true;
  bool question_mark = true;
  bool hash = true;
  bool operator==(const EncodedCharactersOptions&) const = default;
};

// http.redirections.entryPoint: all requests of an entry point are sent to another one.
struct RedirectionOptions {
  std::string to;  // an entry point's name, or ":port"
  std::string scheme = "https";
  bool permanent = true;
  std::int64_t priority = std::numeric_limits<std::int64_t>::max() - 1;
  bool operator==(const RedirectionOptions&) const = default;
};

enum class UnderscoreHeaders { keep, remove, reject };  // "delete" is a keyword

struct ListenAddress {
  std::string host;  // an IP address without brackets; empty: all, IPv6 and IPv4
  std::uint16_t port = 0;
  bool operator==(const ListenAddress&) const = default;
};

struct EntryPointOptions {
  std::string name;
  std::string host;  // listening address; empty: all, IPv6 and IPv4
  std::uint16_t port = 0;
  std::vector<ListenAddress> more_addresses;  // ours: an entry point may listen on several
  bool reuse_port = false;                    // several processes may share the address
  bool as_default = false;                    // see default_entry_points
  ForwardedHeadersOptions forwarded_headers;
  ProxyProtocolOptions proxy_protocol;
  EncodedCharactersOptions encoded_characters;
  std::optional<RedirectionOptions> redirection;
  std::vector<std::string> middlewares;  // before those of the routers; qualified or of the router's own provider
  bool encode_query_semicolons = false;
  bool sanitize_path = true;
  std::int64_t max_header_bytes = 1'048'576;
  UnderscoreHeaders underscore_headers = UnderscoreHeaders::keep;
  std::int64_t keep_alive_max_requests = 0;          // on one connection; 0: no limit
  std::chrono::milliseconds keep_alive_max_time{0};  // of one connection; 0: no limit
  bool access_logs = true;                           // observability.accessLogs
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
  std::string api_version;                           // DOCKER_API_VERSION: "1.41"; empty: settled with the engine
  std::chrono::milliseconds http_client_timeout{0};  // 0: our own deadlines alone
  bool watch = true;
  bool exposed_by_default = true;
  std::string default_rule = "Host(`{{ normalize .Name }}`)";
  std::string constraints;
  std::string network;
  bool use_bind_port_ip = false;
  bool allow_empty_services = false;
  std::chrono::milliseconds poll_interval{15'000};  // ours: how often everything is listed again
  // Ours: so long the routes of a container that ended stay, and answer 503; a restart makes no 404.
  std::chrono::milliseconds linger_time{10'000};
  bool operator==(const DockerOptions&) const = default;
};

struct ApiOptions {
  bool enabled = false;  // the section is there
  bool insecure = false;
  bool dashboard = true;
  std::string base_path = "/";
  bool operator==(const ApiOptions&) const = default;
};

struct PingOptions {
  bool enabled = false;
  std::string entry_point = "traefik";
  bool manual_routing = false;  // no router of its own: somebody routes to ping@internal
  int terminating_status_code = 503;
  bool operator==(const PingOptions&) const = default;
};

enum class LogLevel { trace, debug, info, warn, error, fatal, panic };

struct LogOptions {
  LogLevel level = LogLevel::error;
  bool json = false;
  bool no_color = false;
  std::string file_path;  // empty: standard output
  bool operator==(const LogOptions&) const = default;
};

enum class AccessLogFormat { common, generic_clf, json };
enum class FieldMode { keep, drop, redact };

struct StatusRange {
  int first = 0;
  int last = 0;
  bool operator==(const StatusRange&) const = default;
};

// A request is logged when any filter that is set lets it through; with none set, always.
struct AccessLogFilters {
  std::vector<StatusRange> status_codes;
  bool retry_attempts = false;
  std::chrono::milliseconds min_duration{0};
  bool operator==(const AccessLogFilters&) const = default;
};

struct AccessLogFields {
  FieldMode default_mode = FieldMode::keep;
  std::map<std::string, FieldMode> names;  // "ClientHost", in Traefik's spelling
  FieldMode headers_mode = FieldMode::drop;
  std::map<std::string, FieldMode> headers;  // by name in lower case
  FieldMode query_mode = FieldMode::keep;    // of the query in RequestPath
  bool operator==(const AccessLogFields&) const = default;
};

struct AccessLogOptions {
  bool enabled = false;
  AccessLogFormat format = AccessLogFormat::common;
  std::string file_path;            // empty: standard output
  std::int64_t buffering_size = 0;  // lines that may wait in memory before they are written
  bool add_internals = false;       // our own services' requests too
  AccessLogFilters filters;
  AccessLogFields fields;
  bool operator==(const AccessLogOptions&) const = default;
};

struct ForwardingTimeouts {
  std::chrono::milliseconds dial{30'000};
  std::chrono::milliseconds response_header{0};  // 0: none
  std::chrono::milliseconds idle_connection{90'000};
  bool operator==(const ForwardingTimeouts&) const = default;
};

// providers.file: one file or one directory, never both.
struct FileOptions {
  bool enabled = false;
  std::string filename;
  std::string directory;
  bool watch = true;
  bool operator==(const FileOptions&) const = default;
};

enum class RuleSyntax { v2, v3 };

struct Options {
  std::string file;                                       // the configuration file that was read, or empty
  std::map<std::string, EntryPointOptions> entry_points;  // never empty once read: "http" on :80 stands in
  bool default_marked = false;                            // an entry point has asDefault, be it one that stays closed
  DockerOptions docker;
  FileOptions file_provider;
  ApiOptions api;
  PingOptions ping;
  LogOptions log;
  AccessLogOptions access_log;
  ForwardingTimeouts forwarding_timeouts;
  std::int64_t max_idle_conns_per_host = 200;                // serversTransport.maxIdleConnsPerHost
  RuleSyntax default_rule_syntax = RuleSyntax::v3;           // core.defaultRuleSyntax
  int workers = 0;                                           // ours: 0 = one for each CPU we may use
  std::string sticky_key;                                    // ours: sticky.key; empty: none
  std::string control_socket = "/run/mooring/control.sock";  // ours
  bool operator==(const Options&) const = default;
};

// Where an entry point listens: its own address, then the others.
std::vector<ListenAddress> listen_addresses(const EntryPointOptions& entry_point);
// "10.0.0.1:80", "[::1]:80"; ":80" is every address.
std::string to_text(const ListenAddress& address);

// Where routers that name no entry point are served: those marked asDefault; where none is, all but "traefik". Sorted.
std::vector<std::string> default_entry_points(const Options& options);

}  // namespace mooring::config
