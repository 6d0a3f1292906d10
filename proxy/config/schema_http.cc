// The table's part for provider labels, for HTTP routers, services and servers transports, and for our own keys.
#include <array>

#include "proxy/config/schema.h"

namespace mooring::config {
namespace {

using enum ValueType;
using enum Support;

constexpr auto kProviderLabels = std::to_array<SchemaEntry>({
    {"enable", boolean, done, Form::label},
    {"docker.network", text, done, Form::label},
    {"docker.allowNonRunning", boolean, done, Form::label},
    {"docker.lbSwarm", boolean, cosmetic, Form::label},
    {"swarm.network", text, cosmetic, Form::label},
    {"swarm.lbSwarm", boolean, cosmetic, Form::label},
});

constexpr auto kHttp = std::to_array<SchemaEntry>({
    {"http.routers.*.rule", text, done},
    {"http.routers.*.entryPoints", list, done},
    {"http.routers.*.middlewares", list, done},
    {"http.routers.*.service", text, done},
    {"http.routers.*.priority", integer, done},
    {"http.routers.*.ruleSyntax", text, done},
    {"http.routers.*.tls", toggle, guards},
    {"http.routers.*.tls.options", text, guards},
    {"http.routers.*.tls.certResolver", text, guards},
    {"http.routers.*.tls.domains[].main", text, guards},
    {"http.routers.*.tls.domains[].sans", list, guards},
    {"http.routers.*.observability.accessLogs", boolean, cosmetic},
    {"http.routers.*.observability.metrics", boolean, cosmetic},
    {"http.routers.*.observability.tracing", boolean, cosmetic},
    {"http.routers.*.observability.traceVerbosity", text, cosmetic},
    {"http.routers.*.parentRefs", list, guards, Form::file},

    {"http.services.*.loadBalancer.server.port", integer, done, Form::label},
    {"http.services.*.loadBalancer.server.scheme", text, done, Form::label},
    {"http.services.*.loadBalancer.server.url", text, done, Form::label},
    {"http.services.*.loadBalancer.server.weight", integer, done, Form::label},
    {"http.services.*.loadBalancer.server.preservePath", boolean, done, Form::label},
    {"http.services.*.loadBalancer.servers[].url", text, done, Form::file},
    {"http.services.*.loadBalancer.servers[].weight", integer, done, Form::file},
    {"http.services.*.loadBalancer.servers[].preservePath", boolean, done, Form::file},
    {"http.services.*.loadBalancer.passHostHeader", boolean, done},
    {"http.services.*.loadBalancer.sticky", toggle, done},
    {"http.services.*.loadBalancer.sticky.cookie", toggle, done},
    {"http.services.*.loadBalancer.sticky.cookie.name", text, done},
    {"http.services.*.loadBalancer.sticky.cookie.secure", boolean, done},
    {"http.services.*.loadBalancer.sticky.cookie.httpOnly", boolean, done},
    {"http.services.*.loadBalancer.sticky.cookie.sameSite", text, done},
    {"http.services.*.loadBalancer.sticky.cookie.maxAge", integer, done},
    {"http.services.*.loadBalancer.sticky.cookie.path", text, done},
    {"http.services.*.loadBalancer.sticky.cookie.domain", text, done},
    {"http.services.*.loadBalancer.strategy", text, done},
    {"http.services.*.loadBalancer.healthCheck.scheme", text, done},
    {"http.services.*.loadBalancer.healthCheck.mode", text, done},
    {"http.services.*.loadBalancer.healthCheck.path", text, done},
    {"http.services.*.loadBalancer.healthCheck.method", text, done},
    {"http.services.*.loadBalancer.healthCheck.status", integer, done},
    {"http.services.*.loadBalancer.healthCheck.port", integer, done},
    {"http.services.*.loadBalancer.healthCheck.interval", duration, done},
    {"http.services.*.loadBalancer.healthCheck.unhealthyInterval", duration, done},
    {"http.services.*.loadBalancer.healthCheck.timeout", duration, done},
    {"http.services.*.loadBalancer.healthCheck.hostname", text, done},
    {"http.services.*.loadBalancer.healthCheck.followRedirects", boolean, done},
    {"http.services.*.loadBalancer.healthCheck.headers.**", texts, done},
    {"http.services.*.loadBalancer.passiveHealthCheck.failureWindow", duration, done},
    {"http.services.*.loadBalancer.passiveHealthCheck.maxFailedAttempts", integer, done},
    {"http.services.*.loadBalancer.responseForwarding.flushInterval", duration, done},
    {"http.services.*.loadBalancer.serversTransport", text, done},
    {"http.services.*.middlewares", list, guards},

    {"http.services.*.weighted.services[].name", text, guards, Form::file},
    {"http.services.*.weighted.services[].weight", integer, guards, Form::file},
    {"http.services.*.weighted.sticky", toggle, guards, Form::file},
    {"http.services.*.weighted.sticky.cookie", toggle, guards, Form::file},
    {"http.services.*.weighted.sticky.cookie.name", text, guards, Form::file},
    {"http.services.*.weighted.sticky.cookie.secure", boolean, guards, Form::file},
    {"http.services.*.weighted.sticky.cookie.httpOnly", boolean, guards, Form::file},
    {"http.services.*.weighted.sticky.cookie.sameSite", text, guards, Form::file},
    {"http.services.*.weighted.sticky.cookie.maxAge", integer, guards, Form::file},
    {"http.services.*.weighted.sticky.cookie.path", text, guards, Form::file},
    {"http.services.*.weighted.sticky.cookie.domain", text, guards, Form::file},
    {"http.services.*.weighted.healthCheck", toggle, guards, Form::file},
    {"http.services.*.highestRandomWeight.services[].name", text, guards, Form::file},
    {"http.services.*.highestRandomWeight.services[].weight", integer, guards, Form::file},
    {"http.services.*.highestRandomWeight.healthCheck", toggle, guards, Form::file},
    {"http.services.*.mirroring.service", text, guards, Form::file},
    {"http.services.*.mirroring.mirrorBody", boolean, guards, Form::file},
    {"http.services.*.mirroring.maxBodySize", integer, guards, Form::file},
    {"http.services.*.mirroring.mirrors[].name", text, guards, Form::file},
    {"http.services.*.mirroring.mirrors[].percent", integer, guards, Form::file},
    {"http.services.*.mirroring.healthCheck", toggle, guards, Form::file},
    {"http.services.*.failover.service", text, guards, Form::file},
    {"http.services.*.failover.fallback", text, guards, Form::file},
    {"http.services.*.failover.healthCheck", toggle, guards, Form::file},
    {"http.services.*.failover.errors.status", list, guards, Form::file},
    {"http.services.*.failover.errors.maxRequestBodyBytes", integer, guards, Form::file},

    {"http.serversTransports.*.serverName", text, guards, Form::file},
    {"http.serversTransports.*.insecureSkipVerify", boolean, guards, Form::file},
    {"http.serversTransports.*.rootCAs", list, guards, Form::file},
    {"http.serversTransports.*.certificates[].certFile", text, guards, Form::file},
    {"http.serversTransports.*.certificates[].keyFile", text, guards, Form::file},
    {"http.serversTransports.*.cipherSuites", list, guards, Form::file},
    {"http.serversTransports.*.minVersion", text, guards, Form::file},
    {"http.serversTransports.*.maxVersion", text, guards, Form::file},
    {"http.serversTransports.*.maxIdleConnsPerHost", integer, done, Form::file},
    {"http.serversTransports.*.forwardingTimeouts.dialTimeout", duration, done, Form::file},
    {"http.serversTransports.*.forwardingTimeouts.responseHeaderTimeout", duration, done, Form::file},
    {"http.serversTransports.*.forwardingTimeouts.idleConnTimeout", duration, done, Form::file},
    {"http.serversTransports.*.forwardingTimeouts.readIdleTimeout", duration, cosmetic, Form::file},
    {"http.serversTransports.*.forwardingTimeouts.pingTimeout", duration, cosmetic, Form::file},
    {"http.serversTransports.*.disableHTTP2", boolean, cosmetic, Form::file},
    {"http.serversTransports.*.peerCertURI", text, guards, Form::file},
    {"http.serversTransports.*.peerCertSANs", list, guards, Form::file},
    {"http.serversTransports.*.spiffe.ids", list, guards, Form::file},
    {"http.serversTransports.*.spiffe.trustDomain", text, guards, Form::file},
});

constexpr auto kOwn = std::to_array<SchemaEntry>({
    {"http.services.*.healthCheck.rise", integer, done},
    {"http.services.*.healthCheck.fall", integer, done},
    {"http.services.*.queue.timeout", duration, done},
    {"http.services.*.queue.size", integer, done},
});

}  // namespace

std::span<const SchemaEntry> own_entries() {
  return kOwn;
}
std::span<const SchemaEntry> provider_label_entries() {
  return kProviderLabels;
}
std::span<const SchemaEntry> http_entries() {
  return kHttp;
}

}  // namespace mooring::config
