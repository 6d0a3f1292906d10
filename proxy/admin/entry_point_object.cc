#include "proxy/admin/entry_point_object.h"

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

namespace mooring::admin {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kReadTimeout{60'000};  // what Traefik shows where nothing was said

void add_duration(Json& object, const char* key, milliseconds duration) {
  if (duration != milliseconds{0}) object[key] = go_duration(duration);
}

void add_flag(Json& object, const char* key, bool value) {
  if (value) object[key] = true;
}

Json networks(const std::vector<config::IpNetwork>& list) {
  Json texts = Json::array();
  for (const config::IpNetwork& network : list) {
    const bool whole = network.prefix == (network.address.to_string().contains(':') ? 128 : 32);
    texts.push_back(network.address.to_string() + (whole ? "" : "/" + std::to_string(network.prefix)));
  }
  return texts;
}

Json transport(const config::EntryPointOptions& options) {
  Json life_cycle = Json::object();
  add_duration(life_cycle, "requestAcceptGraceTimeout", options.request_accept_grace_timeout);
  add_duration(life_cycle, "graceTimeOut", options.grace_timeout);
  Json responding = Json::object();
  add_duration(responding, "readTimeout", options.read_timeout.value_or(kReadTimeout));
  add_duration(responding, "writeTimeout", options.write_timeout);
  add_duration(responding, "idleTimeout", options.idle_timeout);
  Json object = {{"lifeCycle", std::move(life_cycle)}, {"respondingTimeouts", std::move(responding)}};
  add_duration(object, "keepAliveMaxTime", options.keep_alive_max_time);
  if (options.keep_alive_max_requests != 0) object["keepAliveMaxRequests"] = options.keep_alive_max_requests;
  return object;
}

Json forwarded_headers(const config::ForwardedHeadersOptions& options) {
  Json object = Json::object();
  add_flag(object, "insecure", options.insecure);
  if (!options.trusted_ips.empty()) object["trustedIPs"] = networks(options.trusted_ips);
  if (!options.connection.empty()) object["connection"] = options.connection;
  add_flag(object, "notAppendXForwardedFor", options.not_append_for);
  return object;
}

Json proxy_protocol(const config::ProxyProtocolOptions& options) {
  Json object = Json::object();
  add_flag(object, "insecure", options.insecure);
  if (!options.trusted_ips.empty()) object["trustedIPs"] = networks(options.trusted_ips);
  return object;
}

Json encoded_characters(const config::EncodedCharactersOptions& options) {
  Json object = Json::object();
  add_flag(object, "allowEncodedSlash", options.slash);
  add_flag(object, "allowEncodedBackSlash", options.back_slash);
  add_flag(object, "allowEncodedNullCharacter", options.null_character);
  add_flag(object, "allowEncodedSemicolon", options.semicolon);
  add_flag(object, "allowEncodedPercent", options.percent);
  add_flag(object, "allowEncodedQuestionMark", options.question_mark);
  add_flag(object, "allowEncodedHash", options.hash);
  return object;
}

Json redirections(const config::RedirectionOptions& options) {
  Json target = {{"to", options.to}, {"scheme", options.scheme}};
  add_flag(target, "permanent", options.permanent);
  if (options.priority != 0) target["priority"] = options.priority;
  return {{"entryPoint", std::move(target)}};
}

std::string_view strategy(config::UnderscoreHeaders headers) {
  switch (headers) {
    case config::UnderscoreHeaders::keep:
      return "keep";
    case config::UnderscoreHeaders::remove:
      return "delete";
    case config::UnderscoreHeaders::reject:
      return "reject";
  }
  return "keep";
}

Json http(const config::EntryPointOptions& options) {
  Json object = Json::object();
  if (options.redirection) object["redirections"] = redirections(*options.redirection);
  if (!options.middlewares.empty()) object["middlewares"] = options.middlewares;
  if (options.encoded_characters != config::EncodedCharactersOptions{}) {
    object["encodedCharacters"] = encoded_characters(options.encoded_characters);
  }
  add_flag(object, "encodeQuerySemicolons", options.encode_query_semicolons);
  add_flag(object, "sanitizePath", options.sanitize_path);
  if (options.max_header_bytes != 0) object["maxHeaderBytes"] = options.max_header_bytes;
  object["underscoreHeadersStrategy"] = strategy(options.underscore_headers);
  return object;
}

}  // namespace

Json entry_point_object(const std::string& name, const config::EntryPointOptions& options) {
  Json object = {{"address", config::to_text({.host = options.host, .port = options.port})}};
  add_flag(object, "reusePort", options.reuse_port);
  add_flag(object, "asDefault", options.as_default);
  object["transport"] = transport(options);
  if (options.proxy_protocol.enabled()) object["proxyProtocol"] = proxy_protocol(options.proxy_protocol);
  object["forwardedHeaders"] = forwarded_headers(options.forwarded_headers);
  object["http"] = http(options);
  object["http2"] = {
      {"maxConcurrentStreams", 250}, {"maxDecoderHeaderTableSize", 4096}, {"maxEncoderHeaderTableSize", 4096}};
  object["udp"] = {{"timeout", "3s"}};
  if (!options.access_logs) {
    object["observability"] = {
        {"accessLogs", false}, {"metrics", true}, {"tracing", true}, {"traceVerbosity", "minimal"}};
  }
  object["name"] = name;
  return object;
}

}  // namespace mooring::admin
