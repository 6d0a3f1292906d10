#include "test/unit/http/feeding.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "proxy/http/request_parser.h"
#include "proxy/http/response_parser.h"

namespace mooring::test {
namespace {

// One piece in memory of its own.
class Piece {
 public:
  explicit Piece(std::string_view bytes) : bytes_(bytes.begin(), bytes.end()) { bytes_.shrink_to_fit(); }
  std::string_view view() const { return {bytes_.data(), bytes_.size()}; }

 private:
  std::vector<char> bytes_;
};

// Feeds one message; `consumed` is set when it is complete. False: refused.
template <typename Parser, typename Head>
bool feed(Parser& parser, const Head& head, http::HeaderMap& trailers, std::string_view bytes, const Cut& cut,
          Outcome& outcome) {
  bool in_head = true;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const Piece piece(bytes.substr(at, std::max<std::size_t>(1, cut(at))));
    std::string_view left = piece.view();
    while (!left.empty()) {
      http::ParseState state = http::ParseState::more;
      std::size_t consumed = 0;
      if (in_head) {
        const http::Parsed parsed = parser.feed_head(left);
        state = parsed.state;
        consumed = parsed.consumed;
      } else {
        const http::BodyPart part = parser.feed_body(left);
        outcome.body += part.data;
        state = part.state;
        consumed = part.consumed;
      }
      REQUIRE(consumed <= left.size());
      if (state == http::ParseState::failed) return false;
      at += consumed;
      left.remove_prefix(consumed);
      if (state == http::ParseState::more) {
        REQUIRE((consumed > 0 || left.empty()));
        continue;
      }
      if (!in_head || head.framing.kind != http::BodyKind::chunked) {
        outcome.complete = true;
        outcome.consumed = at;
        return true;
      }
      in_head = false;
      parser.start_trailers(trailers);
    }
  }
  return true;
}

}  // namespace

Outcome feed_request(std::string_view bytes, const Cut& cut, const TellRequest& tell, const http::HeadLimits& limits) {
  http::Arena arena;
  http::RequestHead head(arena);
  http::HeaderMap trailers(arena);
  http::RequestParser parser(limits);
  parser.start(head);
  Outcome outcome;
  if (!feed(parser, head, trailers, bytes, cut, outcome)) {
    outcome.refused = true;
    outcome.status = parser.failure().status;
    outcome.text = parser.failure().detail;
    outcome.body.clear();
  }
  if (outcome.complete) outcome.text = tell(head, trailers);
  return outcome;
}

Outcome feed_response(std::string_view bytes, http::Method method, const Cut& cut, const TellResponse& tell,
                      const http::HeadLimits& limits) {
  http::Arena arena;
  http::ResponseHead head(arena);
  http::HeaderMap trailers(arena);
  http::ResponseParser parser(limits);
  parser.start(head, method);
  Outcome outcome;
  if (!feed(parser, head, trailers, bytes, cut, outcome)) {
    outcome.refused = true;
    outcome.text = parser.failure().detail;
    outcome.body.clear();
  }
  if (outcome.complete) outcome.text = tell(head, trailers);
  return outcome;
}

Outcome feed_in_every_way(std::string_view bytes, const std::function<Outcome(const Cut&)>& feed) {
  const Outcome whole = feed([&](std::size_t) { return bytes.size(); });
  CHECK(feed([](std::size_t) { return 1; }) == whole);
  for (std::size_t split = 1; split < bytes.size(); ++split) {
    const Outcome parts = feed([&](std::size_t at) { return at < split ? split - at : bytes.size(); });
    if (parts == whole) continue;
    INFO("split before byte " << split);
    CHECK(parts.text == whole.text);
    CHECK(parts.body == whole.body);
    CHECK(parts == whole);
    break;
  }
  return whole;
}

std::string describe(const http::HeaderMap& fields) {
  std::string text;
  for (const http::Field& field : fields) {
    text += std::string(field.name) + "=[" + std::string(field.value) + "]\n";
  }
  return text;
}

std::string describe(const http::RequestHead& head) {
  std::string text = std::string(head.method_text) + " " + std::string(head.target) + " 1." +
                     std::to_string(head.minor_version) + "\n";
  text += "framing " + std::to_string(static_cast<int>(head.framing.kind)) + " " + std::to_string(head.framing.length) +
          (head.keep_alive ? " keep" : "") + (head.expects_continue ? " continue" : "") +
          " upgrade=" + std::string(head.upgrade) + "\n";
  return text + describe(head.fields);
}

std::string describe(const http::ResponseHead& head) {
  std::string text =
      std::to_string(head.status) + " " + std::string(head.reason) + " 1." + std::to_string(head.minor_version) + "\n";
  text += "framing " + std::to_string(static_cast<int>(head.framing.kind)) + " " + std::to_string(head.framing.length) +
          (head.keep_alive ? " keep" : "") + "\n";
  return text + describe(head.fields);
}

std::string unescape(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') {
      bytes += "\r\n";
    } else if (text[i] != '\\' || i + 1 == text.size()) {
      bytes += text[i];
    } else if (const char kind = text[++i]; kind == 'x' && i + 2 < text.size()) {
      bytes += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else if (kind != '\n') {
      bytes += kind == 'r' ? '\r' : kind == 'n' ? '\n' : kind == 't' ? '\t' : kind;
    }
  }
  return bytes;
}

std::string escape(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (bytes.substr(i, 2) == "\r\n") {
      text += '\n';
      ++i;
    } else if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
      text += bytes[i];
    } else {
      text += "\\x";
      text += kDigits[byte >> 4];
      text += kDigits[byte & 15];
    }
  }
  return text;
}

}  // namespace mooring::test
