#include "proxy/http/hop_by_hop.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "proxy/http/framing.h"

namespace mooring::http {
namespace {

constexpr std::size_t kLongestManaged = 32;

bool is_managed(FieldId id) {
  switch (id) {
    case FieldId::x_forwarded_for:
    case FieldId::x_forwarded_host:
    case FieldId::x_forwarded_method:
    case FieldId::x_forwarded_port:
    case FieldId::x_forwarded_prefix:
    case FieldId::x_forwarded_proto:
    case FieldId::x_forwarded_server:
    case FieldId::x_forwarded_tls_client_cert:
    case FieldId::x_forwarded_tls_client_cert_info:
    case FieldId::x_forwarded_uri:
    case FieldId::x_real_ip:
      return true;
    default:
      return false;
  }
}

// What Connection can not name away: the proxy, or the next one, relies on it.
bool is_protected(const Field& field) {
  switch (field.id) {
    case FieldId::host:
    case FieldId::content_length:
    case FieldId::transfer_encoding:
    case FieldId::connection:
    case FieldId::te:
    case FieldId::trailer:
    case FieldId::upgrade:
    case FieldId::x_traefik_router:
      return true;
    case FieldId::other:
      return is_managed_forwarding_name(field.name);
    default:
      return is_managed(field.id);
  }
}

bool is_connection_option(std::string_view member) {
  return equal_ignoring_case(member, "close") || equal_ignoring_case(member, "keep-alive") ||
         equal_ignoring_case(member, "upgrade");
}

// Those of `kept` stay for now; returns them.
std::string_view remove_nominated(HeaderMap& fields, std::span<const std::string> kept = {}) {
  std::string_view left;
  // From the back: what is removed moves later fields forward, so none that waits is skipped.
  for (std::size_t i = fields.size(); i-- > 0;) {
    if (i >= fields.size() || fields.begin()[i].id != FieldId::connection) continue;
    const Field connection = fields.begin()[i];
    for_each_member(connection.value, [&](std::string_view member) {
      if (is_connection_option(member)) return;
      const auto same = [member](const std::string& name) { return equal_ignoring_case(name, member); };
      if (!kept.empty() && std::ranges::any_of(kept, same)) {
        left = left.empty() ? member : fields.arena().concat({left, ", ", member});
        return;
      }
      fields.remove_if(
          [member](const Field& field) { return equal_ignoring_case(field.name, member) && !is_protected(field); });
    });
  }
  return left;
}

bool accepts_trailers(const HeaderMap& fields) {
  bool found = false;
  for (const Field& field : fields) {
    if (field.id != FieldId::te) continue;
    for_each_member(field.value, [&](std::string_view member) {
      if (equal_ignoring_case(member, "trailers")) found = true;
    });
  }
  return found;
}

bool is_connection_bound(const Field& field) {
  switch (field.id) {
    case FieldId::connection:
    case FieldId::keep_alive:
    case FieldId::proxy_connection:
    case FieldId::proxy_authenticate:
    case FieldId::proxy_authorization:
    case FieldId::te:
    // Between Mooring and its upstream: one that echoes what it is sent must not be made to say it
    // (upstream/drain_word.h).
    case FieldId::x_mooring_drain:
      return true;
    // Belongs to h2c upgrades, which are never passed on (RFC 7540 section 3.2.1).
    case FieldId::other:
      return field.name.size() == 14 && equal_ignoring_case(field.name, "http2-settings");
    default:
      return false;
  }
}

// protocol-name ["/" protocol-version], both tokens.
bool may_pass(std::string_view protocol) {
  const std::size_t slash = protocol.find('/');
  const std::string_view name = protocol.substr(0, slash);
  if (!is_token(name)) return false;
  if (slash != std::string_view::npos && !is_token(protocol.substr(slash + 1))) return false;
  return !equal_ignoring_case(name, "h2c") && !equal_ignoring_case(name, "h2") && !equal_ignoring_case(name, "tls");
}

bool starts_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

}  // namespace

std::string_view passable_upgrade(const HeaderMap& fields) {
  std::string_view passable;
  for (const Field& field : fields) {
    if (field.id != FieldId::upgrade) continue;
    for_each_member(field.value, [&](std::string_view protocol) {
      if (!may_pass(protocol)) return;
      passable = passable.empty() ? protocol : fields.arena().concat({passable, ", ", protocol});
    });
  }
  return passable;
}

bool answers_upgrade(const HeaderMap& fields, std::string_view asked) {
  bool named = false;
  bool all_asked = true;
  for (const Field& field : fields) {
    if (field.id != FieldId::upgrade) continue;
    for_each_member(field.value, [&](std::string_view protocol) {
      named = true;
      bool found = false;
      for_each_member(asked, [&](std::string_view each) { found = found || equal_ignoring_case(each, protocol); });
      all_asked = all_asked && found;
    });
  }
  return named && all_asked;
}

void strip_request(RequestHead& head, std::span<const std::string> kept) {
  const bool trailers = accepts_trailers(head.fields);
  head.nominated = remove_nominated(head.fields, kept);
  head.fields.remove_if([](const Field& field) { return field.id == FieldId::upgrade || is_connection_bound(field); });
  if (head.framing.kind != BodyKind::chunked) head.fields.remove(FieldId::trailer);
  if (trailers) head.fields.add(FieldId::te, "trailers");
}

void drop_nominated(RequestHead& head) {
  for_each_member(head.nominated, [&](std::string_view member) {
    head.fields.remove_if(
        [member](const Field& field) { return equal_ignoring_case(field.name, member) && !is_protected(field); });
  });
  head.nominated = {};
}

void strip_response(ResponseHead& head) {
  remove_nominated(head.fields);
  const bool upgrades = head.status == 101;
  head.fields.remove_if([upgrades](const Field& field) {
    return is_connection_bound(field) || (field.id == FieldId::upgrade && !upgrades);
  });
}

bool is_managed_forwarding_name(std::string_view name) {
  if (name.size() < 8 || name.size() > kLongestManaged || (name[0] != 'x' && name[0] != 'X')) return false;
  std::array<char, kLongestManaged> plain;
  std::ranges::transform(name, plain.begin(), [](char c) { return c == '_' || c == '.' ? '-' : c; });
  const std::string_view spelled{plain.data(), name.size()};
  return is_managed(field_id(spelled)) || equal_ignoring_case(spelled, "x-forwarded-scheme") ||
         equal_ignoring_case(spelled, "x-scheme");
}

bool may_be_trailer(const Field& field) {
  switch (field.id) {
    case FieldId::other:
      break;
    case FieldId::referer:
    case FieldId::server:
    case FieldId::user_agent:
    case FieldId::accept_encoding:
      return true;
    default:
      return false;  // framing, routing, authentication, cookies, forwarding, controls
  }
  // RFC 9110 section 6.5.1: what must be known before the content, or would be merged into the head too late.
  static constexpr std::array<std::string_view, 16> kForbidden = {
      "age",
      "content-encoding",
      "content-range",
      "expires",
      "forwarded",
      "http2-settings",
      "location",
      "max-forwards",
      "pragma",
      "range",
      "authentication-info",
      "proxy-authentication-info",
      "vary",
      "warning",
      "x-original-url",
      "x-rewrite-url",
  };
  if (starts_ignoring_case(field.name, "if-") || starts_ignoring_case(field.name, "access-control-") ||
      starts_ignoring_case(field.name, "sec-websocket-") || starts_ignoring_case(field.name, "x-forwarded")) {
    return false;
  }
  if (is_managed_forwarding_name(field.name)) return false;
  return std::ranges::none_of(kForbidden, [&](std::string_view name) { return equal_ignoring_case(field.name, name); });
}

}  // namespace mooring::http
