// The table's part for tcp, udp and tls. None of it is done: a TCP or UDP router that is not served widens nothing.
#include <array>

#include "proxy/config/schema.h"

namespace mooring::config {
namespace {

using enum ValueType;
using enum Support;

constexpr auto kTransport = std::to_array<SchemaEntry>({
    {"tcp.routers.*.rule", text, guards},
    {"tcp.routers.*.entryPoints", list, guards},
    {"tcp.routers.*.middlewares", list, guards},
    {"tcp.routers.*.service", text, guards},
    {"tcp.routers.*.priority", integer, guards},
    {"tcp.routers.*.ruleSyntax", text, guards},
    {"tcp.routers.*.tls", toggle, guards},
    {"tcp.routers.*.tls.passthrough", boolean, guards},
    {"tcp.routers.*.tls.options", text, guards},
    {"tcp.routers.*.tls.certResolver", text, guards},
    {"tcp.routers.*.tls.domains[].main", text, guards},
    {"tcp.routers.*.tls.domains[].sans", list, guards},
    {"tcp.services.*.loadBalancer.server.port", integer, guards, Form::label},
    {"tcp.services.*.loadBalancer.server.tls", boolean, guards, Form::label},
    {"tcp.services.*.loadBalancer.servers[].address", text, guards, Form::file},
    {"tcp.services.*.loadBalancer.servers[].tls", boolean, guards, Form::file},
    {"tcp.services.*.loadBalancer.proxyProtocol.version", integer, guards},
    {"tcp.services.*.loadBalancer.terminationDelay", integer, guards},
    {"tcp.services.*.loadBalancer.serversTransport", text, guards},
    {"tcp.services.*.loadBalancer.healthCheck", toggle, guards},
    {"tcp.services.*.loadBalancer.healthCheck.port", integer, guards},
    {"tcp.services.*.loadBalancer.healthCheck.send", text, guards},
    {"tcp.services.*.loadBalancer.healthCheck.expect", text, guards},
    {"tcp.services.*.loadBalancer.healthCheck.interval", duration, guards},
    {"tcp.services.*.loadBalancer.healthCheck.unhealthyInterval", duration, guards},
    {"tcp.services.*.loadBalancer.healthCheck.timeout", duration, guards},
    {"tcp.services.*.weighted.services[].name", text, guards, Form::file},
    {"tcp.services.*.weighted.services[].weight", integer, guards, Form::file},
    {"tcp.services.*.weighted.healthCheck", toggle, guards, Form::file},
    {"tcp.middlewares.*.ipAllowList.sourceRange", list, guards},
    {"tcp.middlewares.*.ipWhiteList.sourceRange", list, guards},
    {"tcp.middlewares.*.inFlightConn.amount", integer, guards},
    {"tcp.serversTransports.*.dialTimeout", duration, guards, Form::file},
    {"tcp.serversTransports.*.dialKeepAlive", duration, guards, Form::file},
    {"tcp.serversTransports.*.terminationDelay", duration, guards, Form::file},
    {"tcp.serversTransports.*.proxyProtocol.version", integer, guards, Form::file},
    {"tcp.serversTransports.*.tls.serverName", text, guards, Form::file},
    {"tcp.serversTransports.*.tls.insecureSkipVerify", boolean, guards, Form::file},
    {"tcp.serversTransports.*.tls.rootCAs", list, guards, Form::file},
    {"tcp.serversTransports.*.tls.certificates[].certFile", text, guards, Form::file},
    {"tcp.serversTransports.*.tls.certificates[].keyFile", text, guards, Form::file},
    {"tcp.serversTransports.*.tls.peerCertURI", text, guards, Form::file},
    {"tcp.serversTransports.*.tls.peerCertSANs", list, guards, Form::file},
    {"tcp.serversTransports.*.tls.spiffe.ids", list, guards, Form::file},
    {"tcp.serversTransports.*.tls.spiffe.trustDomain", text, guards, Form::file},

    {"udp.routers.*.entryPoints", list, guards},
    {"udp.routers.*.service", text, guards},
    {"udp.services.*.loadBalancer.server.port", integer, guards, Form::label},
    {"udp.services.*.loadBalancer.servers[].address", text, guards, Form::file},
    {"udp.services.*.weighted.services[].name", text, guards, Form::file},
    {"udp.services.*.weighted.services[].weight", integer, guards, Form::file},

    {"tls.options.*.minVersion", text, guards, Form::file},
    {"tls.options.*.maxVersion", text, guards, Form::file},
    {"tls.options.*.cipherSuites", list, guards, Form::file},
    {"tls.options.*.curvePreferences", list, guards, Form::file},
    {"tls.options.*.clientAuth.caFiles", list, guards, Form::file},
    {"tls.options.*.clientAuth.clientAuthType", text, guards, Form::file},
    {"tls.options.*.sniStrict", boolean, guards, Form::file},
    {"tls.options.*.alpnProtocols", list, guards, Form::file},
    {"tls.options.*.disableSessionTickets", boolean, guards, Form::file},
    {"tls.options.*.preferServerCipherSuites", boolean, guards, Form::file},
    {"tls.certificates[].certFile", text, guards, Form::file},
    {"tls.certificates[].keyFile", text, guards, Form::file},
    {"tls.certificates[].stores", list, guards, Form::file},
    {"tls.stores.*.defaultCertificate.certFile", text, guards, Form::file},
    {"tls.stores.*.defaultCertificate.keyFile", text, guards, Form::file},
    {"tls.stores.*.defaultGeneratedCert.resolver", text, guards},
    {"tls.stores.*.defaultGeneratedCert.domain.main", text, guards},
    {"tls.stores.*.defaultGeneratedCert.domain.sans", list, guards},
});

}  // namespace

std::span<const SchemaEntry> transport_entries() {
  return kTransport;
}

}  // namespace mooring::config
