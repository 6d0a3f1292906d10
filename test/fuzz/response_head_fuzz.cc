// Answers come from containers that anybody may have started: whatever the bytes and wherever they are cut, the parser
// says the same, and what goes to the client is read back as one answer with the same framing.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/http/framing.h"
#include "proxy/http/hop_by_hop.h"
#include "proxy/http/response_parser.h"
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

struct Reading {
  http::ParseState state = http::ParseState::more;
  std::size_t consumed = 0;
  std::string text;
  std::string body;

  bool operator==(const Reading&) const = default;
};

Reading read(std::string_view bytes, http::Method method, std::size_t size) {
  http::Arena arena;
  http::ResponseHead head(arena);
  http::HeaderMap trailers(arena);
  http::ResponseParser parser(kLimits);
  parser.start(head, method);
  Reading reading;
  bool in_body = false;
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    const std::string_view next = bytes.substr(at, size);
    const std::vector<char> piece(next.begin(), next.end());
    std::string_view left{piece.data(), piece.size()};
    while (!left.empty() && reading.state == http::ParseState::more) {
      http::BodyPart part;
      if (in_body) {
        part = parser.feed_body(left);
      } else {
        const http::Parsed parsed = parser.feed_head(left);
        part = {.consumed = parsed.consumed, .data = {}, .state = parsed.state};
      }
      require(part.consumed <= left.size());
      require(part.consumed > 0 || part.state != http::ParseState::more);
      reading.state = part.state;
      reading.body += part.data;
      reading.consumed += part.consumed;
      left.remove_prefix(part.consumed);
      if (part.state == http::ParseState::done && !in_body && head.framing.kind == http::BodyKind::chunked) {
        reading.state = http::ParseState::more;
        in_body = true;
        parser.start_trailers(trailers);
      }
    }
  }
  if (reading.state == http::ParseState::failed) {
    require(parser.failure().kind == http::FailureKind::http_protocol_error && !parser.failure().detail.empty());
    return {.state = http::ParseState::failed, .consumed = 0, .text = {}, .body = {}};
  }
  if (reading.state == http::ParseState::done) {
    reading.text = std::to_string(head.status) + std::string(head.reason) + "\n" +
                   std::to_string(static_cast<int>(head.framing.kind)) + " " + std::to_string(head.framing.length) +
                   "\n" + describe(head.fields) + describe(trailers);
  }
  return reading;
}

void check_forwarded(std::string_view bytes, http::Method method) {
  http::Arena arena;
  http::ResponseHead head(arena);
  http::ResponseParser parser(kLimits);
  parser.start(head, method);
  require(parser.feed_head(bytes).state == http::ParseState::done);
  http::strip_response(head);
  const std::string written{http::serialize(head, false, head.keep_alive, arena)};

  http::ResponseHead again(arena);
  constexpr http::HeadLimits kRoomy;
  http::ResponseParser second(kRoomy);
  second.start(again, method);
  const http::Parsed parsed = second.feed_head(written);
  require(parsed.state == http::ParseState::done && parsed.consumed == written.size());
  require(again.status == head.status && again.framing.kind == head.framing.kind);
  require(again.framing.length == head.framing.length);
  if (head.status >= 200) require(again.keep_alive == head.keep_alive);
}

}  // namespace

// The first byte chooses the request's method: it decides whether there is a body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 8192) return 0;
  const http::Method method = data[0] == 'h' ? http::Method::head : http::Method::get;
  const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
  const Reading whole = read(bytes, method, size);
  require(read(bytes, method, 1) == whole);
  require(read(bytes, method, 7) == whole);
  require(read(bytes, method, size / 2 + 1) == whole);
  if (whole.state == http::ParseState::done) check_forwarded(bytes, method);
  return 0;
}
