#include "test/unit/config/options_text.h"

#include <array>
#include <chrono>
#include <string_view>

namespace mooring::config {
namespace {

using std::chrono::milliseconds;

// Collects "key = value" for what is not as it is by default.
class Lines {
 public:
  explicit Lines(std::string prefix) : prefix_(std::move(prefix)) {}

  void text(std::string_view key, const std::string& value, const std::string& usual) {
    if (value != usual) add(key, value);
  }
  void flag(std::string_view key, bool value, bool usual) {
    if (value != usual) add(key, value ? "true" : "false");
  }
  void number(std::string_view key, int value, int usual) {
    if (value != usual) add(key, std::to_string(value));
  }
  void duration(std::string_view key, milliseconds value, milliseconds usual) {
    if (value != usual) add(key, std::to_string(value.count()) + "ms");
  }
  void add(std::string_view key, const std::string& value) {
    lines += prefix_ + std::string{key} + " = " + value + "\n";
  }

  std::string lines;

 private:
  std::string prefix_;
};

std::string entry_point_text(const EntryPointOptions& entry) {
  const EntryPointOptions usual;
  Lines out("entryPoints." + entry.name + ".");
  const bool v6 = entry.host.find(':') != std::string::npos;
  out.add("address", (v6 ? "[" + entry.host + "]" : entry.host) + ":" + std::to_string(entry.port));
  out.flag("asDefault", entry.as_default, usual.as_default);
  out.flag("insecure", entry.forwarded_headers.insecure, false);
  for (const auto& network : entry.forwarded_headers.trusted_ips) {
    out.add("trustedIPs", network.address.to_string() + "/" + std::to_string(network.prefix));
  }
  if (entry.read_timeout) out.add("readTimeout", std::to_string(entry.read_timeout->count()) + "ms");
  out.duration("writeTimeout", entry.write_timeout, usual.write_timeout);
  out.duration("idleTimeout", entry.idle_timeout, usual.idle_timeout);
  out.duration("requestAcceptGraceTimeout", entry.request_accept_grace_timeout, usual.request_accept_grace_timeout);
  out.duration("graceTimeOut", entry.grace_timeout, usual.grace_timeout);
  return out.lines;
}

std::string docker_text(const DockerOptions& docker) {
  if (!docker.enabled) return "providers.docker = off\n";
  const DockerOptions usual;
  Lines out("providers.docker.");
  out.text("endpoint", docker.endpoint, usual.endpoint);
  out.duration("httpClientTimeout", docker.http_client_timeout, usual.http_client_timeout);
  out.flag("watch", docker.watch, usual.watch);
  out.flag("exposedByDefault", docker.exposed_by_default, usual.exposed_by_default);
  out.text("defaultRule", docker.default_rule, usual.default_rule);
  out.text("constraints", docker.constraints, usual.constraints);
  out.text("network", docker.network, usual.network);
  out.flag("useBindPortIP", docker.use_bind_port_ip, usual.use_bind_port_ip);
  out.flag("allowEmptyServices", docker.allow_empty_services, usual.allow_empty_services);
  out.duration("pollInterval", docker.poll_interval, usual.poll_interval);
  if (docker.tls) {
    out.text("tls.ca", docker.tls->ca, "");
    out.text("tls.cert", docker.tls->cert, "");
    out.text("tls.key", docker.tls->key, "");
    out.flag("tls.insecureSkipVerify", docker.tls->insecure_skip_verify, false);
  }
  return out.lines;
}

}  // namespace

std::string options_text(const Options& options) {
  const Options usual;
  Lines out("");
  out.text("file", options.file, "");
  for (const auto& [name, entry] : options.entry_points) out.lines += entry_point_text(entry);
  out.lines += docker_text(options.docker);
  if (options.api.enabled) out.add("api", options.api.insecure ? "insecure" : "on");
  if (options.ping.enabled) {
    out.add("ping", options.ping.entry_point + " " + std::to_string(options.ping.terminating_status_code));
  }
  constexpr std::array<std::string_view, 7> kLevels{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "PANIC"};
  if (options.log.level != usual.log.level) {
    out.add("log.level", std::string{kLevels[static_cast<std::size_t>(options.log.level)]});
  }
  if (options.log.json) out.add("log.format", "json");
  if (options.access_log.enabled) out.add("accessLog", "on");
  const auto& timeouts = options.forwarding_timeouts;
  out.duration("dialTimeout", timeouts.dial, usual.forwarding_timeouts.dial);
  out.duration("responseHeaderTimeout", timeouts.response_header, usual.forwarding_timeouts.response_header);
  out.duration("idleConnTimeout", timeouts.idle_connection, usual.forwarding_timeouts.idle_connection);
  out.number("workers", options.workers, usual.workers);
  out.text("controlSocket", options.control_socket, usual.control_socket);
  return out.lines;
}

std::string result_text(const OptionsResult& result) {
  std::string text = result.ok() ? options_text(result.options) : "";
  for (const auto& problem : result.problems) text += to_line(problem) + "\n";
  return text + (result.ok() ? "starts\n" : "does not start\n");
}

}  // namespace mooring::config
