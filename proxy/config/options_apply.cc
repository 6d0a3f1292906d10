#include "proxy/config/options_apply.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "proxy/config/go_values.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kMostWorkers = 1024;
constexpr std::size_t kLongestSocketPath = 107;  // sockaddr_un
constexpr milliseconds kLeastPollInterval{100};  // a full listing ten times a second is load enough for any engine

// Rounded up, so that "10us" never becomes 0, which means "no limit".
milliseconds to_milliseconds(std::chrono::nanoseconds duration) {
  return std::chrono::ceil<milliseconds>(duration);
}

class Applier {
 public:
  Applier(OptionsDraft& of_draft, Problems& of_problems) : draft(of_draft), problems(of_problems) {}

  Options& options() { return draft.options; }
  DockerOptions& docker() { return draft.options.docker; }
  DockerTlsOptions& docker_tls() {
    if (!docker().tls) docker().tls.emplace();
    return *docker().tls;
  }
  EntryPointOptions& entry_point(const ResolvedOption& option) { return entry_point_draft(option).options; }
  EntryPointDraft& entry_point_draft(const ResolvedOption& option);

  void bad(const ResolvedOption& option, std::string_view expected, std::string fix = {});
  static std::string_view value(const ResolvedOption& option) {
    return option.setting.values.empty() ? std::string_view{} : std::string_view{option.setting.values.front()};
  }

  bool boolean(const ResolvedOption& option, bool& field);
  void text(const ResolvedOption& option, std::string& field) { field = value(option); }
  void integer(const ResolvedOption& option, int& field, std::int64_t least, std::int64_t most);
  std::optional<milliseconds> duration(const ResolvedOption& option);
  void duration(const ResolvedOption& option, milliseconds& field) { field = duration(option).value_or(field); }

  OptionsDraft& draft;
  Problems& problems;
};

EntryPointDraft& Applier::entry_point_draft(const ResolvedOption& option) {
  const auto& name = option.names.front();
  auto [entry, fresh] = draft.entry_points.try_emplace(ascii_lower(name));
  if (fresh) {
    entry->second.options.name = name;
    entry->second.first = option.setting;
  }
  return entry->second;
}

void Applier::bad(const ResolvedOption& option, std::string_view expected, std::string fix) {
  problems.push_back(option_error(option_code::kBadValue, option.setting,
                                  "expected " + std::string{expected} + ", not " + config::quoted(value(option)),
                                  std::move(fix)));
}

// False when the value is no boolean. A flag or section without a value means true.
bool Applier::boolean(const ResolvedOption& option, bool& field) {
  const auto parsed = option.setting.shape == SettingShape::section ? std::optional{true} : parse_bool(value(option));
  if (!parsed) {
    bad(option, "true or false");
    return false;
  }
  field = *parsed;
  return true;
}

void Applier::integer(const ResolvedOption& option, int& field, std::int64_t least, std::int64_t most) {
  const auto parsed = parse_int(value(option));
  if (!parsed || *parsed < least || *parsed > most) {
    bad(option, "a number from " + std::to_string(least) + " to " + std::to_string(most));
    return;
  }
  field = static_cast<int>(*parsed);
}

std::optional<milliseconds> Applier::duration(const ResolvedOption& option) {
  const auto parsed = parse_duration(value(option));
  if (!parsed || parsed->count() < 0) {
    bad(option, "a duration of zero or more: seconds, or as in \"1m30s\"");
    return std::nullopt;
  }
  return to_milliseconds(*parsed);
}

void set_trusted_ips(Applier& to, const ResolvedOption& option) {
  std::vector<IpNetwork> networks;
  for (const auto& item : option.setting.values) {
    const auto network = IpNetwork::parse(trimmed(item));
    if (network) {
      networks.push_back(*network);
    } else {
      to.problems.push_back(option_error(option_code::kBadValue, option.setting,
                                         "expected IP addresses and networks, not " + config::quoted(item),
                                         "write them as in \"10.0.0.0/8\""));
    }
  }
  to.entry_point(option).forwarded_headers.trusted_ips = std::move(networks);
}

void set_read_timeout(Applier& to, const ResolvedOption& option) {
  const auto value = to.duration(option);
  if (!value) return;
  // 0 is Traefik's way to say that the whole request may take as long as it likes: our default does that.
  auto& field = to.entry_point(option).read_timeout;
  field = value->count() == 0 ? std::nullopt : value;
}

void set_client_timeout(Applier& to, const ResolvedOption& option) {
  const auto parsed = parse_duration(Applier::value(option));
  if (!parsed) {
    to.bad(option, "a duration: seconds, or as in \"1m30s\"");
    return;
  }
  // Negative means none, as in Traefik.
  to.docker().http_client_timeout = std::max(milliseconds{0}, to_milliseconds(*parsed));
}

