#include "proxy/http/request_target.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "proxy/config/ip.h"
#include "proxy/http/path.h"
#include "proxy/http/start_line.h"

namespace mooring::http {
namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

// Stricter than reg-name (RFC 3986 section 3.2.2): no percent-encoding and no sub-delims. No host of the world has
// them, and what one server decodes another one does not.
bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || is_upper(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
         c == '~';
}

bool read_port(std::string_view text, std::uint16_t& port) {
  if (text.empty()) return true;  // "example.com:": port = *DIGIT
  if (text.size() > 5) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size();
}

// "scheme://authority" in front of the rest; nothing when it is no http or https URI.
struct AbsoluteForm {
  std::string_view authority;
  std::string_view rest;  // path and query
};

std::optional<AbsoluteForm> split_absolute(std::string_view target) {
  const std::size_t colon = target.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = target.substr(0, colon);
  if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) return std::nullopt;
  const std::string_view behind = target.substr(colon + 3);
  const std::size_t end = std::min(behind.find_first_of("/?"), behind.size());
  return AbsoluteForm{behind.substr(0, end), behind.substr(end)};
}

std::string_view canonical_host(const Authority& authority, Arena& arena) {
  if (!authority.has_upper) return authority.host;
  auto* const lower = static_cast<char*>(arena.allocate(authority.host.size()));
  std::ranges::transform(authority.host, lower, [](char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; });
  return {lower, authority.host.size()};
}

// For those who need their semicolons: they stay what they are, and nobody splits there.
std::string_view with_encoded_semicolons(std::string_view query, Arena& arena) {
  const auto semicolons = static_cast<std::size_t>(std::ranges::count(query, ';'));
  if (semicolons == 0) return query;
  const std::size_t size = query.size() + 2 * semicolons;
  auto* const encoded = static_cast<char*>(arena.allocate(size));
  char* to = encoded;
  for (const char c : query) {
    if (c == ';') {
      to = std::ranges::copy(std::string_view("%3B"), to).out;
    } else {
      *to++ = c;
    }
  }
  return {encoded, size};
}

// Traefik turns ';' to '&', so that a rule and the upstream split the query at the same places.
std::string_view without_semicolons(std::string_view query, Arena& arena) {
  if (query.find(';') == std::string_view::npos) return query;
  auto* const plain = static_cast<char*>(arena.allocate(query.size()));
  std::ranges::replace_copy(query, plain, ';', '&');
  return {plain, query.size()};
}

}  // namespace

std::optional<Authority> parse_authority(std::string_view text) {
  Authority authority;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    authority.host = text.substr(1, close - 1);
    text.remove_prefix(close + 1);
    const bool plain = authority.host.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
    const bool colons = authority.host.find(':') != std::string_view::npos;
    if (!plain || !colons || !config::IpAddress::parse(authority.host)) return std::nullopt;
    if (!text.empty() && text.front() != ':') return std::nullopt;
  } else {
    const std::size_t end = std::min(text.find(':'), text.size());
    authority.host = text.substr(0, end);
    text.remove_prefix(end);
    if (!std::ranges::all_of(authority.host, is_host_character)) return std::nullopt;
    if (authority.host.ends_with('.')) authority.host.remove_suffix(1);
  }
  if (authority.host.empty()) return std::nullopt;
  if (!text.empty() && !read_port(text.substr(1), authority.port)) return std::nullopt;
  authority.has_upper = std::ranges::any_of(authority.host, is_upper);
  return authority;
}

namespace {

// Absolute-form, origin-form or '*': `rest` becomes path and query, head.authority who is asked (RFC 9112 section 3.2).
std::optional<Failure> split_target(RequestHead& head, std::string_view& rest) {
  rest = head.target;
  head.authority = head.fields.value(FieldId::host);
  if (rest.find('#') != std::string_view::npos) return bad_request("fragment in the request target");
  if (!rest.starts_with('/') && rest != "*") {
    const auto absolute = split_absolute(rest);
    if (!absolute) return bad_request("request target is neither a path nor an http URI");
    // The target overrules Host (section 3.2.2); the map says the same from here on.
    if (!parse_authority(absolute->authority)) return bad_request("malformed authority in the request target");
    head.authority = absolute->authority;
    head.fields.set(FieldId::host, head.authority);
    rest = absolute->rest;
    // The last proxy turns "OPTIONS http://host" to "OPTIONS *" (section 3.2.4).
    if (rest.empty()) rest = head.method == Method::options ? "*" : "/";
  }
  if (rest == "*" && head.method != Method::options) return bad_request("'*' is for OPTIONS only");
  return std::nullopt;
}

}  // namespace

TargetPolicy target_policy(const config::EntryPointOptions& options) {
  TargetPolicy policy{.sanitize_path = options.sanitize_path,
                      .encode_query_semicolons = options.encode_query_semicolons};
  const config::EncodedCharactersOptions& allowed = options.encoded_characters;
  const auto forbid = [&](bool may_stand, char byte) {
    if (!may_stand) policy.forbidden_encoded += byte;
  };
  forbid(allowed.slash, '/');
  forbid(allowed.back_slash, '\\');
  forbid(allowed.null_character, '\0');
  forbid(allowed.semicolon, ';');
  forbid(allowed.percent, '%');
  forbid(allowed.question_mark, '?');
  forbid(allowed.hash, '#');
  return policy;
}

std::optional<Failure> resolve_target(RequestHead& head, const TargetPolicy& policy) {
  Arena& arena = head.fields.arena();
  std::string_view rest;
  if (const auto failure = split_target(head, rest)) return failure;

  head.host = {};
  if (!head.authority.empty()) {
    const auto authority = parse_authority(head.authority);
    if (!authority) return bad_request("malformed Host");
    head.host = canonical_host(*authority, arena);
  }
  head.query = {};
  head.has_query = false;
  if (rest == "*") {
    head.path = head.routing_path = rest;
    return std::nullopt;
  }
  if (const std::size_t mark = rest.find('?'); mark != std::string_view::npos) {
    head.has_query = true;
    const std::string_view query = rest.substr(mark + 1);
    head.query =
        policy.encode_query_semicolons ? with_encoded_semicolons(query, arena) : without_semicolons(query, arena);
    rest = rest.substr(0, mark);
  }
  if (!policy.forbidden_encoded.empty() && has_encoded(rest, policy.forbidden_encoded)) {
    return bad_request("the path has an encoded character that is not allowed here");
  }
  const auto path = normalize_path(rest.empty() ? "/" : rest, arena, policy.sanitize_path);
  if (!path) return bad_request("malformed percent-encoding in the path");
  head.path = *path;
  head.routing_path = decode_for_rules(*path, arena);
  return std::nullopt;
}

}  // namespace mooring::http
