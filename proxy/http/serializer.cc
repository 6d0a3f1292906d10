#include "proxy/http/serializer.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "proxy/http/date.h"
#include "proxy/http/hop_by_hop.h"
#include "proxy/http/method.h"

namespace mooring::http {
namespace {

// Room for what is written beside fields and start line: framing, Connection, Upgrade, Date, the empty line.
constexpr std::size_t kOwnLines = 256;

// Writes into memory that was measured before; no bounds to check on the way.
class Writer {
 public:
  explicit Writer(char* to) : begin_(to), to_(to) {}

  void text(std::string_view part) {
    if (part.empty()) return;  // memcpy must not see a null pointer
    std::memcpy(to_, part.data(), part.size());
    to_ += part.size();
  }
  void field(std::string_view name, std::string_view value) {
    text(name);
    text(": ");
    text(value);
    text("\r\n");
  }
  void number(std::uint64_t value) { to_ = std::to_chars(to_, to_ + 20, value).ptr; }
  std::string_view written() const { return {begin_, static_cast<std::size_t>(to_ - begin_)}; }

 private:
  char* begin_;
  char* to_;
};

// Not zero where one of the eight bytes is below 14. May be wrong the other way round: it only picks what is looked at
// again.
std::uint64_t low_bytes(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  return (word - kOnes * 14) & ~word & (kOnes * 0x80);
}

template <typename Word>
std::uint64_t load(const char* from) {
  Word word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Whether a byte below 14 may be in `text`: eight bytes at a time, the last eight once more, since every name and value
// of every message passes here.
bool has_low_byte(std::string_view text) {
  const char* at = text.data();
  const std::size_t size = text.size();
  if (size >= 8) {
    std::uint64_t low = low_bytes(load<std::uint64_t>(at + size - 8));
    for (const char* const end = at + size - 8; at < end; at += 8) low |= low_bytes(load<std::uint64_t>(at));
    return low != 0;
  }
  if (size >= 4) return low_bytes(load<std::uint32_t>(at) | load<std::uint32_t>(at + size - 4) << 32) != 0;
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 14; });
}

// The last line of defence against a split message: such a field is not written, wherever it came from.
bool is_writable(std::string_view text) {
  if (!has_low_byte(text)) return true;
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

std::size_t measure(const HeaderMap& fields) {
  std::size_t size = 0;
  for (const Field& field : fields) size += field.name.size() + field.value.size() + 4;
  return size;
}

bool is_made_here(FieldId id) {
  return id == FieldId::connection || id == FieldId::content_length || id == FieldId::transfer_encoding;
}

template <typename Skip>
void write_fields(Writer& out, const HeaderMap& fields, Skip skip) {
  for (const Field& field : fields) {
    if (is_made_here(field.id) || skip(field) || field.name.empty()) continue;
    if (is_writable(field.name) && is_writable(field.value)) out.field(field.name, field.value);
  }
}

void write_framing(Writer& out, const Framing& framing) {
  if (framing.kind == BodyKind::chunked) out.text("Transfer-Encoding: chunked\r\n");
  if (framing.kind != BodyKind::length) return;
  out.text("Content-Length: ");
  out.number(framing.length);
  out.text("\r\n");
}

void write_content_length(Writer& out, const HeaderMap& fields) {
  const std::string_view length = fields.value(FieldId::content_length);
  if (!length.empty() && is_writable(length)) out.field("Content-Length", length);
}

// The methods whose requests have content, so that "none" has to be said (RFC 9110 section 8.6).
bool expects_content(Method method) {
  return method == Method::post || method == Method::put || method == Method::patch;
}

void write_response_framing(Writer& out, const ResponseHead& head, bool client_http_1_0) {
  if (head.status < 200 || head.status == 204) return;
  if (head.framing.kind == BodyKind::chunked && client_http_1_0) return;
  write_framing(out, head.framing);
  if (head.framing.kind != BodyKind::none) return;
  if (head.to_head || head.status == 304) {
    write_content_length(out, head.fields);
  } else {
    out.text("Content-Length: 0\r\n");
  }
}

void write_response_connection(Writer& out, const ResponseHead& head, bool client_http_1_0, bool keep_alive) {
  if (head.status == 101) return out.text("Connection: Upgrade\r\n");
  if (head.status < 200) return;
  const bool ends_by_close =
      head.framing.kind == BodyKind::until_close || (head.framing.kind == BodyKind::chunked && client_http_1_0);
  if (!keep_alive || ends_by_close) return out.text("Connection: close\r\n");
  if (client_http_1_0) out.text("Connection: keep-alive\r\n");
}

}  // namespace

std::string_view serialize(const RequestHead& head, std::string_view host, Arena& arena, std::string_view base) {
  const std::size_t room = base.size() + head.method_text.size() + head.path.size() + head.query.size() + host.size() +
                           head.upgrade.size() + measure(head.fields) + kOwnLines;
  Writer out(static_cast<char*>(arena.allocate(room)));
  out.text(head.method_text);
  out.text(" ");
  if (head.path.starts_with('/')) out.text(base);
  out.text(head.path);
  if (head.has_query) out.text("?");
  if (head.has_query) out.text(head.query);
  out.text(" HTTP/1.1\r\n");
  out.field("Host", is_writable(host) ? host : std::string_view{});
  write_fields(out, head.fields,
               [](const Field& field) { return field.id == FieldId::host || field.id == FieldId::upgrade; });
  write_framing(out, head.framing);
  if (head.framing.kind == BodyKind::none && expects_content(head.method)) out.text("Content-Length: 0\r\n");
  if (!head.upgrade.empty() && is_writable(head.upgrade)) {
    out.text("Connection: Upgrade\r\n");
    out.field("Upgrade", head.upgrade);
  }
  out.text("\r\n");
  return out.written();
}

std::string_view serialize(const ResponseHead& head, bool client_http_1_0, bool keep_alive, Arena& arena) {
  Writer out(static_cast<char*>(arena.allocate(head.reason.size() + measure(head.fields) + kOwnLines)));
  out.text("HTTP/1.1 ");
  out.number(head.status);
  out.text(" ");
  out.text(head.reason.empty() || !is_writable(head.reason) ? reason_phrase(head.status) : head.reason);
  out.text("\r\n");
  bool has_date = false;
  write_fields(out, head.fields, [&](const Field& field) {
    if (field.id == FieldId::date) has_date = true;
    return field.id == FieldId::upgrade && head.status != 101;
  });
  if (!has_date && head.status >= 200) out.field("Date", http_date());
  write_response_framing(out, head, client_http_1_0);
  write_response_connection(out, head, client_http_1_0, keep_alive);
  out.text("\r\n");
  return out.written();
}

std::size_t write_chunk_head(char* to, std::size_t bytes) {
  char* const end = std::to_chars(to, to + kChunkHeadBytes - 2, bytes, 16).ptr;
  kChunkEnd.copy(end, kChunkEnd.size());
  return static_cast<std::size_t>(end - to) + 2;
}

std::string_view serialize_trailers(const HeaderMap& trailers, Arena& arena) {
  Writer out(static_cast<char*>(arena.allocate(measure(trailers) + 8)));
  out.text("0\r\n");
  write_fields(out, trailers, [](const Field& field) { return !may_be_trailer(field); });
  out.text("\r\n");
  return out.written();
}

}  // namespace mooring::http