void set_poll_interval(Applier& to, const ResolvedOption& option) {
  const auto value = to.duration(option);
  if (!value) return;
  if (*value < kLeastPollInterval) {
    to.bad(option, "100ms or more");
    return;
  }
  to.docker().poll_interval = *value;
}

void set_log_level(Applier& to, const ResolvedOption& option) {
  constexpr std::array<std::string_view, 7> kLevels{"trace", "debug", "info", "warn", "error", "fatal", "panic"};
  const auto found =
      std::ranges::find_if(kLevels, [&](std::string_view level) { return equal_fold(level, Applier::value(option)); });
  if (found == kLevels.end()) {
    const auto near = nearest(Applier::value(option), kLevels);
    to.bad(option, "TRACE, DEBUG, INFO, WARN, ERROR, FATAL or PANIC",
           near.empty() ? "" : "did you mean " + config::quoted(near) + "?");
    return;
  }
  to.options().log.level = static_cast<LogLevel>(found - kLevels.begin());
}

void set_log_format(Applier& to, const ResolvedOption& option) {
  const auto value = Applier::value(option);
  if (!equal_fold(value, "json") && !equal_fold(value, "common")) {
    to.bad(option, "common or json");
    return;
  }
  to.options().log.json = equal_fold(value, "json");
}

void set_access_log_format(Applier& to, const ResolvedOption& option) {
  const auto value = Applier::value(option);
  if (equal_fold(value, "common")) return;
  if (!equal_fold(value, "json") && !equal_fold(value, "genericCLF")) {
    to.bad(option, "common, genericCLF or json");
    return;
  }
  to.problems.push_back(
      option_warning(option_code::kNotDone, option.setting,
                     "the format " + config::quoted(value) + " is known to Traefik, but not done yet in Mooring",
                     "the access log is written in the common format"));
}

void set_manual_routing(Applier& to, const ResolvedOption& option) {
  bool manual = false;
  if (!to.boolean(option, manual)) return;
  to.draft.ping_manual = manual;
  if (!manual) return;
  to.problems.push_back(option_warning(option_code::kNotDone, option.setting,
                                       "known to Traefik, but not done yet in Mooring", "/ping is not served"));
}

void set_control_socket(Applier& to, const ResolvedOption& option) {
  const auto value = Applier::value(option);
  const bool usable =
      value.starts_with('/') && value.size() <= kLongestSocketPath && value.find('\0') == std::string_view::npos;
  if (usable) {
    to.options().control_socket = value;
  } else {
    to.bad(option, "an absolute path of at most 107 bytes");
  }
}

// A section that was switched off by name goes back to its defaults, which are off.
template <typename Section>
void switch_section(Applier& to, const ResolvedOption& option, Section& section) {
  bool on = true;
  if (to.boolean(option, on) && !on) section = Section{};
}

struct Field {
  std::string_view key;
  void (*set)(Applier&, const ResolvedOption&);
};

