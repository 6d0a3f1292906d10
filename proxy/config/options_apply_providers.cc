#include <algorithm>
#include <array>
#include <chrono>
#include <string>

#include "proxy/config/go_values.h"
#include "proxy/config/options_applier.h"

namespace mooring::config {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLeastPollInterval{100};  // a full listing ten times a second is load enough for any engine

DockerOptions& docker(Applier& to) {
  return to.options().docker;
}

DockerTlsOptions& docker_tls(Applier& to) {
  auto& tls = docker(to).tls;
  return tls ? *tls : tls.emplace();
}

void set_client_timeout(Applier& to, const ResolvedOption& option) {
  const auto parsed = parse_duration(Applier::value(option));
  if (!parsed) {
    to.bad(option, "a duration: seconds, or as in \"1m30s\"");
    return;
  }
  // Negative means none, as in Traefik.
  docker(to).http_client_timeout = std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(*parsed));
}

void set_poll_interval(Applier& to, const ResolvedOption& option) {
  const auto value = to.duration(option);
  if (!value) return;
  if (*value < kLeastPollInterval) {
    to.bad(option, "100ms or more");
    return;
  }
  docker(to).poll_interval = *value;
}

void set_linger_time(Applier& to, const ResolvedOption& option) {
  const auto value = to.duration(option);
  if (value) docker(to).linger_time = *value;
}

void set_path(Applier& to, const ResolvedOption& option, std::string& field) {
  const auto value = Applier::value(option);
  if (value.empty() || value.find('\0') != std::string_view::npos) {
    to.bad(option, "a path");
    return;
  }
  field = value;
  to.draft.file_place = option.setting;
}

constexpr std::array kProviderFields{
    OptionField{"providers.docker", [](Applier& to, const ResolvedOption& o) { switch_section(to, o, docker(to)); }},
    OptionField{"providers.docker.allowEmptyServices",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, docker(to).allow_empty_services); }},
    OptionField{"providers.docker.constraints",
                [](Applier& to, const ResolvedOption& o) { to.text(o, docker(to).constraints); }},
    OptionField{"providers.docker.defaultRule",
                [](Applier& to, const ResolvedOption& o) { to.text(o, docker(to).default_rule); }},
    OptionField{"providers.docker.endpoint",
                [](Applier& to, const ResolvedOption& o) {
                  to.text(o, docker(to).endpoint);
                  to.draft.docker_endpoint = o.setting;
                }},
    OptionField{"providers.docker.exposedByDefault",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, docker(to).exposed_by_default); }},
    OptionField{"providers.docker.httpClientTimeout", set_client_timeout},
    OptionField{"providers.docker.network",
                [](Applier& to, const ResolvedOption& o) { to.text(o, docker(to).network); }},
    OptionField{"providers.docker.useBindPortIP",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, docker(to).use_bind_port_ip); }},
    OptionField{"providers.docker.watch",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, docker(to).watch); }},
    OptionField{"providers.docker.lingerTime", set_linger_time},
    OptionField{"providers.docker.pollInterval", set_poll_interval},
    OptionField{"providers.docker.tls.ca", [](Applier& to, const ResolvedOption& o) { to.text(o, docker_tls(to).ca); }},
    OptionField{"providers.docker.tls.cert",
                [](Applier& to, const ResolvedOption& o) { to.text(o, docker_tls(to).cert); }},
    OptionField{"providers.docker.tls.key",
                [](Applier& to, const ResolvedOption& o) { to.text(o, docker_tls(to).key); }},
    OptionField{"providers.docker.tls.insecureSkipVerify",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, docker_tls(to).insecure_skip_verify); }},
    OptionField{"providers.file",
                [](Applier& to, const ResolvedOption& o) {
                  switch_section(to, o, to.options().file_provider);
                  if (!to.draft.file_place) to.draft.file_place = o.setting;
                }},
    OptionField{"providers.file.filename",
                [](Applier& to, const ResolvedOption& o) { set_path(to, o, to.options().file_provider.filename); }},
    OptionField{"providers.file.directory",
                [](Applier& to, const ResolvedOption& o) { set_path(to, o, to.options().file_provider.directory); }},
    OptionField{"providers.file.watch",
                [](Applier& to, const ResolvedOption& o) {
                  to.boolean(o, to.options().file_provider.watch);
                  if (!to.draft.file_place) to.draft.file_place = o.setting;
                }},
};

}  // namespace

std::span<const OptionField> provider_fields() {
  return kProviderFields;
}

}  // namespace mooring::config
