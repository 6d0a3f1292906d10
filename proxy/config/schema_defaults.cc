// The table's part for defaults that are not simply "nothing", "false" or 0.
#include <algorithm>
#include <array>

#include "proxy/config/schema.h"

namespace mooring::config {
namespace {

struct Default {
  std::string_view path;  // as in the table; of a cookie or an IP strategy what stands before it is left out
  std::string_view text;
};

constexpr auto kDefaults = std::to_array<Default>({
    {"enable", "`exposedByDefault`, which is true"},
    {"docker.network", "`providers.docker.network`, else one that the proxy shares"},
    {"swarm.network", "`providers.swarm.network`"},
    {"http.routers.*.rule", "`defaultRule`"},
    {"http.routers.*.ruleSyntax", "`core.defaultRuleSyntax`, which is v3"},
    {"http.routers.*.entryPoints", "those with `asDefault`; else all but `traefik`"},
    {"http.routers.*.service", "the container's only service"},
    {"http.routers.*.priority", "the length of the rule"},
    {"http.routers.*.tls.options", "default"},
    {"http.routers.*.tls.domains[].main", "from `Host` in the rule"},
    {"http.routers.*.observability.accessLogs", "true"},
    {"http.routers.*.observability.metrics", "true"},
    {"http.routers.*.observability.tracing", "true"},
    {"http.routers.*.observability.traceVerbosity", "minimal"},
    {"http.services.*.loadBalancer.server.port", "the lowest exposed TCP port"},
    {"http.services.*.loadBalancer.server.scheme", "http"},
    {"http.services.*.loadBalancer.server.weight", "1"},
    {"http.services.*.loadBalancer.servers[].url", "required"},
    {"http.services.*.loadBalancer.servers[].weight", "1"},
    {"http.services.*.loadBalancer.passHostHeader", "true"},
    {"http.services.*.loadBalancer.strategy", "wrr"},
    {"http.services.*.loadBalancer.healthCheck.scheme", "the server's"},
    {"http.services.*.loadBalancer.healthCheck.mode", "http"},
    {"http.services.*.loadBalancer.healthCheck.path", "/"},
    {"http.services.*.loadBalancer.healthCheck.method", "GET"},
    {"http.services.*.loadBalancer.healthCheck.status", "any 2xx or 3xx"},
    {"http.services.*.loadBalancer.healthCheck.port", "the server's"},
    {"http.services.*.loadBalancer.healthCheck.hostname", "the server's"},
    {"http.services.*.loadBalancer.healthCheck.interval", "30s"},
    {"http.services.*.loadBalancer.healthCheck.unhealthyInterval", "`interval`"},
    {"http.services.*.loadBalancer.healthCheck.timeout", "5s"},
    {"http.services.*.loadBalancer.healthCheck.followRedirects", "true"},
    {"http.services.*.loadBalancer.passiveHealthCheck.failureWindow", "10s"},
    {"http.services.*.loadBalancer.passiveHealthCheck.maxFailedAttempts", "1"},
    {"http.services.*.healthCheck.rise", "1"},
    {"http.services.*.healthCheck.fall", "1"},
    {"http.services.*.queue.timeout", "0s, not held"},
    {"http.services.*.queue.size", "1000"},
    {"http.services.*.loadBalancer.responseForwarding.flushInterval", "100ms"},
    {"http.services.*.loadBalancer.serversTransport", "default@internal"},
    {"http.services.*.weighted.services[].weight", "1"},
    {"http.services.*.highestRandomWeight.services[].weight", "1"},
    {"http.services.*.mirroring.mirrorBody", "true"},
    {"http.services.*.mirroring.maxBodySize", "-1, no limit"},
    {"http.services.*.failover.errors.maxRequestBodyBytes", "-1, no limit"},
    {"http.serversTransports.*.maxIdleConnsPerHost", "2; negative: none is reused"},
    {"http.serversTransports.*.forwardingTimeouts.dialTimeout", "30s"},
    {"http.serversTransports.*.forwardingTimeouts.responseHeaderTimeout", "0s, none"},
    {"http.serversTransports.*.forwardingTimeouts.idleConnTimeout", "90s"},
    {"http.serversTransports.*.forwardingTimeouts.readIdleTimeout", "0s, none"},
    {"http.serversTransports.*.forwardingTimeouts.pingTimeout", "15s"},
    {"sticky.cookie.name", "made from the service's name"},
    {"sticky.cookie.maxAge", "0, until the browser ends"},
    {"sticky.cookie.path", "/"},
    {"sticky.cookie.domain", "the host that was asked"},
    {"ipStrategy.depth", "0, the peer's address"},
    {"http.middlewares.*.chain.middlewares", "required"},
    {"http.middlewares.*.addPrefix.prefix", "required"},
    {"http.middlewares.*.stripPrefix.prefixes", "required"},
    {"http.middlewares.*.stripPrefixRegex.regex", "required"},
    {"http.middlewares.*.replacePath.path", "required"},
    {"http.middlewares.*.replacePathRegex.regex", "required"},
    {"http.middlewares.*.ipWhiteList.sourceRange", "required"},
    {"http.middlewares.*.ipAllowList.sourceRange", "required"},
    {"http.middlewares.*.ipAllowList.rejectStatusCode", "403"},
    {"http.middlewares.*.errors.status", "required"},
    {"http.middlewares.*.errors.service", "required"},
    {"http.middlewares.*.errors.errorRequestHeaders", "all"},
    {"http.middlewares.*.rateLimit.average", "0, off"},
    {"http.middlewares.*.rateLimit.period", "1s"},
    {"http.middlewares.*.rateLimit.burst", "1"},
    {"http.middlewares.*.redirectRegex.regex", "required"},
    {"http.middlewares.*.redirectRegex.replacement", "required"},
    {"http.middlewares.*.redirectScheme.scheme", "required"},
    {"http.middlewares.*.basicAuth.realm", "traefik"},
    {"http.middlewares.*.digestAuth.realm", "traefik"},
    {"http.middlewares.*.forwardAuth.address", "required"},
    {"http.middlewares.*.forwardAuth.trustForwardHeader", "unset"},
    {"http.middlewares.*.forwardAuth.authRequestHeaders", "all"},
    {"http.middlewares.*.forwardAuth.maxBodySize", "-1, no limit"},
    {"http.middlewares.*.forwardAuth.maxResponseBodySize", "-1, no limit"},
    {"http.middlewares.*.inFlightReq.amount", "0, off"},
    {"http.middlewares.*.inFlightReq.sourceCriterion.requestHost", "true, when no other is given"},
    {"http.middlewares.*.buffering.maxRequestBodyBytes", "0, no limit"},
    {"http.middlewares.*.buffering.memRequestBodyBytes", "1048576"},
    {"http.middlewares.*.buffering.maxResponseBodyBytes", "0, no limit"},
    {"http.middlewares.*.buffering.memResponseBodyBytes", "1048576"},
    {"http.middlewares.*.circuitBreaker.expression", "required"},
    {"http.middlewares.*.circuitBreaker.checkPeriod", "100ms"},
    {"http.middlewares.*.circuitBreaker.fallbackDuration", "10s"},
    {"http.middlewares.*.circuitBreaker.recoveryDuration", "10s"},
    {"http.middlewares.*.circuitBreaker.responseCode", "503"},
    {"http.middlewares.*.compress.encodings", "gzip, br, zstd"},
    {"http.middlewares.*.compress.minResponseBodyBytes", "1024"},
    {"http.middlewares.*.retry.attempts", "required"},
    {"http.middlewares.*.retry.initialInterval", "0s, at once"},
    {"http.middlewares.*.retry.timeout", "0s, none"},
    {"http.middlewares.*.retry.maxRequestBodyBytes", "2097152"},
    {"tcp.routers.*.rule", "required"},
    {"tcp.routers.*.tls.options", "default"},
    {"tcp.services.*.loadBalancer.proxyProtocol.version", "2"},
    {"tcp.services.*.loadBalancer.terminationDelay", "100"},
    {"tcp.services.*.loadBalancer.healthCheck.interval", "30s"},
    {"tcp.services.*.loadBalancer.healthCheck.timeout", "5s"},
    {"tcp.services.*.weighted.services[].weight", "1"},
    {"tcp.serversTransports.*.dialTimeout", "30s"},
    {"tcp.serversTransports.*.dialKeepAlive", "15s"},
    {"tcp.serversTransports.*.terminationDelay", "100ms"},
    {"udp.services.*.weighted.services[].weight", "1"},
    {"tls.options.*.minVersion", "VersionTLS12"},
    {"tls.options.*.alpnProtocols", "h2, http/1.1, acme-tls/1"},
});

std::string_view plain(ValueType type) {
  switch (type) {
    case ValueType::boolean:
      return "false";
    case ValueType::integer:
    case ValueType::number:
      return "0";
    case ValueType::toggle:
      return "off";
    default:
      return "none";
  }
}

// Cookies and IP strategies stand below several keys: they are found by the end of the path.
bool is_end(std::string_view path) {
  return path.starts_with("sticky.") || path.starts_with("ipStrategy.");
}

bool ends_with_key(std::string_view path, std::string_view key) {
  return path.size() > key.size() && path.ends_with(key) && path[path.size() - key.size() - 1] == '.';
}

}  // namespace

std::string_view default_of(const SchemaEntry& entry) {
  const auto found = std::ranges::find_if(kDefaults, [&](const Default& each) {
    return is_end(each.path) ? ends_with_key(entry.path, each.path) : each.path == entry.path;
  });
  return found == kDefaults.end() ? plain(entry.type) : found->text;
}

std::vector<std::string_view> defaulted_paths() {
  std::vector<std::string_view> paths;
  paths.reserve(kDefaults.size());
  for (const Default& each : kDefaults) paths.push_back(each.path);
  return paths;
}

}  // namespace mooring::config
