// The table's part for HTTP middlewares. What is not done guards: a router is not served without a step of its chain.
// `sticky` is ours: the cookie as a middleware of the routers. Traefik has it below a service only.
#include <array>

#include "proxy/config/schema.h"

namespace mooring::config {
namespace {

using enum ValueType;
using enum Support;

constexpr auto kMiddlewares = std::to_array<SchemaEntry>({
    {"http.middlewares.*.sticky", toggle, done},
    {"http.middlewares.*.sticky.cookie", toggle, done},
    {"http.middlewares.*.sticky.cookie.name", text, done},
    {"http.middlewares.*.sticky.cookie.secure", boolean, done},
    {"http.middlewares.*.sticky.cookie.httpOnly", boolean, done},
    {"http.middlewares.*.sticky.cookie.sameSite", text, done},
    {"http.middlewares.*.sticky.cookie.maxAge", integer, done},
    {"http.middlewares.*.sticky.cookie.path", text, done},
    {"http.middlewares.*.sticky.cookie.domain", text, done},

    {"http.middlewares.*.chain.middlewares", list, done},

    {"http.middlewares.*.addPrefix.prefix", text, guards},

    {"http.middlewares.*.stripPrefix.prefixes", list, guards},
    {"http.middlewares.*.stripPrefix.forceSlash", boolean, guards},

    {"http.middlewares.*.stripPrefixRegex.regex", list, guards},

    {"http.middlewares.*.replacePath.path", text, guards},

    {"http.middlewares.*.replacePathRegex.regex", text, guards},
    {"http.middlewares.*.replacePathRegex.replacement", text, guards},

    {"http.middlewares.*.ipWhiteList.sourceRange", list, guards},
    {"http.middlewares.*.ipWhiteList.ipStrategy", toggle, guards},
    {"http.middlewares.*.ipWhiteList.ipStrategy.depth", integer, guards},
    {"http.middlewares.*.ipWhiteList.ipStrategy.excludedIPs", list, guards},
    {"http.middlewares.*.ipWhiteList.ipStrategy.ipv6Subnet", integer, guards},

    {"http.middlewares.*.ipAllowList.sourceRange", list, guards},
    {"http.middlewares.*.ipAllowList.ipStrategy", toggle, guards},
    {"http.middlewares.*.ipAllowList.ipStrategy.depth", integer, guards},
    {"http.middlewares.*.ipAllowList.ipStrategy.excludedIPs", list, guards},
    {"http.middlewares.*.ipAllowList.ipStrategy.ipv6Subnet", integer, guards},
    {"http.middlewares.*.ipAllowList.rejectStatusCode", integer, guards},

    {"http.middlewares.*.headers.customRequestHeaders.**", texts, guards},
    {"http.middlewares.*.headers.customResponseHeaders.**", texts, guards},
    {"http.middlewares.*.headers.accessControlAllowCredentials", boolean, guards},
    {"http.middlewares.*.headers.accessControlAllowHeaders", list, guards},
    {"http.middlewares.*.headers.accessControlAllowMethods", list, guards},
    {"http.middlewares.*.headers.accessControlAllowOrigin", text, guards},
    {"http.middlewares.*.headers.accessControlAllowOriginList", list, guards},
    {"http.middlewares.*.headers.accessControlAllowOriginListRegex", list, guards},
    {"http.middlewares.*.headers.accessControlExposeHeaders", list, guards},
    {"http.middlewares.*.headers.accessControlMaxAge", integer, guards},
    {"http.middlewares.*.headers.addVaryHeader", boolean, guards},
    {"http.middlewares.*.headers.allowedHosts", list, guards},
    {"http.middlewares.*.headers.hostsProxyHeaders", list, guards},
    {"http.middlewares.*.headers.sslRedirect", boolean, guards},
    {"http.middlewares.*.headers.sslTemporaryRedirect", boolean, guards},
    {"http.middlewares.*.headers.sslHost", text, guards},
    {"http.middlewares.*.headers.sslProxyHeaders.**", texts, guards},
    {"http.middlewares.*.headers.sslForceHost", boolean, guards},
    {"http.middlewares.*.headers.stsSeconds", integer, guards},
    {"http.middlewares.*.headers.stsIncludeSubdomains", boolean, guards},
    {"http.middlewares.*.headers.stsPreload", boolean, guards},
    {"http.middlewares.*.headers.forceSTSHeader", boolean, guards},
    {"http.middlewares.*.headers.frameDeny", boolean, guards},
    {"http.middlewares.*.headers.customFrameOptionsValue", text, guards},
    {"http.middlewares.*.headers.contentTypeNosniff", boolean, guards},
    {"http.middlewares.*.headers.browserXssFilter", boolean, guards},
    {"http.middlewares.*.headers.customBrowserXSSValue", text, guards},
    {"http.middlewares.*.headers.contentSecurityPolicy", text, guards},
    {"http.middlewares.*.headers.contentSecurityPolicyReportOnly", text, guards},
    {"http.middlewares.*.headers.publicKey", text, guards},
    {"http.middlewares.*.headers.referrerPolicy", text, guards},
    {"http.middlewares.*.headers.featurePolicy", text, guards},
    {"http.middlewares.*.headers.permissionsPolicy", text, guards},
    {"http.middlewares.*.headers.isDevelopment", boolean, guards},

    {"http.middlewares.*.encodedCharacters.allowEncodedSlash", boolean, guards},
    {"http.middlewares.*.encodedCharacters.allowEncodedBackSlash", boolean, guards},
    {"http.middlewares.*.encodedCharacters.allowEncodedNullCharacter", boolean, guards},
    {"http.middlewares.*.encodedCharacters.allowEncodedSemicolon", boolean, guards},
    {"http.middlewares.*.encodedCharacters.allowEncodedPercent", boolean, guards},
    {"http.middlewares.*.encodedCharacters.allowEncodedQuestionMark", boolean, guards},
    {"http.middlewares.*.encodedCharacters.allowEncodedHash", boolean, guards},

    {"http.middlewares.*.errors.status", list, guards},
    {"http.middlewares.*.errors.service", text, guards},
    {"http.middlewares.*.errors.query", text, guards},
    {"http.middlewares.*.errors.statusRewrites.**", texts, guards},
    {"http.middlewares.*.errors.errorRequestHeaders", list, guards},

    {"http.middlewares.*.rateLimit.average", integer, guards},
    {"http.middlewares.*.rateLimit.period", duration, guards},
    {"http.middlewares.*.rateLimit.burst", integer, guards},
    {"http.middlewares.*.rateLimit.sourceCriterion.ipStrategy", toggle, guards},
    {"http.middlewares.*.rateLimit.sourceCriterion.ipStrategy.depth", integer, guards},
    {"http.middlewares.*.rateLimit.sourceCriterion.ipStrategy.excludedIPs", list, guards},
    {"http.middlewares.*.rateLimit.sourceCriterion.ipStrategy.ipv6Subnet", integer, guards},
    {"http.middlewares.*.rateLimit.sourceCriterion.requestHeaderName", text, guards},
    {"http.middlewares.*.rateLimit.sourceCriterion.requestHost", boolean, guards},
    {"http.middlewares.*.rateLimit.redis.endpoints", list, guards},
    {"http.middlewares.*.rateLimit.redis.username", text, guards},
    {"http.middlewares.*.rateLimit.redis.password", text, guards},
    {"http.middlewares.*.rateLimit.redis.db", integer, guards},
    {"http.middlewares.*.rateLimit.redis.poolSize", integer, guards},
    {"http.middlewares.*.rateLimit.redis.minIdleConns", integer, guards},
    {"http.middlewares.*.rateLimit.redis.maxActiveConns", integer, guards},
    {"http.middlewares.*.rateLimit.redis.readTimeout", duration, guards},
    {"http.middlewares.*.rateLimit.redis.writeTimeout", duration, guards},
    {"http.middlewares.*.rateLimit.redis.dialTimeout", duration, guards},
    {"http.middlewares.*.rateLimit.redis.tls.ca", text, guards},
    {"http.middlewares.*.rateLimit.redis.tls.cert", text, guards},
    {"http.middlewares.*.rateLimit.redis.tls.key", text, guards},
    {"http.middlewares.*.rateLimit.redis.tls.insecureSkipVerify", boolean, guards},

    {"http.middlewares.*.redirectRegex.regex", text, guards},
    {"http.middlewares.*.redirectRegex.replacement", text, guards},
    {"http.middlewares.*.redirectRegex.permanent", boolean, guards},

    {"http.middlewares.*.redirectScheme.scheme", text, guards},
    {"http.middlewares.*.redirectScheme.port", text, guards},
    {"http.middlewares.*.redirectScheme.permanent", boolean, guards},

    {"http.middlewares.*.basicAuth.users", list, guards},
    {"http.middlewares.*.basicAuth.usersFile", text, guards},
    {"http.middlewares.*.basicAuth.realm", text, guards},
    {"http.middlewares.*.basicAuth.removeHeader", boolean, guards},
    {"http.middlewares.*.basicAuth.headerField", text, guards},

    {"http.middlewares.*.digestAuth.users", list, guards},
    {"http.middlewares.*.digestAuth.usersFile", text, guards},
    {"http.middlewares.*.digestAuth.realm", text, guards},
    {"http.middlewares.*.digestAuth.removeHeader", boolean, guards},
    {"http.middlewares.*.digestAuth.headerField", text, guards},

    {"http.middlewares.*.forwardAuth.address", text, guards},
    {"http.middlewares.*.forwardAuth.tls.ca", text, guards},
    {"http.middlewares.*.forwardAuth.tls.caOptional", boolean, guards},
    {"http.middlewares.*.forwardAuth.tls.cert", text, guards},
    {"http.middlewares.*.forwardAuth.tls.key", text, guards},
    {"http.middlewares.*.forwardAuth.tls.insecureSkipVerify", boolean, guards},
    {"http.middlewares.*.forwardAuth.trustForwardHeader", boolean, guards},
    {"http.middlewares.*.forwardAuth.authResponseHeaders", list, guards},
    {"http.middlewares.*.forwardAuth.authResponseHeadersRegex", text, guards},
    {"http.middlewares.*.forwardAuth.authRequestHeaders", list, guards},
    {"http.middlewares.*.forwardAuth.addAuthCookiesToResponse", list, guards},
    {"http.middlewares.*.forwardAuth.headerField", text, guards},
    {"http.middlewares.*.forwardAuth.forwardBody", boolean, guards},
    {"http.middlewares.*.forwardAuth.maxBodySize", integer, guards},
    {"http.middlewares.*.forwardAuth.maxResponseBodySize", integer, guards},
    {"http.middlewares.*.forwardAuth.preserveLocationHeader", boolean, guards},
    {"http.middlewares.*.forwardAuth.preserveRequestMethod", boolean, guards},
    {"http.middlewares.*.forwardAuth.authSigninURL", text, guards},

    {"http.middlewares.*.inFlightReq.amount", integer, guards},
    {"http.middlewares.*.inFlightReq.sourceCriterion.ipStrategy", toggle, guards},
    {"http.middlewares.*.inFlightReq.sourceCriterion.ipStrategy.depth", integer, guards},
    {"http.middlewares.*.inFlightReq.sourceCriterion.ipStrategy.excludedIPs", list, guards},
    {"http.middlewares.*.inFlightReq.sourceCriterion.ipStrategy.ipv6Subnet", integer, guards},
    {"http.middlewares.*.inFlightReq.sourceCriterion.requestHeaderName", text, guards},
    {"http.middlewares.*.inFlightReq.sourceCriterion.requestHost", boolean, guards},

    {"http.middlewares.*.buffering.maxRequestBodyBytes", integer, guards},
    {"http.middlewares.*.buffering.memRequestBodyBytes", integer, guards},
    {"http.middlewares.*.buffering.maxResponseBodyBytes", integer, guards},
    {"http.middlewares.*.buffering.memResponseBodyBytes", integer, guards},
    {"http.middlewares.*.buffering.retryExpression", text, guards},

    {"http.middlewares.*.circuitBreaker.expression", text, guards},
    {"http.middlewares.*.circuitBreaker.checkPeriod", duration, guards},
    {"http.middlewares.*.circuitBreaker.fallbackDuration", duration, guards},
    {"http.middlewares.*.circuitBreaker.recoveryDuration", duration, guards},
    {"http.middlewares.*.circuitBreaker.responseCode", integer, guards},

    {"http.middlewares.*.compress", toggle, guards},
    {"http.middlewares.*.compress.encodings", list, guards},
    {"http.middlewares.*.compress.minResponseBodyBytes", integer, guards},
    {"http.middlewares.*.compress.excludedContentTypes", list, guards},
    {"http.middlewares.*.compress.includedContentTypes", list, guards},
    {"http.middlewares.*.compress.defaultEncoding", text, guards},

    {"http.middlewares.*.passTLSClientCert.pem", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.notAfter", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.notBefore", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.sans", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.serialNumber", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.subject.country", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.subject.province", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.subject.locality", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.subject.organization", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.subject.organizationalUnit", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.subject.commonName", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.subject.serialNumber", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.subject.domainComponent", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.issuer.country", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.issuer.province", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.issuer.locality", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.issuer.organization", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.issuer.commonName", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.issuer.serialNumber", boolean, guards},
    {"http.middlewares.*.passTLSClientCert.info.issuer.domainComponent", boolean, guards},

    {"http.middlewares.*.retry.attempts", integer, guards},
    {"http.middlewares.*.retry.initialInterval", duration, guards},
    {"http.middlewares.*.retry.timeout", duration, guards},
    {"http.middlewares.*.retry.maxRequestBodyBytes", integer, guards},
    {"http.middlewares.*.retry.status", list, guards},
    {"http.middlewares.*.retry.disableRetryOnNetworkError", boolean, guards},
    {"http.middlewares.*.retry.retryNonIdempotentMethod", boolean, guards},

    {"http.middlewares.*.contentType", toggle, guards},
    {"http.middlewares.*.contentType.autoDetect", boolean, guards},

    {"http.middlewares.*.grpcWeb.allowOrigins", list, guards},

    {"http.middlewares.*.plugin.*.**", texts, guards},
});

}  // namespace

std::span<const SchemaEntry> middleware_entries() {
  return kMiddlewares;
}

}  // namespace mooring::config
