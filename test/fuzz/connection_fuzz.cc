// A whole connection: whatever a client sends and whatever an upstream answers, nothing is left behind, and what
// reaches the upstream is requests that are read in one way only, no more of them than the client sent.
//
// The input: a byte of switches (see play_of()), then what the client sends, then a line "%%", then what each upstream
// connection answers. Without that line it answers a plain "ok".
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "proxy/http/request_parser.h"
#include "proxy/http/request_target.h"
#include "test/fuzz/connection_stage.h"

namespace {

using namespace mooring;

constexpr std::string_view kDivider = "\n%%\n";
constexpr std::string_view kPlain = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr std::size_t kLongest = 4096;
// A request is tried at three endpoints at most, each time once more where the connection was not fresh.
constexpr std::size_t kMostAttempts = 6;

void require(bool what) {
  if (!what) std::abort();
}

test::Play play_of(std::string_view input) {
  const auto switches = static_cast<std::uint8_t>(input.front());
  input.remove_prefix(1);
  const std::size_t divider = input.find(kDivider);
  test::Play play;
  play.client = input.substr(0, divider);
  play.upstream = divider == std::string_view::npos ? kPlain : input.substr(divider + kDivider.size());
  play.byte_by_byte = (switches & 1U) != 0;
  play.upstream_closes = (switches & 2U) != 0;
  play.upstream_first = (switches & 4U) != 0;
  play.client_resets = (switches & 8U) != 0;
  return play;
}

// How many requests stand in `bytes`, one behind the other, the last one perhaps cut. `strict`: there must be nothing
// else.
std::size_t count_requests(std::string_view bytes, bool strict) {
  constexpr http::HeadLimits kRoomy;
  http::RequestParser parser(kRoomy);
  std::size_t count = 0;
  while (!bytes.empty()) {
    http::Arena arena;
    http::RequestHead head(arena);
    parser.start(head);
    const http::Parsed parsed = parser.feed_head(bytes);
    if (parsed.state == http::ParseState::more) return count + 1;
    const bool read = parsed.state == http::ParseState::done && !http::resolve_target(head);
    require(read || !strict);
    if (!read) return count;
    ++count;
    bytes.remove_prefix(parsed.consumed);
    if (head.framing.kind == http::BodyKind::length) {
      if (head.framing.length >= bytes.size()) return count;
      bytes.remove_prefix(head.framing.length);
    }
    if (head.framing.kind != http::BodyKind::chunked) continue;
    http::HeaderMap trailers(arena);
    parser.start_trailers(trailers);
    for (bool more = true; more;) {
      if (bytes.empty()) return count;
      const http::BodyPart part = parser.feed_body(bytes);
      require(part.state != http::ParseState::failed || !strict);
      if (part.state == http::ParseState::failed) return count;
      bytes.remove_prefix(part.consumed);
      more = part.state != http::ParseState::done;
    }
  }
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > kLongest) return 0;
  static test::ConnectionStage stage;
  const test::Play play = play_of({reinterpret_cast<const char*>(data), size});
  const test::Outcome outcome = stage.play(play);
  require(outcome.to_client.empty() || outcome.to_client.starts_with("HTTP/1.1 "));
  // Behind a switch of protocols the bytes are nobody's to read.
  const bool may_switch = play.upstream.find(" 101") != std::string_view::npos;
  const std::size_t sent = count_requests(play.client, false);
  std::size_t arrived = 0;
  for (const std::string& bytes : outcome.to_upstream) {
    if (!may_switch) arrived += count_requests(bytes, true);
    require(sent != 0);
  }
  require(arrived <= sent * kMostAttempts);
  return 0;
}
