#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include "proxy/config/go_values.h"
#include "proxy/config/options_applier.h"
#include "proxy/config/options_entry_points.h"
#include "proxy/config/printable.h"

namespace mooring::config {
namespace {

constexpr std::int64_t kDefaultHeaderBytes = 1'048'576;
constexpr std::int64_t kMostHeaderBytes = std::int64_t{1} << 30;
constexpr std::int64_t kMostRequests = std::numeric_limits<std::int64_t>::max();

RedirectionOptions& redirection(Applier& to, const ResolvedOption& option) {
  auto& entry = to.entry_point_draft(option);
  if (!entry.redirection) entry.redirection = option.setting;
  if (!entry.options.redirection) entry.options.redirection.emplace();
  return *entry.options.redirection;
}

void set_read_timeout(Applier& to, const ResolvedOption& option) {
  const auto value = to.duration(option);
  if (!value) return;
  // 0 is Traefik's way to say that the whole request may take as long as it likes: our default does that.
  auto& field = to.entry_point(option).read_timeout;
  field = value->count() == 0 ? std::nullopt : value;
}

void set_redirection_target(Applier& to, const ResolvedOption& option) {
  const auto value = Applier::value(option);
  if (value.empty() || (value.starts_with(':') && !parse_port(value.substr(1)))) {
    to.bad(option, "the name of an entry point, or a port as in \":443\"");
    return;
  }
  redirection(to, option).to = value;
  to.entry_point_draft(option).redirection = option.setting;
}

void set_redirection_scheme(Applier& to, const ResolvedOption& option) {
  constexpr std::array<std::string_view, 2> kSchemes{"http", "https"};
  auto& target = redirection(to, option);
  const auto found = to.word(option, kSchemes, "http or https");
  if (found) target.scheme = kSchemes[*found];
}

void set_redirection_priority(Applier& to, const ResolvedOption& option) {
  auto& target = redirection(to, option);
  const auto value =
      to.integer(option, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max() - 1);
  if (value) target.priority = *value;
}

void set_max_header_bytes(Applier& to, const ResolvedOption& option) {
  const auto value = to.integer(option, 0, kMostHeaderBytes);
  if (value) to.entry_point(option).max_header_bytes = *value == 0 ? kDefaultHeaderBytes : *value;
}

void set_underscore_headers(Applier& to, const ResolvedOption& option) {
  constexpr std::array<std::string_view, 3> kWords{"keep", "delete", "reject"};
  const auto found = to.word(option, kWords, "keep, delete or reject");
  if (found) to.entry_point(option).underscore_headers = static_cast<UnderscoreHeaders>(*found);
}

void set_keep_alive_requests(Applier& to, const ResolvedOption& option) {
  const auto value = to.integer(option, 0, kMostRequests);
  if (value) to.entry_point(option).keep_alive_max_requests = *value;
}

void set_entry_point_middlewares(Applier& to, const ResolvedOption& option) {
  to.texts(option, to.entry_point(option).middlewares, "names of middlewares");
}

void set_forwarded_connection(Applier& to, const ResolvedOption& option) {
  to.texts(option, to.entry_point(option).forwarded_headers.connection, "names of headers");
}

// `proxyProtocol` alone asks for nothing: nobody is trusted.
void set_proxy_protocol(Applier& to, const ResolvedOption& option) {
  switch_section(to, option, to.entry_point(option).proxy_protocol);
}

EncodedCharactersOptions& encoded(Applier& to, const ResolvedOption& option) {
  return to.entry_point(option).encoded_characters;
}

constexpr std::array kEntryPointFields{
    OptionField{"entryPoints.*", [](Applier& to, const ResolvedOption& o) { to.entry_point_draft(o); }},
    OptionField{"entryPoints.*.address",
                [](Applier& to, const ResolvedOption& o) { to.entry_point_draft(o).address = o.setting; }},
    OptionField{"entryPoints.*.asDefault",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.entry_point(o).as_default); }},
    OptionField{"entryPoints.*.reusePort",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.entry_point(o).reuse_port); }},
    OptionField{
        "entryPoints.*.forwardedHeaders.insecure",
        [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.entry_point(o).forwarded_headers.insecure); }},
    OptionField{
        "entryPoints.*.forwardedHeaders.trustedIPs",
        [](Applier& to, const ResolvedOption& o) { to.networks(o, to.entry_point(o).forwarded_headers.trusted_ips); }},
    OptionField{"entryPoints.*.forwardedHeaders.connection", set_forwarded_connection},
    OptionField{"entryPoints.*.forwardedHeaders.notAppendXForwardedFor",
                [](Applier& to, const ResolvedOption& o) {
                  to.boolean(o, to.entry_point(o).forwarded_headers.not_append_for);
                }},
    OptionField{"entryPoints.*.proxyProtocol", set_proxy_protocol},
    OptionField{"entryPoints.*.proxyProtocol.insecure",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.entry_point(o).proxy_protocol.insecure); }},
    OptionField{
        "entryPoints.*.proxyProtocol.trustedIPs",
        [](Applier& to, const ResolvedOption& o) { to.networks(o, to.entry_point(o).proxy_protocol.trusted_ips); }},
    OptionField{"entryPoints.*.transport.respondingTimeouts.readTimeout", set_read_timeout},
    OptionField{"entryPoints.*.transport.respondingTimeouts.writeTimeout",
                [](Applier& to, const ResolvedOption& o) { to.duration(o, to.entry_point(o).write_timeout); }},
    OptionField{"entryPoints.*.transport.respondingTimeouts.idleTimeout",
                [](Applier& to, const ResolvedOption& o) { to.duration(o, to.entry_point(o).idle_timeout); }},
    OptionField{
        "entryPoints.*.transport.lifeCycle.requestAcceptGraceTimeout",
        [](Applier& to, const ResolvedOption& o) { to.duration(o, to.entry_point(o).request_accept_grace_timeout); }},
    OptionField{"entryPoints.*.transport.lifeCycle.graceTimeOut",
                [](Applier& to, const ResolvedOption& o) { to.duration(o, to.entry_point(o).grace_timeout); }},
    OptionField{"entryPoints.*.transport.keepAliveMaxRequests", set_keep_alive_requests},
    OptionField{"entryPoints.*.transport.keepAliveMaxTime",
                [](Applier& to, const ResolvedOption& o) { to.duration(o, to.entry_point(o).keep_alive_max_time); }},
    OptionField{"entryPoints.*.http.middlewares", set_entry_point_middlewares},
    OptionField{"entryPoints.*.http.encodeQuerySemicolons",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.entry_point(o).encode_query_semicolons); }},
    OptionField{"entryPoints.*.http.sanitizePath",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.entry_point(o).sanitize_path); }},
    OptionField{"entryPoints.*.http.maxHeaderBytes", set_max_header_bytes},
    OptionField{"entryPoints.*.http.underscoreHeadersStrategy", set_underscore_headers},
    OptionField{"entryPoints.*.http.redirections.entryPoint.to", set_redirection_target},
    OptionField{"entryPoints.*.http.redirections.entryPoint.scheme", set_redirection_scheme},
    OptionField{"entryPoints.*.http.redirections.entryPoint.permanent",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, redirection(to, o).permanent); }},
    OptionField{"entryPoints.*.http.redirections.entryPoint.priority", set_redirection_priority},
    OptionField{"entryPoints.*.http.encodedCharacters.allowEncodedSlash",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, encoded(to, o).slash); }},
    OptionField{"entryPoints.*.http.encodedCharacters.allowEncodedBackSlash",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, encoded(to, o).back_slash); }},
    OptionField{"entryPoints.*.http.encodedCharacters.allowEncodedNullCharacter",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, encoded(to, o).null_character); }},
    OptionField{"entryPoints.*.http.encodedCharacters.allowEncodedSemicolon",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, encoded(to, o).semicolon); }},
    OptionField{"entryPoints.*.http.encodedCharacters.allowEncodedPercent",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, encoded(to, o).percent); }},
    OptionField{"entryPoints.*.http.encodedCharacters.allowEncodedQuestionMark",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, encoded(to, o).question_mark); }},
    OptionField{"entryPoints.*.http.encodedCharacters.allowEncodedHash",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, encoded(to, o).hash); }},
    OptionField{"entryPoints.*.observability.accessLogs",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.entry_point(o).access_logs); }},
};

}  // namespace

std::span<const OptionField> entry_point_fields() {
  return kEntryPointFields;
}

}  // namespace mooring::config
