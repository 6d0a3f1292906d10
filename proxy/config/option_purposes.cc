#include <algorithm>
#include <array>

#include "proxy/config/option_reference.h"

namespace mooring::config {
namespace {

struct Purpose {
  std::string_view pattern;
  std::string_view text;
};

// In the order of the alphabet, as the search needs it.
constexpr auto kPurposes = std::to_array<Purpose>({
    {"accessLog", "one line a request"},
    {"accessLog.addInternals", "requests to the API, to ping and to other internal services too"},
    {"accessLog.bufferingSize", "lines that may wait in memory before they are written"},
    {"accessLog.fields.defaultMode", "`keep`, `drop` or `redact` fields that are not named"},
    {"accessLog.fields.headers.defaultMode", "the same for headers, which only the format `json` shows"},
    {"accessLog.fields.headers.names", "the same for one header: `….names.User-Agent: keep`"},
    {"accessLog.fields.names", "the same for one field: `….names.ClientHost: drop`"},
    {"accessLog.fields.queryParameters.defaultMode", "the same for the query in RequestPath"},
    {"accessLog.filePath", "a file instead of standard output; SIGUSR1 opens it again"},
    {"accessLog.filters.minDuration", "keep requests that took at least this long"},
    {"accessLog.filters.retryAttempts", "keep requests that were tried more than once"},
    {"accessLog.filters.statusCodes", "keep these: `200,300-302`. What any filter keeps is kept"},
    {"accessLog.format", "`common`, `genericCLF` or `json`"},
    {"api", "the JSON API, as the service `api@internal`"},
    {"api.basePath", "a path before `/api`"},
    {"api.dashboard", "kept for Traefik's sake: there is no dashboard yet"},
    {"api.insecure", "the API without authentication, on the entry point `traefik`"},
    {"controlSocket", "ours: where `mooring status` and `mooring healthcheck` ask"},
    {"core.defaultRuleSyntax", "`v2` or `v3`: how rules are read that do not say it"},
    {"entryPoints.*", "an entry point"},
    {"entryPoints.*.address", "`[host]:port`. Ours: several, as a list or with commas"},
    {"entryPoints.*.asDefault", "routers that name no entry point are served where this is set, and nowhere else"},
    {"entryPoints.*.forwardedHeaders.connection",
     "header fields that Connection may name and that are passed on all the same"},
    {"entryPoints.*.forwardedHeaders.insecure", "believe X-Forwarded-* of everybody"},
    {"entryPoints.*.forwardedHeaders.notAppendXForwardedFor", "leave X-Forwarded-For as it came"},
    {"entryPoints.*.forwardedHeaders.trustedIPs", "believe X-Forwarded-* of these addresses and networks"},
    {"entryPoints.*.http.encodeQuerySemicolons", "`;` in the query becomes `%3B`"},
    {"entryPoints.*.http.encodedCharacters.allowEncodedBackSlash", "`false`: a path with `%5C` gets a 400"},
    {"entryPoints.*.http.encodedCharacters.allowEncodedHash", "`false`: a path with `%23` gets a 400"},
    {"entryPoints.*.http.encodedCharacters.allowEncodedNullCharacter", "`false`: a path with `%00` gets a 400"},
    {"entryPoints.*.http.encodedCharacters.allowEncodedPercent", "`false`: a path with `%25` gets a 400"},
    {"entryPoints.*.http.encodedCharacters.allowEncodedQuestionMark", "`false`: a path with `%3F` gets a 400"},
    {"entryPoints.*.http.encodedCharacters.allowEncodedSemicolon", "`false`: a path with `%3B` gets a 400"},
    {"entryPoints.*.http.encodedCharacters.allowEncodedSlash", "`false`: a path with `%2F` gets a 400"},
    {"entryPoints.*.http.maxHeaderBytes", "how long a request's head may be; 0: the default"},
    {"entryPoints.*.http.middlewares", "before those of each router"},
    {"entryPoints.*.http.redirections.entryPoint.permanent", "301 or 308, not 302 or 307"},
    {"entryPoints.*.http.redirections.entryPoint.priority", "of the router that redirects"},
    {"entryPoints.*.http.redirections.entryPoint.scheme", "`http` or `https`"},
    {"entryPoints.*.http.redirections.entryPoint.to", "all requests are sent there: an entry point, or `:port`"},
    {"entryPoints.*.http.sanitizePath", "`/a/../b` becomes `/b` before rules are asked"},
    {"entryPoints.*.http.underscoreHeadersStrategy",
     "`keep`, `delete` or `reject` header fields with `_` in their name"},
    {"entryPoints.*.observability.accessLogs", "whether its requests are in the access log"},
    {"entryPoints.*.proxyProtocol", "the PROXY protocol, v1 and v2"},
    {"entryPoints.*.proxyProtocol.insecure", "believe it of everybody"},
    {"entryPoints.*.proxyProtocol.trustedIPs", "believe it of these addresses and networks"},
    {"entryPoints.*.reusePort", "another process may listen on the address too"},
    {"entryPoints.*.transport.keepAliveMaxRequests", "requests on one connection; 0: no limit"},
    {"entryPoints.*.transport.keepAliveMaxTime", "how long one connection lives; 0: no limit"},
    {"entryPoints.*.transport.lifeCycle.graceTimeOut", "at the end: what runs may end within it"},
    {"entryPoints.*.transport.lifeCycle.requestAcceptGraceTimeout", "at the end: how long it still accepts"},
    {"entryPoints.*.transport.respondingTimeouts.idleTimeout", "of a connection between two requests"},
    {"entryPoints.*.transport.respondingTimeouts.readTimeout",
     "set: the whole request in that time. Unset: 60 s without a byte end it"},
    {"entryPoints.*.transport.respondingTimeouts.writeTimeout", "of an answer; 0: no limit"},
    {"log", "the application log"},
    {"log.filePath", "a file instead of standard output; SIGUSR1 opens it again"},
    {"log.format", "`common` or `json`"},
    {"log.level", "`TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL` or `PANIC`"},
    {"log.noColor", "no colours, even in a terminal"},
    {"ping", "`/ping`, as the service `ping@internal`"},
    {"ping.entryPoint", "where `/ping` is served"},
    {"ping.manualRouting", "no router of its own: make one with the service `ping@internal`"},
    {"ping.terminatingStatusCode", "what `/ping` answers while the process ends"},
    {"providers.docker", "containers' labels; on when no other provider is named"},
    {"providers.docker.allowEmptyServices", "containers that are not healthy keep router and service"},
    {"providers.docker.constraints", "which containers: ``Label(`a`,`b`)``, with `&&`, `||`, `!`"},
    {"providers.docker.defaultRule", "of routers that have none; a template"},
    {"providers.docker.endpoint", "`unix://`, `tcp://`, `http://` or `https://`; DOCKER_HOST wins"},
    {"providers.docker.exposedByDefault", "`false`: only containers with `traefik.enable=true`"},
    {"providers.docker.httpClientTimeout", "of each request to the engine; 0: our own deadlines alone"},
    {"providers.docker.lingerTime",
     "ours: so long the routes of a container that ended stay, answering 503; 0: they go at once"},
    {"providers.docker.network", "through which containers are reached"},
    {"providers.docker.pollInterval", "ours: how often everything is listed again"},
    {"providers.docker.tls.ca", "a path, or PEM text"},
    {"providers.docker.tls.cert", "a path, or PEM text"},
    {"providers.docker.tls.insecureSkipVerify", "do not check the engine's certificate"},
    {"providers.docker.tls.key", "a path, or PEM text"},
    {"providers.docker.useBindPortIP", "the address that a port is published on, not the container's"},
    {"providers.docker.watch", "`false`: one listing, and nothing after it"},
    {"providers.file", "routers, services and middlewares in files"},
    {"providers.file.directory", "every .yml, .yaml and .toml in it and below it"},
    {"providers.file.filename", "one file instead"},
    {"providers.file.watch", "take changes as they are written"},
    {"serversTransport.forwardingTimeouts.dialTimeout", "of a connect to an endpoint"},
    {"serversTransport.forwardingTimeouts.idleConnTimeout", "how long an idle connection is kept"},
    {"serversTransport.forwardingTimeouts.responseHeaderTimeout",
     "from the request's end to the answer's head; 0: no limit"},
    {"serversTransport.maxIdleConnsPerHost", "idle connections to one endpoint"},
    {"sticky.key",
     "ours: a secret of at least 16 bytes, the same on every Mooring; the cookies of servers given by URL then say "
     "nothing of their URL"},
    {"workers", "ours: threads that serve; 0: one a usable CPU"},
});

static_assert(std::ranges::is_sorted(kPurposes, {}, &Purpose::pattern));

}  // namespace

std::string_view option_purpose(std::string_view pattern) {
  const auto found = std::ranges::lower_bound(kPurposes, pattern, {}, &Purpose::pattern);
  return found != kPurposes.end() && found->pattern == pattern ? found->text : std::string_view{};
}

}  // namespace mooring::config
