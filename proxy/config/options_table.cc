#include "proxy/config/options_table.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace mooring::config {
namespace {

using enum OptionStatus;

constexpr std::string_view kTls = "ca cert key insecureSkipVerify:bool";
constexpr std::string_view kNoCaOptional = "delete it: it never had an effect on a client";
constexpr std::string_view kNamespaces = "write `namespaces`, a list";
constexpr std::string_view kOtlpInstead = "Traefik 3 traces over OTLP alone: write tracing.otlp";
constexpr std::string_view kKubernetes =
    "allowExternalNameServices:bool allowEmptyServices:bool certAuthFilePath crossProviderNamespaces:list "
    "disableClusterScopeResources:bool disableIngressClassLookup:bool endpoint ingressClass labelSelector "
    "namespaces:list nativeLBByDefault:bool throttleDuration:dur token";
constexpr std::string_view kMetrics = "addEntryPointsLabels:true addRoutersLabels:bool addServicesLabels:true";
constexpr std::string_view kDockerLike =
    "allowEmptyServices:bool constraints defaultRule endpoint exposedByDefault:true httpClientTimeout:dur network "
    "useBindPortIP:bool watch:true";

// What this version does.
constexpr std::array kDone{
    OptionGroup{"", done, "workers:int controlSocket accessLog:on api:on log:on ping:on"},
    OptionGroup{"sticky", done, "key"},
    OptionGroup{"", accepted, "configFile"},
    OptionGroup{"global", accepted, "checkNewVersion:true sendAnonymousUsage:bool"},
    OptionGroup{"entryPoints", done, "*:on"},
    OptionGroup{"entryPoints.*", done, "address:list asDefault:bool reusePort:bool proxyProtocol:on"},
    OptionGroup{"entryPoints.*.forwardedHeaders", done,
                "insecure:bool trustedIPs:list connection:list notAppendXForwardedFor:bool"},
    OptionGroup{"entryPoints.*.proxyProtocol", done, "insecure:bool trustedIPs:list"},
    OptionGroup{"entryPoints.*.transport", done, "keepAliveMaxRequests:int keepAliveMaxTime:dur"},
    OptionGroup{"entryPoints.*.transport.respondingTimeouts", done, "readTimeout:dur writeTimeout:dur idleTimeout:dur"},
    OptionGroup{"entryPoints.*.transport.lifeCycle", done, "requestAcceptGraceTimeout:dur graceTimeOut:dur"},
    OptionGroup{"entryPoints.*.http", done,
                "middlewares:list encodeQuerySemicolons:bool sanitizePath:true maxHeaderBytes:int "
                "underscoreHeadersStrategy"},
    OptionGroup{"entryPoints.*.http.redirections.entryPoint", done, "to scheme permanent:true priority:int"},
    OptionGroup{"entryPoints.*.http.encodedCharacters", done,
                "allowEncodedSlash:true allowEncodedBackSlash:true allowEncodedNullCharacter:true "
                "allowEncodedSemicolon:true allowEncodedPercent:true allowEncodedQuestionMark:true "
                "allowEncodedHash:true"},
    OptionGroup{"entryPoints.*.observability", done, "accessLogs:true"},
    OptionGroup{"providers", done, "docker:on file:on"},
    OptionGroup{"providers", accepted, "providersThrottleDuration:dur"},
    OptionGroup{"providers.docker", done, kDockerLike},
    OptionGroup{"providers.docker", done, "lingerTime:dur pollInterval:dur"},
    OptionGroup{"providers.docker.tls", done, kTls},
    OptionGroup{"providers.file", done, "directory filename watch:true"},
    OptionGroup{"api", done, "insecure:bool dashboard:true basePath"},
    OptionGroup{"ping", done, "entryPoint manualRouting:bool terminatingStatusCode:int"},
    OptionGroup{"log", done, "level format noColor:bool filePath"},
    OptionGroup{"accessLog", done, "format filePath bufferingSize:int addInternals:bool"},
    OptionGroup{"accessLog.filters", done, "statusCodes:list retryAttempts:bool minDuration:dur"},
    OptionGroup{"accessLog.fields", done, "defaultMode names:names"},
    OptionGroup{"accessLog.fields.headers", done, "defaultMode names:names"},
    OptionGroup{"accessLog.fields.queryParameters", done, "defaultMode"},
    OptionGroup{"serversTransport", done, "maxIdleConnsPerHost:int"},
    OptionGroup{"serversTransport.forwardingTimeouts", done,
                "dialTimeout:dur responseHeaderTimeout:dur idleConnTimeout:dur"},
    OptionGroup{"core", done, "defaultRuleSyntax"},
};

// Entry points, what stands before and behind them, and what is seen of them.
constexpr std::array kKnown{
    OptionGroup{"entryPoints.*", known, "allowACMEByPass:bool http3:on"},
    OptionGroup{"entryPoints.*.forwardedHeaders", known, "addXForwardedSchemeHeaders:bool"},
    OptionGroup{"entryPoints.*.http", guarded, "tls:on aliasHeadersStrategy"},
    OptionGroup{"entryPoints.*.http.tls", guarded, "options certResolver domains:objects"},
    OptionGroup{"entryPoints.*.http.tls.domains", guarded, "main sans:list"},
    OptionGroup{"entryPoints.*.http2", known,
                "maxConcurrentStreams:int maxDecoderHeaderTableSize:int maxEncoderHeaderTableSize:int"},
    OptionGroup{"entryPoints.*.http3", known, "advertisedPort:int"},
    OptionGroup{"entryPoints.*.udp", known, "timeout:dur"},
    OptionGroup{"entryPoints.*.observability", known, "metrics:true tracing:true traceVerbosity"},
    OptionGroup{"global", known, "notAppendXForwardedFor:bool"},
    OptionGroup{"core", known, "strictTLSOptions:bool"},
    OptionGroup{"api", known, "debug:bool disableDashboardAd:bool dashboardName"},
    OptionGroup{"log", known, "maxSize:int maxAge:int maxBackups:int compress:bool otlp:on"},
    OptionGroup{"accessLog", known, "dualOutput:bool otlp:on"},
    OptionGroup{"accessLog.fields.queryParameters", known, "names:names"},
    OptionGroup{"serversTransport", known, "insecureSkipVerify:bool rootCAs:list spiffe:on disableHTTP2:bool"},
    OptionGroup{"serversTransport.forwardingTimeouts", known, "readIdleTimeout:dur pingTimeout:dur"},
    OptionGroup{"serversTransport.spiffe", known, "ids:list trustDomain"},
    OptionGroup{"tcpServersTransport", known, "dialKeepAlive:dur dialTimeout:dur terminationDelay:dur tls:on"},
    OptionGroup{"tcpServersTransport.tls", known, "insecureSkipVerify:bool rootCAs:list spiffe:on"},
    OptionGroup{"tcpServersTransport.tls.spiffe", known, "ids:list trustDomain"},
    OptionGroup{"spiffe", known, "workloadAPIAddr"},
    OptionGroup{"", known, "hostResolver:on ocsp:on tracing:on"},
    OptionGroup{"hostResolver", known, "cnameFlattening:bool resolvConfig resolvDepth:int"},
    OptionGroup{"ocsp", known, "responderOverrides:names"},
    OptionGroup{"tracing", known,
                "addInternals:bool capturedRequestHeaders:list capturedResponseHeaders:list globalAttributes:names "
                "otlp:on resourceAttributes:names safeQueryParams:list sampleRate:num serviceName"},
    OptionGroup{"metrics", known, "addInternals:bool datadog:on influxDB2:on otlp:on prometheus:on statsD:on"},
    OptionGroup{"metrics.prometheus", known, "buckets:list entryPoint headerLabels:names manualRouting:bool"},
    OptionGroup{"metrics.prometheus", known, kMetrics},
    OptionGroup{"metrics.datadog", known, "address prefix pushInterval:dur"},
    OptionGroup{"metrics.datadog", known, kMetrics},
    OptionGroup{"metrics.statsD", known, "address prefix pushInterval:dur"},
    OptionGroup{"metrics.statsD", known, kMetrics},
    OptionGroup{"metrics.influxDB2", known, "additionalLabels:names address bucket org pushInterval:dur token"},
    OptionGroup{"metrics.influxDB2", known, kMetrics},
    OptionGroup{"metrics.otlp", known, "explicitBoundaries:list pushInterval:dur"},
    OptionGroup{"metrics.otlp", known, kMetrics},
    OptionGroup{"certificatesResolvers", known, "*:on"},
    OptionGroup{"certificatesResolvers.*", known, "tailscale:on acme:on"},
    OptionGroup{"certificatesResolvers.*.acme", known,
                "caCertificates:list caServer caServerName caSystemCertPool:bool certificatesDuration:int "
                "certificateTimeout:dur clientResponseHeaderTimeout:dur clientTimeout:dur disableCommonName:bool "
                "dnsChallenge:on email emailAddresses:list httpChallenge:on keyType preferredChain profile storage "
                "tlsChallenge:on"},
    OptionGroup{"certificatesResolvers.*.acme.dnsChallenge", known,
                "delayBeforeCheck:dur disablePropagationCheck:bool propagation:on provider resolvers:list"},
    OptionGroup{"certificatesResolvers.*.acme.dnsChallenge.propagation", known,
                "delayBeforeChecks:dur disableANSChecks:bool disableChecks:bool requireAllRNS:bool"},
    OptionGroup{"certificatesResolvers.*.acme.eab", known, "hmacEncoded kid"},
    OptionGroup{"certificatesResolvers.*.acme.httpChallenge", known, "delay:dur entryPoint"},
    OptionGroup{"certificatesResolvers.*.acme.tlsChallenge", known, "delay:dur"},
    OptionGroup{"experimental", known,
                "abortOnPluginFailure:bool fastProxy:on knative:bool kubernetesGateway:bool "
                "kubernetesIngressNGINX:bool otlpLogs:bool plugins:any localPlugins:any"},
    OptionGroup{"experimental.fastProxy", known, "debug:bool"},
};

// Where a collector of OpenTelemetry is: the same below four sections.
constexpr std::string_view kOtlpGrpc = "endpoint headers:names insecure:bool";
constexpr std::array kOtlp{
    OptionGroup{"accessLog.otlp", known, "grpc:on http:on resourceAttributes:names serviceName"},
    OptionGroup{"accessLog.otlp.grpc", known, kOtlpGrpc},
    OptionGroup{"accessLog.otlp.grpc.tls", known, kTls},
    OptionGroup{"accessLog.otlp.http", known, "endpoint headers:names"},
    OptionGroup{"accessLog.otlp.http.tls", known, kTls},
    OptionGroup{"log.otlp", known, "grpc:on http:on resourceAttributes:names serviceName"},
    OptionGroup{"log.otlp.grpc", known, kOtlpGrpc},
    OptionGroup{"log.otlp.grpc.tls", known, kTls},
    OptionGroup{"log.otlp.http", known, "endpoint headers:names"},
    OptionGroup{"log.otlp.http.tls", known, kTls},
    OptionGroup{"metrics.otlp", known, "grpc:on http:on resourceAttributes:names serviceName"},
    OptionGroup{"metrics.otlp.grpc", known, kOtlpGrpc},
    OptionGroup{"metrics.otlp.grpc.tls", known, kTls},
    OptionGroup{"metrics.otlp.http", known, "endpoint headers:names"},
    OptionGroup{"metrics.otlp.http.tls", known, kTls},
    OptionGroup{"tracing.otlp", known, "grpc:on http:on"},
    OptionGroup{"tracing.otlp.grpc", known, kOtlpGrpc},
    OptionGroup{"tracing.otlp.grpc.tls", known, kTls},
    OptionGroup{"tracing.otlp.http", known, "endpoint headers:names"},
    OptionGroup{"tracing.otlp.http.tls", known, kTls},
};

constexpr std::array kProviders{
    OptionGroup{"providers.docker", known, "username password"},
    OptionGroup{"providers", known,
                "precedence:list swarm:on http:on rest:on plugin:any consul:on consulCatalog:on ecs:on etcd:on "
                "knative:on kubernetesCRD:on kubernetesGateway:on kubernetesIngress:on kubernetesIngressNGINX:on "
                "nomad:on redis:on zooKeeper:on"},
    OptionGroup{"providers.file", known, "debugLogGeneratedTemplate:bool"},
    OptionGroup{"providers.swarm", known, kDockerLike},
    OptionGroup{"providers.swarm", known, "username password refreshSeconds:dur"},
    OptionGroup{"providers.swarm.tls", known, kTls},
    OptionGroup{"providers.http", known,
                "endpoint headers:names maxResponseBodySize:int pollInterval:dur pollTimeout:dur"},
    OptionGroup{"providers.http.tls", known, kTls},
    OptionGroup{"providers.rest", known, "insecure:bool"},
    OptionGroup{"providers.consul", known, "endpoints:list namespaces:list rootKey token"},
    OptionGroup{"providers.consul.tls", known, kTls},
    OptionGroup{"providers.consulCatalog", known,
                "cache:bool connectAware:bool connectByDefault:bool constraints defaultRule exposedByDefault:true "
                "namespaces:list prefix refreshInterval:dur requireConsistent:bool serviceName stale:bool "
                "strictChecks:list watch:bool"},
    OptionGroup{"providers.consulCatalog.endpoint", known, "address dataCenter endpointWaitTime:dur scheme token"},
    OptionGroup{"providers.consulCatalog.endpoint.httpAuth", known, "username password"},
    OptionGroup{"providers.consulCatalog.endpoint.tls", known, kTls},
    OptionGroup{"providers.ecs", known,
                "accessKeyID autoDiscoverClusters:bool clusters:list constraints defaultRule ecsAnywhere:bool "
                "exposedByDefault:true healthyTasksOnly:bool refreshSeconds:int region secretAccessKey"},
    OptionGroup{"providers.etcd", known, "endpoints:list rootKey username password"},
    OptionGroup{"providers.etcd.tls", known, kTls},
    OptionGroup{"providers.knative", known,
                "certAuthFilePath endpoint labelSelector namespaces:list privateEntryPoints:list privateService:on "
                "publicEntryPoints:list publicService:on throttleDuration:dur token"},
    OptionGroup{"providers.knative.privateService", known, "name namespace"},
    OptionGroup{"providers.knative.publicService", known, "name namespace"},
    OptionGroup{"providers.kubernetesCRD", known, kKubernetes},
    OptionGroup{"providers.kubernetesCRD", known,
                "allowCrossNamespace:bool defaultTLSResourcesNamespace safeNaming:bool"},
    OptionGroup{"providers.kubernetesGateway", known,
                "burst:int certAuthFilePath crossProviderNamespaces:list endpoint experimentalChannel:bool "
                "labelSelector namespaces:list nativeLBByDefault:bool qps:num throttleDuration:dur token"},
    OptionGroup{"providers.kubernetesGateway.statusAddress", known, "hostname ip service:on"},
    OptionGroup{"providers.kubernetesGateway.statusAddress.service", known, "name namespace"},
    OptionGroup{"providers.kubernetesIngress", known, kKubernetes},
    OptionGroup{"providers.kubernetesIngress", known, "strictPrefixMatching:bool"},
    OptionGroup{"providers.kubernetesIngress.ingressEndpoint", known, "hostname ip publishedService"},
    OptionGroup{"providers.kubernetesIngressNGINX", known,
                "certAuthFilePath controllerClass defaultBackendService disableSvcExternalName:bool endpoint "
                "ingressClass ingressClassByName:bool publishService publishStatusAddress:list throttleDuration:dur "
                "token watchIngressWithoutClass:bool watchNamespace watchNamespaceSelector"},
    OptionGroup{"providers.kubernetesIngressNGINX", known,
                "allowCrossNamespaceResources:bool allowSnippetAnnotations:bool clientBodyBufferSize:int "
                "customHTTPErrors:list globalAllowedResponseHeaders:list globalAuthURL httpEntryPoint httpsEntryPoint "
                "proxyBodySize:int proxyBufferSize:int proxyBuffering:bool proxyBuffersNumber:int "
                "proxyConnectTimeout:int proxyNextUpstream proxyNextUpstreamTimeout:int proxyNextUpstreamTries:int "
                "proxyReadTimeout:int proxyRequestBuffering:bool proxySendTimeout:int strictValidatePathType:true "
                "upstreamKeepaliveTimeout:int"},
    OptionGroup{"providers.kubernetesIngressNGINX.ipAllowListStrategy", known,
                "depth:int excludedIPs:list ipv6Subnet:int"},
    OptionGroup{"providers.nomad", known,
                "allowEmptyServices:bool constraints defaultRule exposedByDefault:true namespaces:list prefix "
                "refreshInterval:dur stale:bool throttleDuration:dur watch:bool"},
    OptionGroup{"providers.nomad.endpoint", known, "address endpointWaitTime:dur region token"},
    OptionGroup{"providers.nomad.endpoint.tls", known, kTls},
    OptionGroup{"providers.redis", known, "db:int endpoints:list rootKey username password"},
    OptionGroup{"providers.redis.sentinel", known,
                "latencyStrategy:bool masterName username password randomStrategy:bool replicaStrategy:bool "
                "useDisconnectedReplicas:bool"},
    OptionGroup{"providers.redis.tls", known, kTls},
    OptionGroup{"providers.zooKeeper", known, "endpoints:list rootKey username password"},
};

// Traefik 2's and 1's. The note is what to do.
constexpr std::array kRemoved{
    OptionGroup{"", removed, "pilot:any", "delete it: Traefik Pilot is gone since Traefik 3"},
    OptionGroup{"", removed, "hub:any", "delete it: it is no part of Traefik 3"},
    OptionGroup{"experimental", removed, "http3:any", "write entryPoints.<name>.http3"},
    OptionGroup{"experimental", removed, "hub:any", "delete it: it is no part of Traefik 3"},
    OptionGroup{"providers.docker", removed, "swarmMode:any", "delete it; for Swarm use providers.swarm"},
    OptionGroup{"providers.docker", removed, "swarmModeRefreshSeconds:any", "write providers.swarm.refreshSeconds"},
    OptionGroup{"providers.docker.tls", removed, "caOptional:any", kNoCaOptional},
    OptionGroup{"providers.swarm.tls", removed, "caOptional:any", kNoCaOptional},
    OptionGroup{"providers.http.tls", removed, "caOptional:any", kNoCaOptional},
    OptionGroup{"providers.consul.tls", removed, "caOptional:any", kNoCaOptional},
    OptionGroup{"providers.consulCatalog.endpoint.tls", removed, "caOptional:any", kNoCaOptional},
    OptionGroup{"providers.nomad.endpoint.tls", removed, "caOptional:any", kNoCaOptional},
    OptionGroup{"providers.etcd.tls", removed, "caOptional:any", kNoCaOptional},
    OptionGroup{"providers.redis.tls", removed, "caOptional:any", kNoCaOptional},
    OptionGroup{"providers.consul", removed, "namespace:any", kNamespaces},
    OptionGroup{"providers.consulCatalog", removed, "namespace:any", kNamespaces},
    OptionGroup{"providers.nomad", removed, "namespace:any", kNamespaces},
    OptionGroup{"providers", removed, "marathon:any rancher:any", "delete it: the provider is gone since Traefik 3"},
    OptionGroup{"metrics", removed, "influxDB:any", "write metrics.influxDB2: InfluxDB 1 is gone since Traefik 3"},
    OptionGroup{"metrics", removed, "openTelemetry:any", "write metrics.otlp"},
    OptionGroup{"tracing", removed, "jaeger:any zipkin:any datadog:any instana:any haystack:any elastic:any",
                kOtlpInstead},
    OptionGroup{"tracing", removed, "openTelemetry:any", "write tracing.otlp"},
    OptionGroup{"tracing", removed, "spanNameLimit:any", "delete it: it is gone since Traefik 3"},
    OptionGroup{"", removed, "defaultEntryPoints:any", "write asDefault: true below the entry point"},
    OptionGroup{"", removed, "docker:any", "write providers.docker"},
    OptionGroup{"", removed, "file:any", "write providers.file"},
    OptionGroup{"", removed, "acme:any", "write certificatesResolvers.<name>.acme"},
    OptionGroup{"", removed, "web:any", "write api, ping and metrics"},
    OptionGroup{"", removed, "rest:any", "write providers.rest"},
    OptionGroup{"", removed, "kubernetes:any", "write providers.kubernetesIngress"},
    OptionGroup{"", removed, "consul:any consulCatalog:any etcd:any zookeeper:any ecs:any", "write it below providers"},
    OptionGroup{"", removed, "marathon:any mesos:any eureka:any boltdb:any dynamodb:any rancher:any serviceFabric:any",
                "delete it: the provider is gone"},
    OptionGroup{"", removed, "traefikLog:any traefikLogsFile:any", "write log.filePath"},
    OptionGroup{"", removed, "accessLogsFile:any", "write accessLog.filePath"},
    OptionGroup{"", removed, "logLevel:any debug:any", "write log.level"},
    OptionGroup{"", removed, "checkNewVersion:any sendAnonymousUsage:any", "write it below global"},
    OptionGroup{"", removed, "insecureSkipVerify:any rootCAs:any maxIdleConnsPerHost:any forwardingTimeouts:any",
                "write it below serversTransport"},
    OptionGroup{"", removed, "providersThrottleDuration:any", "write it below providers"},
    OptionGroup{"", removed, "respondingTimeouts:any lifeCycle:any", "write it below entryPoints.<name>.transport"},
    OptionGroup{"", removed, "graceTimeOut:any", "write entryPoints.<name>.transport.lifeCycle.graceTimeOut"},
    OptionGroup{"", removed, "keepTrailingSlash:any retry:any healthcheck:any constraints:any",
                "delete it: retries, checks and constraints are labels, or options of a provider"},
    OptionGroup{"api", removed, "entryPoint:any statistics:any middlewares:any",
                "write api.insecure, or a router with the service api@internal"},
    OptionGroup{"ping", removed, "middlewares:any", "make a router with the service ping@internal"},
    OptionGroup{"entryPoints.*", removed, "redirect:any", "write http.redirections.entryPoint"},
    OptionGroup{"entryPoints.*", removed, "tls:any", "write http.tls"},
    OptionGroup{"entryPoints.*", removed, "auth:any whitelist:any whiteListSourceRange:any compress:any",
                "make it a middleware and name it in http.middlewares"},
};

template <std::size_t... sizes>
constexpr auto join(const std::array<OptionGroup, sizes>&... parts) {
  std::array<OptionGroup, (sizes + ...)> all{};
  auto out = all.begin();
  ((out = std::copy(parts.begin(), parts.end(), out)), ...);
  return all;
}

constexpr auto kAll = join(kDone, kKnown, kOtlp, kProviders, kRemoved);

}  // namespace

std::span<const OptionGroup> option_groups() {
  return kAll;
}

}  // namespace mooring::config