constexpr std::array kFields{
    Field{"workers",
          [](Applier& to, const ResolvedOption& o) { to.integer(o, to.options().workers, 0, kMostWorkers); }},
    Field{"controlSocket", set_control_socket},
    Field{"entryPoints.*", [](Applier& to, const ResolvedOption& o) { to.entry_point_draft(o); }},
    Field{"entryPoints.*.address",
          [](Applier& to, const ResolvedOption& o) { to.entry_point_draft(o).address = o.setting; }},
    Field{"entryPoints.*.asDefault",
          [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.entry_point(o).as_default); }},
    Field{"entryPoints.*.forwardedHeaders.insecure",
          [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.entry_point(o).forwarded_headers.insecure); }},
    Field{"entryPoints.*.forwardedHeaders.trustedIPs", set_trusted_ips},
    Field{"entryPoints.*.transport.respondingTimeouts.readTimeout", set_read_timeout},
    Field{"entryPoints.*.transport.respondingTimeouts.writeTimeout",
          [](Applier& to, const ResolvedOption& o) { to.duration(o, to.entry_point(o).write_timeout); }},
    Field{"entryPoints.*.transport.respondingTimeouts.idleTimeout",
          [](Applier& to, const ResolvedOption& o) { to.duration(o, to.entry_point(o).idle_timeout); }},
    Field{"entryPoints.*.transport.lifeCycle.requestAcceptGraceTimeout",
          [](Applier& to, const ResolvedOption& o) { to.duration(o, to.entry_point(o).request_accept_grace_timeout); }},
    Field{"entryPoints.*.transport.lifeCycle.graceTimeOut",
          [](Applier& to, const ResolvedOption& o) { to.duration(o, to.entry_point(o).grace_timeout); }},
    Field{"providers.docker", [](Applier& to, const ResolvedOption& o) { switch_section(to, o, to.docker()); }},
    Field{"providers.docker.allowEmptyServices",
          [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.docker().allow_empty_services); }},
    Field{"providers.docker.constraints",
          [](Applier& to, const ResolvedOption& o) { to.text(o, to.docker().constraints); }},
    Field{"providers.docker.defaultRule",
          [](Applier& to, const ResolvedOption& o) { to.text(o, to.docker().default_rule); }},
    Field{"providers.docker.endpoint",
          [](Applier& to, const ResolvedOption& o) {
            to.text(o, to.docker().endpoint);
            to.draft.docker_endpoint = o.setting;
          }},
    Field{"providers.docker.exposedByDefault",
          [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.docker().exposed_by_default); }},
    Field{"providers.docker.httpClientTimeout", set_client_timeout},
    Field{"providers.docker.network", [](Applier& to, const ResolvedOption& o) { to.text(o, to.docker().network); }},
    Field{"providers.docker.useBindPortIP",
          [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.docker().use_bind_port_ip); }},
    Field{"providers.docker.watch", [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.docker().watch); }},
    Field{"providers.docker.pollInterval", set_poll_interval},
    Field{"providers.docker.tls.ca", [](Applier& to, const ResolvedOption& o) { to.text(o, to.docker_tls().ca); }},
    Field{"providers.docker.tls.cert", [](Applier& to, const ResolvedOption& o) { to.text(o, to.docker_tls().cert); }},
    Field{"providers.docker.tls.key", [](Applier& to, const ResolvedOption& o) { to.text(o, to.docker_tls().key); }},
    Field{"providers.docker.tls.insecureSkipVerify",
          [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.docker_tls().insecure_skip_verify); }},
    Field{"api", [](Applier& to, const ResolvedOption& o) { switch_section(to, o, to.options().api); }},
    Field{"api.insecure", [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.options().api.insecure); }},
    Field{"ping", [](Applier& to, const ResolvedOption& o) { switch_section(to, o, to.options().ping); }},
    Field{"ping.entryPoint",
          [](Applier& to, const ResolvedOption& o) {
            to.text(o, to.options().ping.entry_point);
            to.draft.ping_entry_point = o.setting;
          }},
    Field{"ping.manualRouting", set_manual_routing},
    Field{"ping.terminatingStatusCode",
          [](Applier& to, const ResolvedOption& o) {
            to.integer(o, to.options().ping.terminating_status_code, 200, 599);
          }},
    Field{"log", [](Applier& to, const ResolvedOption& o) { switch_section(to, o, to.options().log); }},
    Field{"log.level", set_log_level},
    Field{"log.format", set_log_format},
    Field{"accessLog", [](Applier& to, const ResolvedOption& o) { switch_section(to, o, to.options().access_log); }},
    Field{"accessLog.format", set_access_log_format},
    Field{"serversTransport.forwardingTimeouts.dialTimeout",
          [](Applier& to, const ResolvedOption& o) { to.duration(o, to.options().forwarding_timeouts.dial); }},
    Field{
        "serversTransport.forwardingTimeouts.responseHeaderTimeout",
        [](Applier& to, const ResolvedOption& o) { to.duration(o, to.options().forwarding_timeouts.response_header); }},
    Field{
        "serversTransport.forwardingTimeouts.idleConnTimeout",
        [](Applier& to, const ResolvedOption& o) { to.duration(o, to.options().forwarding_timeouts.idle_connection); }},
};

bool below(std::string_view pattern, std::string_view section) {
  return pattern.starts_with(section) && (pattern.size() == section.size() || pattern[section.size()] == '.');
}

// Any key of a section switches it on.
void switch_on(std::string_view pattern, OptionsDraft& draft) {
  if (below(pattern, "api")) draft.options.api.enabled = true;
  if (below(pattern, "ping")) draft.options.ping.enabled = true;
  if (below(pattern, "accessLog")) draft.options.access_log.enabled = true;
  if (below(pattern, "providers.docker")) draft.options.docker.enabled = true;
}

}  // namespace

void apply_options(const std::vector<ResolvedOption>& options, OptionsDraft& draft, Problems& problems) {
  Applier applier(draft, problems);
  for (const auto& option : options) {
    if (option.node->status == OptionStatus::guarded) {
      applier.entry_point_draft(option).closed = true;
      continue;
    }
    switch_on(option.node->pattern, draft);
    const auto field = std::ranges::find(kFields, std::string_view{option.node->pattern}, &Field::key);
    if (field != kFields.end()) field->set(applier, option);
    if (below(option.node->pattern, "providers.docker")) draft.docker = draft.options.docker.enabled;
  }
}

std::vector<std::string_view> applied_keys() {
  std::vector<std::string_view> keys;
  for (const auto& field : kFields) keys.push_back(field.key);
  return keys;
}

}  // namespace mooring::config
