// Requests come from anybody: whatever the bytes and wherever they are cut, the parser says the same; no field it lets
// through can split a message; and what goes upstream is read back as the request it was, and as no more than one.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/http/forwarded.h"
#include "proxy/http/framing.h"
#include "proxy/http/hop_by_hop.h"
#include "proxy/http/request_parser.h"
#include "proxy/http/request_target.h"
#include "proxy/http/serializer.h"

namespace {

using namespace mooring;

constexpr http::HeadLimits kLimits{
    .head_bytes = 4096, .fields = 32, .line_bytes = 1024, .chunk_extension_bytes = 64, .trailer_bytes = 256};

void require(bool what) {
  if (!what) std::abort();
}

std::string describe(const http::HeaderMap& fields) {
  std::string text;
  for (const http::Field& field : fields) {
    require(http::is_token(field.name) && http::is_field_value(field.value));
    text.append(field.name).append("\n").append(field.value).append("\n");
  }
  return text;
}

// What one message came to; equal however it was cut.
struct Reading {
  http::ParseState state = http::ParseState::more;
  std::uint16_t status = 0;
  std::size_t consumed = 0;
  std::string text;
  std::string body;

  bool operator==(const Reading&) const = default;
};

class Reader {
 public:
  Reader() : head_(arena_), trailers_(arena_), parser_(kLimits) { parser_.start(head_); }

  void feed(std::string_view bytes) {
    const std::vector<char> piece(bytes.begin(), bytes.end());  // of its own, so that ASan sees the edges
    std::string_view left{piece.data(), piece.size()};
    while (!left.empty() && reading_.state == http::ParseState::more) {
      const std::size_t consumed = in_body_ ? feed_body(left) : feed_head(left);
      require(consumed <= left.size());
      require(consumed > 0 || reading_.state != http::ParseState::more || in_body_);
      reading_.consumed += consumed;
      left.remove_prefix(consumed);
    }
  }

  Reading finish() {
    if (reading_.state == http::ParseState::failed) {
      reading_.status = parser_.failure().status;
      require(reading_.status >= 400 && !parser_.failure().detail.empty());
      reading_.consumed = 0;
      reading_.body.clear();
    } else if (reading_.state == http::ParseState::done) {
      reading_.text = std::string(head_.method_text) + " " + std::string(head_.target) + "\n" +
                      std::to_string(static_cast<int>(head_.framing.kind)) + " " +
                      std::to_string(head_.framing.length) + "\n" + describe(head_.fields) + describe(trailers_);
    }
    return reading_;
  }
  http::RequestHead& head() { return head_; }

 private:
  std::size_t feed_head(std::string_view left) {
    const http::Parsed parsed = parser_.feed_head(left);
    reading_.state = parsed.state;
    if (parsed.state == http::ParseState::done && head_.framing.kind == http::BodyKind::chunked) {
      reading_.state = http::ParseState::more;
      in_body_ = true;
      parser_.start_trailers(trailers_);
    }
    return parsed.consumed;
  }
  std::size_t feed_body(std::string_view left) {
    const http::BodyPart part = parser_.feed_body(left);
    reading_.state = part.state;
    reading_.body += part.data;
    require(part.consumed > 0 || part.state != http::ParseState::more);
    return part.consumed;
  }

  http::Arena arena_;
  http::RequestHead head_;
  http::HeaderMap trailers_;
  http::RequestParser parser_;
  Reading reading_;
  bool in_body_ = false;
};

Reading read(std::string_view bytes, std::size_t piece) {
  Reader reader;
  for (std::size_t at = 0; at < bytes.size(); at += piece) reader.feed(bytes.substr(at, piece));
  return reader.finish();
}

// What an upstream would see, read by the same rules: the same method, host, path, query, framing and upgrade.
void check_forwarded(http::RequestHead& head) {
  if (const auto failure = http::resolve_target(head)) return require(failure->status == 400);
  require(head.path == "*" || head.path.starts_with('/'));
  http::strip_request(head);
  const http::Peer peer{.address = config::IpAddress::parse("192.0.2.7").value(), .address_text = "192.0.2.7"};
  http::apply_forwarded(head, peer, {}, "edge");
  const std::string bytes{http::serialize(head, head.authority.empty() ? "none" : head.authority, head.fields.arena())};

  http::Arena arena;
  http::RequestHead again(arena);
  constexpr http::HeadLimits kRoomy;
  http::RequestParser parser(kRoomy);
  parser.start(again);
  const http::Parsed parsed = parser.feed_head(bytes);
  require(parsed.state == http::ParseState::done && parsed.consumed == bytes.size());
  require(!http::resolve_target(again));
  require(again.method_text == head.method_text && again.path == head.path && again.query == head.query);
  require(again.has_query == head.has_query && again.routing_path == head.routing_path);
  require(again.host == (head.authority.empty() ? "none" : head.host) && again.upgrade == head.upgrade);
  require(again.framing.kind == head.framing.kind && again.framing.length == head.framing.length);
  require(again.fields.count(http::FieldId::x_forwarded_for) == 1);
  require(again.fields.value(http::FieldId::x_forwarded_for) == "192.0.2.7");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 8192) return 0;
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const Reading whole = read(bytes, size == 0 ? 1 : size);
  require(read(bytes, 1) == whole);
  require(read(bytes, 7) == whole);
  if (size > 2) require(read(bytes, size / 2 + 1) == whole);
  if (whole.state != http::ParseState::done) return 0;
  Reader reader;
  reader.feed(bytes);
  check_forwarded(reader.head());
  return 0;
}
