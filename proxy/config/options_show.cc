#include "proxy/config/options_show.h"

#include <algorithm>
#include <array>
#include <format>
#include <optional>
#include <utility>

#include "proxy/config/go_values.h"

namespace mooring::config {
namespace {

using Text = std::optional<std::string>;
using std::chrono::milliseconds;

Text text_of(bool value) {
  return value ? "true" : "false";
}
Text text_of(std::int64_t value) {
  return std::to_string(value);
}
Text text_of(milliseconds value) {
  return duration_text(value);
}
Text text_of(const std::string& value) {
  return value;
}
Text text_of(const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : ",") + value;
  return text;
}
Text text_of(const std::vector<IpNetwork>& networks) {
  std::vector<std::string> texts;
  texts.reserve(networks.size());
  for (const auto& one : networks) texts.push_back(one.address.to_string() + "/" + std::to_string(one.prefix));
  return text_of(texts);
}
Text text_of(const std::vector<StatusRange>& ranges) {
  std::vector<std::string> texts;
  for (const auto& one : ranges) {
    const auto first = std::to_string(one.first);
    texts.push_back(one.first == one.last ? first : first + "-" + std::to_string(one.last));
  }
  return text_of(texts);
}
Text text_of(LogLevel level) {
  constexpr std::array<std::string_view, 7> kLevels{"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "PANIC"};
  return std::string{kLevels[static_cast<std::size_t>(level)]};
}
Text text_of(AccessLogFormat format) {
  constexpr std::array<std::string_view, 3> kFormats{"common", "genericCLF", "json"};
  return std::string{kFormats[static_cast<std::size_t>(format)]};
}
std::string mode_text(FieldMode mode) {
  constexpr std::array<std::string_view, 3> kModes{"keep", "drop", "redact"};
  return std::string{kModes[static_cast<std::size_t>(mode)]};
}
Text text_of(FieldMode mode) {
  return mode_text(mode);
}
Text text_of(UnderscoreHeaders strategy) {
  constexpr std::array<std::string_view, 3> kWords{"keep", "delete", "reject"};
  return std::string{kWords[static_cast<std::size_t>(strategy)]};
}

Text addresses(const EntryPointOptions& entry) {
  std::string text;
  for (const ListenAddress& address : listen_addresses(entry)) text += (text.empty() ? "" : ",") + to_text(address);
  return text;
}

// Of something that may not be there.
template <typename Section, typename Take>
Text of(const std::optional<Section>& section, const Take& take) {
  if (!section) return std::nullopt;
  return text_of(take(*section));
}

using Entry = const EntryPointOptions&;
struct EntryRow {
  std::string_view key;
  Text (*show)(Entry);
};

constexpr std::array kEntryRows{
    EntryRow{"address", addresses},
    EntryRow{"asDefault", [](Entry e) { return text_of(e.as_default); }},
    EntryRow{"reusePort", [](Entry e) { return text_of(e.reuse_port); }},
    EntryRow{"forwardedHeaders.insecure", [](Entry e) { return text_of(e.forwarded_headers.insecure); }},
    EntryRow{"forwardedHeaders.trustedIPs", [](Entry e) { return text_of(e.forwarded_headers.trusted_ips); }},
    EntryRow{"forwardedHeaders.connection", [](Entry e) { return text_of(e.forwarded_headers.connection); }},
    EntryRow{"forwardedHeaders.notAppendXForwardedFor",
             [](Entry e) { return text_of(e.forwarded_headers.not_append_for); }},
    EntryRow{"proxyProtocol", [](Entry e) { return text_of(e.proxy_protocol.enabled()); }},
    EntryRow{"proxyProtocol.insecure", [](Entry e) { return text_of(e.proxy_protocol.insecure); }},
    EntryRow{"proxyProtocol.trustedIPs", [](Entry e) { return text_of(e.proxy_protocol.trusted_ips); }},
    EntryRow{"transport.keepAliveMaxRequests", [](Entry e) { return text_of(e.keep_alive_max_requests); }},
    EntryRow{"transport.keepAliveMaxTime", [](Entry e) { return text_of(e.keep_alive_max_time); }},
    EntryRow{"transport.respondingTimeouts.readTimeout",
             [](Entry e) { return of(e.read_timeout, [](milliseconds value) { return value; }); }},
    EntryRow{"transport.respondingTimeouts.writeTimeout", [](Entry e) { return text_of(e.write_timeout); }},
    EntryRow{"transport.respondingTimeouts.idleTimeout", [](Entry e) { return text_of(e.idle_timeout); }},
    EntryRow{"transport.lifeCycle.requestAcceptGraceTimeout",
             [](Entry e) { return text_of(e.request_accept_grace_timeout); }},
    EntryRow{"transport.lifeCycle.graceTimeOut", [](Entry e) { return text_of(e.grace_timeout); }},
    EntryRow{"http.middlewares", [](Entry e) { return text_of(e.middlewares); }},
    EntryRow{"http.encodeQuerySemicolons", [](Entry e) { return text_of(e.encode_query_semicolons); }},
    EntryRow{"http.sanitizePath", [](Entry e) { return text_of(e.sanitize_path); }},
    EntryRow{"http.maxHeaderBytes", [](Entry e) { return text_of(e.max_header_bytes); }},
    EntryRow{"http.underscoreHeadersStrategy", [](Entry e) { return text_of(e.underscore_headers); }},
    EntryRow{"http.redirections.entryPoint.to",
             [](Entry e) { return of(e.redirection, [](const auto& one) { return one.to; }); }},
    EntryRow{"http.redirections.entryPoint.scheme",
             [](Entry e) { return of(e.redirection, [](const auto& one) { return one.scheme; }); }},
    EntryRow{"http.redirections.entryPoint.permanent",
             [](Entry e) { return of(e.redirection, [](const auto& one) { return one.permanent; }); }},
    EntryRow{"http.redirections.entryPoint.priority",
             [](Entry e) { return of(e.redirection, [](const auto& one) { return one.priority; }); }},
    EntryRow{"http.encodedCharacters.allowEncodedSlash", [](Entry e) { return text_of(e.encoded_characters.slash); }},
    EntryRow{"http.encodedCharacters.allowEncodedBackSlash",
             [](Entry e) { return text_of(e.encoded_characters.back_slash); }},
    EntryRow{"http.encodedCharacters.allowEncodedNullCharacter",
             [](Entry e) { return text_of(e.encoded_characters.null_character); }},
    EntryRow{"http.encodedCharacters.allowEncodedSemicolon",
             [](Entry e) { return text_of(e.encoded_characters.semicolon); }},
    EntryRow{"http.encodedCharacters.allowEncodedPercent",
             [](Entry e) { return text_of(e.encoded_characters.percent); }},
    EntryRow{"http.encodedCharacters.allowEncodedQuestionMark",
             [](Entry e) { return text_of(e.encoded_characters.question_mark); }},
    EntryRow{"http.encodedCharacters.allowEncodedHash", [](Entry e) { return text_of(e.encoded_characters.hash); }},
    EntryRow{"observability.accessLogs", [](Entry e) { return text_of(e.access_logs); }},
};

using All = const Options&;
struct Row {
  std::string_view key;
  Text (*show)(All);
};

constexpr std::array kFirstRows{
    Row{"workers", [](All o) { return text_of(std::int64_t{o.workers}); }},
    Row{"controlSocket", [](All o) { return text_of(o.control_socket); }},
    Row{"sticky.key", [](All o) { return text_of(o.sticky_key); }},
    Row{"api", [](All o) { return text_of(o.api.enabled); }},
    Row{"api.insecure", [](All o) { return text_of(o.api.insecure); }},
    Row{"api.dashboard", [](All o) { return text_of(o.api.dashboard); }},
    Row{"api.basePath", [](All o) { return text_of(o.api.base_path); }},
    Row{"ping", [](All o) { return text_of(o.ping.enabled); }},
    Row{"ping.entryPoint", [](All o) { return text_of(o.ping.entry_point); }},
    Row{"ping.manualRouting", [](All o) { return text_of(o.ping.manual_routing); }},
    Row{"ping.terminatingStatusCode", [](All o) { return text_of(std::int64_t{o.ping.terminating_status_code}); }},
    Row{"log", [](All) { return text_of(true); }},
    Row{"log.level", [](All o) { return text_of(o.log.level); }},
    Row{"log.format", [](All o) { return text_of(std::string{o.log.json ? "json" : "common"}); }},
    Row{"log.noColor", [](All o) { return text_of(o.log.no_color); }},
    Row{"log.filePath", [](All o) { return text_of(o.log.file_path); }},
    Row{"accessLog", [](All o) { return text_of(o.access_log.enabled); }},
    Row{"accessLog.format", [](All o) { return text_of(o.access_log.format); }},
    Row{"accessLog.filePath", [](All o) { return text_of(o.access_log.file_path); }},
    Row{"accessLog.bufferingSize", [](All o) { return text_of(o.access_log.buffering_size); }},
    Row{"accessLog.addInternals", [](All o) { return text_of(o.access_log.add_internals); }},
    Row{"accessLog.filters.statusCodes", [](All o) { return text_of(o.access_log.filters.status_codes); }},
    Row{"accessLog.filters.retryAttempts", [](All o) { return text_of(o.access_log.filters.retry_attempts); }},
    Row{"accessLog.filters.minDuration", [](All o) { return text_of(o.access_log.filters.min_duration); }},
    Row{"accessLog.fields.defaultMode", [](All o) { return text_of(o.access_log.fields.default_mode); }},
    Row{"accessLog.fields.headers.defaultMode", [](All o) { return text_of(o.access_log.fields.headers_mode); }},
    Row{"accessLog.fields.queryParameters.defaultMode", [](All o) { return text_of(o.access_log.fields.query_mode); }},
};

constexpr std::array kLastRows{
    Row{"providers.docker", [](All o) { return text_of(o.docker.enabled); }},
    Row{"providers.docker.endpoint", [](All o) { return text_of(o.docker.endpoint); }},
    Row{"providers.docker.exposedByDefault", [](All o) { return text_of(o.docker.exposed_by_default); }},
    Row{"providers.docker.defaultRule", [](All o) { return text_of(o.docker.default_rule); }},
    Row{"providers.docker.constraints", [](All o) { return text_of(o.docker.constraints); }},
    Row{"providers.docker.network", [](All o) { return text_of(o.docker.network); }},
    Row{"providers.docker.useBindPortIP", [](All o) { return text_of(o.docker.use_bind_port_ip); }},
    Row{"providers.docker.allowEmptyServices", [](All o) { return text_of(o.docker.allow_empty_services); }},
    Row{"providers.docker.watch", [](All o) { return text_of(o.docker.watch); }},
    Row{"providers.docker.httpClientTimeout", [](All o) { return text_of(o.docker.http_client_timeout); }},
    Row{"providers.docker.lingerTime", [](All o) { return text_of(o.docker.linger_time); }},
    Row{"providers.docker.pollInterval", [](All o) { return text_of(o.docker.poll_interval); }},
    Row{"providers.docker.tls.ca", [](All o) { return of(o.docker.tls, [](const auto& tls) { return tls.ca; }); }},
    Row{"providers.docker.tls.cert", [](All o) { return of(o.docker.tls, [](const auto& tls) { return tls.cert; }); }},
    Row{"providers.docker.tls.key", [](All o) { return of(o.docker.tls, [](const auto& tls) { return tls.key; }); }},
    Row{"providers.docker.tls.insecureSkipVerify",
        [](All o) { return of(o.docker.tls, [](const auto& tls) { return tls.insecure_skip_verify; }); }},
    Row{"providers.file", [](All o) { return text_of(o.file_provider.enabled); }},
    Row{"providers.file.filename", [](All o) { return text_of(o.file_provider.filename); }},
    Row{"providers.file.directory", [](All o) { return text_of(o.file_provider.directory); }},
    Row{"providers.file.watch", [](All o) { return text_of(o.file_provider.watch); }},
    Row{"serversTransport.maxIdleConnsPerHost", [](All o) { return text_of(o.max_idle_conns_per_host); }},
    Row{"serversTransport.forwardingTimeouts.dialTimeout", [](All o) { return text_of(o.forwarding_timeouts.dial); }},
    Row{"serversTransport.forwardingTimeouts.responseHeaderTimeout",
        [](All o) { return text_of(o.forwarding_timeouts.response_header); }},
    Row{"serversTransport.forwardingTimeouts.idleConnTimeout",
        [](All o) { return text_of(o.forwarding_timeouts.idle_connection); }},
    Row{"core.defaultRuleSyntax",
        [](All o) { return text_of(std::string{o.default_rule_syntax == RuleSyntax::v2 ? "v2" : "v3"}); }},
};

// Adds rows; below a section that says "false" nothing.
class Rows {
 public:
  void add(std::string key, std::string pattern, const Text& value) {
    if (!value || (!off_.empty() && key.starts_with(off_))) return;
    off_ = *value == "false" ? key + "." : "";
    rows.push_back({std::move(key), std::move(pattern), *value});
  }

  std::vector<ShownOption> rows;

 private:
  std::string off_;
};

void add_names(Rows& rows, const std::string& pattern, const std::map<std::string, FieldMode>& names) {
  for (const auto& [name, mode] : names) rows.add(std::format("{}.{}", pattern, name), pattern, mode_text(mode));
}

constexpr std::string_view kFieldNames = "accessLog.fields.names";
constexpr std::string_view kHeaderNames = "accessLog.fields.headers.names";

}  // namespace

std::vector<ShownOption> show_options(const Options& options) {
  Rows rows;
  for (const auto& row : kFirstRows) rows.add(std::string{row.key}, std::string{row.key}, row.show(options));
  if (options.access_log.enabled) {
    add_names(rows, std::string{kFieldNames}, options.access_log.fields.names);
    add_names(rows, std::string{kHeaderNames}, options.access_log.fields.headers);
  }
  for (const auto& [name, entry] : options.entry_points) {
    for (const auto& row : kEntryRows) {
      rows.add(std::format("entryPoints.{}.{}", name, row.key), std::format("entryPoints.*.{}", row.key),
               row.show(entry));
    }
  }
  for (const auto& row : kLastRows) rows.add(std::string{row.key}, std::string{row.key}, row.show(options));
  return std::move(rows.rows);
}

std::string masked(const ShownOption& option) {
  if (option.pattern == "sticky.key" && !option.value.empty()) return "(masked)";
  const bool text_of_key = option.pattern == "providers.docker.tls.key" && !option.value.starts_with('/') &&
                           option.value.find("-----") != std::string::npos;
  if (text_of_key) return "(masked)";
  const auto scheme = option.value.find("://");
  const auto at = option.value.find('@', scheme == std::string::npos ? 0 : scheme + 3);
  if (!option.pattern.ends_with(".endpoint") || scheme == std::string::npos || at == std::string::npos) {
    return option.value;
  }
  return option.value.substr(0, scheme + 3) + "(masked)" + option.value.substr(at);
}

std::vector<std::string_view> shown_keys() {
  // Views of texts that last as long as the program.
  static const std::vector<std::string> entry_keys = [] {
    std::vector<std::string> keys{"entryPoints.*"};
    for (const auto& row : kEntryRows) keys.push_back("entryPoints.*." + std::string{row.key});
    return keys;
  }();
  std::vector<std::string_view> keys{kFieldNames, kHeaderNames};
  for (const auto& row : kFirstRows) keys.push_back(row.key);
  keys.insert(keys.end(), entry_keys.begin(), entry_keys.end());
  for (const auto& row : kLastRows) keys.push_back(row.key);
  return keys;
}

}  // namespace mooring::config
