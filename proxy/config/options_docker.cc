#include "proxy/config/options_docker.h"

#include <string>
#include <string_view>

#include "proxy/config/go_values.h"
#include "proxy/config/printable.h"

namespace mooring::config {
namespace {

enum class EndpointForm { good, known, bad };

EndpointForm form_of(std::string_view endpoint) {
  const auto split = endpoint.find("://");
  if (split == std::string_view::npos) return EndpointForm::bad;
  const auto scheme = endpoint.substr(0, split);
  const auto rest = endpoint.substr(split + 3);
  if (scheme == "ssh" || scheme == "npipe") return EndpointForm::known;
  for (const unsigned char byte : rest) {
    if (byte <= 0x20 || byte == 0x7F) return EndpointForm::bad;
  }
  if (scheme == "unix") return rest.starts_with('/') && rest.size() > 1 ? EndpointForm::good : EndpointForm::bad;
  const bool network = scheme == "tcp" || scheme == "http" || scheme == "https";
  const bool host = !rest.empty() && rest.front() != ':' && rest.front() != '/';
  return network && host ? EndpointForm::good : EndpointForm::bad;
}

void check_endpoint(const Setting& at, OptionsDraft& draft, Problems& problems) {
  const auto& endpoint = draft.options.docker.endpoint;
  switch (form_of(endpoint)) {
    case EndpointForm::good:
      return;
    case EndpointForm::known:
      // The default engine must not stand in for the one that was asked for.
      draft.options.docker.enabled = false;
      problems.push_back(option_warning(
          option_code::kNotDone, at,
          "endpoints like " + config::quoted(endpoint) + " are known to Traefik, but not done yet in Mooring",
          "the Docker provider is off"));
      return;
    case EndpointForm::bad:
      problems.push_back(option_error(
          option_code::kBadValue, at, "expected unix:///path or tcp://host:port, not " + config::quoted(endpoint),
          endpoint.starts_with('/') ? "write " + config::quoted("unix://" + endpoint) : ""));
      return;
  }
}

std::string variable(const Environment& environment, const std::string& name) {
  return environment.variable(name).value_or("");
}

Setting from_variable(const std::string& name) {
  Setting at;
  at.source = SettingSource::variable;
  at.where = "environment";
  at.key = name;
  return at;
}

// The API of 1.24 is Docker 1.12's; what is unreadable here would be part of every request's path.
void settle_api_version(const Environment& environment, OptionsDraft& draft, Problems& problems) {
  const std::string version = variable(environment, "DOCKER_API_VERSION");
  if (version.empty()) return;
  const auto minor = version.starts_with("1.") ? parse_port(std::string_view{version}.substr(2)) : std::nullopt;
  if (minor && *minor >= 24 && *minor < 1'000) {
    draft.options.docker.api_version = "1." + std::to_string(*minor);
    return;
  }
  problems.push_back({std::string{option_code::kEnvironment}, Severity::warning, "environment", "DOCKER_API_VERSION",
                      "expected a version from 1.24 on, such as 1.41, not " + config::quoted(version),
                      "the version is settled with the engine", ""});
}

}  // namespace

void settle_docker(bool other_providers, const Environment& environment, OptionsDraft& draft, Problems& problems) {
  auto& docker = draft.options.docker;
  docker.enabled = draft.docker.value_or(!other_providers);
  if (!docker.enabled) return;
  Setting at = draft.docker_endpoint.value_or(Setting{});
  if (const auto host = variable(environment, "DOCKER_HOST"); !host.empty() && host != docker.endpoint) {
    docker.endpoint = host;
    draft.origins.insert_or_assign("providers.docker.endpoint", from_variable("DOCKER_HOST"));
    const bool overrides = draft.docker_endpoint.has_value();
    at = from_variable("DOCKER_HOST");
    if (overrides) {
      problems.push_back({std::string{option_code::kEnvironment}, Severity::info, at.where, at.key,
                          "wins over providers.docker.endpoint, as in Traefik", config::quoted(host) + " is used", ""});
    }
  }
  if (const auto folder = variable(environment, "DOCKER_CERT_PATH"); !folder.empty()) {
    docker.tls = DockerTlsOptions{folder + "/ca.pem", folder + "/cert.pem", folder + "/key.pem",
                                  variable(environment, "DOCKER_TLS_VERIFY").empty()};
    for (const char* key : {"ca", "cert", "key", "insecureskipverify"}) {
      draft.origins.insert_or_assign("providers.docker.tls." + std::string{key}, from_variable("DOCKER_CERT_PATH"));
    }
  }
  settle_api_version(environment, draft, problems);
  check_endpoint(at, draft, problems);
}

}  // namespace mooring::config
