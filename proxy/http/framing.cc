#include "proxy/http/framing.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "proxy/http/hop_by_hop.h"
#include "proxy/http/request_target.h"
#include "proxy/http/start_line.h"

namespace mooring::http {
namespace {

// Each name in Connection costs a look at every field; nobody honest names more than a handful.
constexpr std::size_t kConnectionOptions = 64;

constexpr std::array<bool, 256> token_table() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}

constexpr std::array<bool, 256> kToken = token_table();

// What the framing fields say, before a request or a response makes something of it.
struct Declared {
  std::optional<std::uint64_t> length;
  bool chunked = false;
  bool unknown_coding = false;  // tokens, but not `chunked` alone
  std::string_view wrong = {};  // static text; set: the message must be refused
};

// 1*DIGIT (RFC 9110 section 8.6): no sign, no blanks, no list, and no number that others could not hold.
std::optional<std::uint64_t> parse_length(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  return value;
}

void read_coding(std::string_view value, Declared& declared) {
  if (equal_ignoring_case(value, "chunked")) {
    declared.chunked = true;
    return;
  }
  std::size_t chunked = 0;
  std::size_t members = 0;
  bool tokens = true;
  for_each_member(value, [&](std::string_view member) {
    ++members;
    tokens = tokens && is_token(member);
    if (equal_ignoring_case(member, "chunked")) ++chunked;
  });
  // RFC 9112 section 6.1: chunked may be applied once, and codings that we do not know are 501.
  const std::size_t commas = static_cast<std::size_t>(std::ranges::count(value, ','));
  if (members == 0 || !tokens || commas + 1 != members || chunked > 1) {
    declared.wrong = "malformed Transfer-Encoding";
  } else {
    declared.unknown_coding = true;
  }
}

Declared read_framing(const HeaderMap& fields) {
  Declared declared;
  bool coding = false;
  for (const Field& field : fields) {
    if (field.id == FieldId::content_length) {
      if (declared.length) declared.wrong = "more than one Content-Length";
      const auto length = parse_length(field.value);
      if (!length) declared.wrong = "malformed Content-Length";
      declared.length = length.value_or(0);
    } else if (field.id == FieldId::transfer_encoding) {
      if (coding) declared.wrong = "more than one Transfer-Encoding";
      coding = true;
      read_coding(field.value, declared);
    }
  }
  if (coding && declared.length) declared.wrong = "Content-Length and Transfer-Encoding together";
  return declared;
}

struct ConnectionOptions {
  bool close = false;
  bool keep_alive = false;
  bool upgrade = false;
  bool too_many = false;
};

ConnectionOptions read_connection(const HeaderMap& fields) {
  ConnectionOptions options;
  std::size_t members = 0;
  for (const Field& field : fields) {
    if (field.id != FieldId::connection) continue;
    for_each_member(field.value, [&](std::string_view member) {
      ++members;
      if (equal_ignoring_case(member, "close")) options.close = true;
      if (equal_ignoring_case(member, "keep-alive")) options.keep_alive = true;
      if (equal_ignoring_case(member, "upgrade")) options.upgrade = true;
    });
  }
  options.too_many = members > kConnectionOptions;
  return options;
}

std::optional<Failure> check_host(const RequestHead& head) {
  const Field* host = nullptr;
  for (const Field& field : head.fields) {
    if (field.id != FieldId::host) continue;
    if (host != nullptr) return bad_request("more than one Host");
    host = &field;
  }
  if (host == nullptr) {
    if (head.minor_version == 0) return std::nullopt;
    return bad_request("Host is missing");
  }
  if (!parse_authority(host->value)) return bad_request("malformed Host");
  return std::nullopt;
}

bool has_expectation(const HeaderMap& fields) {
  return std::ranges::any_of(fields, [](const Field& field) {
    return field.id == FieldId::expect && equal_ignoring_case(field.value, "100-continue");
  });
}

}  // namespace

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return kToken[static_cast<unsigned char>(c)]; });
}

bool is_field_value(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

std::optional<Failure> check_request(RequestHead& head) {
  // HTTP/1 tunnels are made by Upgrade only: a proxied CONNECT poisons the pooled connection (Traefik CVE-2026-71324).
  if (head.method == Method::connect) return bad_request("CONNECT is not offered", 501);
  if (const auto failure = check_host(head)) return failure;

  const Declared declared = read_framing(head.fields);
  if (!declared.wrong.empty()) return bad_request(declared.wrong);
  if ((declared.chunked || declared.unknown_coding) && head.minor_version == 0) {
    return bad_request("Transfer-Encoding in HTTP/1.0");
  }
  if (declared.unknown_coding) return bad_request("Transfer-Encoding is not chunked", 501);
  head.framing = {};
  if (declared.chunked) head.framing.kind = BodyKind::chunked;
  if (declared.length.value_or(0) > 0) head.framing = {.kind = BodyKind::length, .length = *declared.length};

  const ConnectionOptions options = read_connection(head.fields);
  if (options.too_many) return bad_request("Connection names too many fields");
  const bool v11 = head.minor_version == 1;
  head.keep_alive = v11 ? !options.close : options.keep_alive && !options.close;
  head.expects_continue = v11 && head.framing.kind != BodyKind::none && has_expectation(head.fields);
  head.upgrade = v11 && options.upgrade ? passable_upgrade(head.fields) : std::string_view{};
  return std::nullopt;
}

std::optional<Failure> check_response(ResponseHead& head, Method request_method) {
  const Declared declared = read_framing(head.fields);
  if (!declared.wrong.empty()) return bad_response(declared.wrong);
  if (declared.unknown_coding) return bad_response("Transfer-Encoding is not chunked");
  if (declared.chunked && head.minor_version == 0) return bad_response("Transfer-Encoding in HTTP/1.0");
  const ConnectionOptions options = read_connection(head.fields);
  if (options.too_many) return bad_response("Connection names too many fields");

  // RFC 9112 section 6.3, in its order.
  head.to_head = request_method == Method::head;
  head.framing = {};
  if (head.to_head || head.status < 200 || head.status == 204 || head.status == 304) {
    head.framing.kind = BodyKind::none;
  } else if (declared.chunked) {
    head.framing.kind = BodyKind::chunked;
  } else if (declared.length) {
    if (*declared.length > 0) head.framing = {.kind = BodyKind::length, .length = *declared.length};
  } else {
    head.framing.kind = BodyKind::until_close;
  }
  const bool wish = head.minor_version == 1 ? !options.close : options.keep_alive && !options.close;
  head.keep_alive = wish && head.framing.kind != BodyKind::until_close;
  return std::nullopt;
}

}  // namespace mooring::http
