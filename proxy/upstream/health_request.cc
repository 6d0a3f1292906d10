#include "proxy/upstream/health_request.h"

#include <algorithm>
#include <expected>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/config/go_values.h"
#include "proxy/config/ip.h"
#include "proxy/http/arena.h"
#include "proxy/http/head_limits.h"
#include "proxy/http/method.h"
#include "proxy/http/response_parser.h"
#include "proxy/http/serializer.h"
#include "proxy/http/stream_body.h"
#include "proxy/loop/deadline.h"
#include "proxy/upstream/health_location.h"

namespace mooring::upstream {

namespace {

constexpr int kMostRedirects = 10;  // as Go's client
constexpr int kMostInterim = 8;
constexpr std::size_t kMostBodyBytes = 4'096;
constexpr std::uint64_t kBodyMs = 100;  // a body that does not come at once is not waited for
constexpr std::string_view kUserAgent = "Mooring";
// Of an answer whose body nobody reads: what is larger is no answer to a health check.
constexpr http::HeadLimits kLimits{.head_bytes = 16 << 10, .fields = 128, .line_bytes = 4 << 10};

bool accepted(int wanted, std::uint16_t status) {
  return wanted == 0 ? status >= 200 && status < 400 : status == wanted;
}

}  // namespace

HealthQuestion health_question(const config::ServerConfig& server, const config::HealthCheckConfig& check) {
  HealthQuestion question{
      .check = check, .host = server.host, .port = server.port, .path = check.path, .authority = {}};
  if (check.port != 0) question.port = check.port;
  if (question.path.empty()) question.path = server.path;
  if (!question.path.starts_with('/')) question.path.insert(0, "/");
  question.authority = check.hostname.empty() ? config::host_port(question.host, question.port) : check.hostname;
  return question;
}

void HealthCall::cancel() {
  canceled_ = true;
  connecting_.cancel();
  if (stream_ != nullptr) stream_->close();
}

// One question with its redirects, while it lasts.
class HealthTalk {
 public:
  HealthTalk(loop::EventLoop& loop, const HealthQuestion& question, const NameLookup& lookup, HealthCall& call)
      : loop_(loop),
        question_(question),
        lookup_(lookup),
        call_(call),
        path_(question.path),
        method_(question.check.method),
        start_ms_(loop.now_ms()),
        limit_(loop.deadlines(), too_late, this) {}

  loop::Task<HealthAnswer> run();

 private:
  // The head of one answer, or why there is none.
  struct Head {
    std::uint16_t status = 0;
    std::string location;
  };
  using Heard = std::expected<Head, HealthAnswer>;

  loop::Task<loop::Connected> dial();
  loop::Task<Heard> exchange(loop::Stream& stream);
  loop::Task<Heard> read_head(loop::Stream& stream, http::ResponseParser& parser, http::ResponseHead& head);
  loop::Task<Heard> one();
  std::string_view write_request(http::Arena& arena) const;
  void set_limit(std::uint64_t ms);
  std::uint64_t left_ms() const;
  HealthAnswer sick(std::string_view what) const;
  HealthAnswer no_answer() const;
  HealthAnswer not_opened(loop::Io io) const;
  HealthAnswer broken_off(loop::Io io, bool mid_head) const;
  static void too_late(void* context);

  loop::EventLoop& loop_;
  const HealthQuestion& question_;
  const NameLookup& lookup_;
  HealthCall& call_;
  std::string path_;
  std::string method_;
  std::uint64_t start_ms_;
  loop::Deadline limit_;
  bool late_ = false;
};

void HealthTalk::too_late(void* context) {
  auto* self = static_cast<HealthTalk*>(context);
  self->late_ = true;
  if (self->call_.stream_ != nullptr) self->call_.stream_->close();
}

std::uint64_t HealthTalk::left_ms() const {
  const auto all = static_cast<std::uint64_t>(question_.check.timeout.count());
  const std::uint64_t used = loop_.now_ms() - start_ms_;
  return all > used ? all - used : 0;
}

HealthAnswer HealthTalk::sick(std::string_view what) const {
  const HealthQuestion& asked = question_;
  return {HealthAnswer::Kind::sick, asked.check.method + " " + asked.path + ": " + std::string{what}};
}

HealthAnswer HealthTalk::no_answer() const {
  return sick("no answer in " + config::duration_text(question_.check.timeout));
}

HealthAnswer HealthTalk::not_opened(loop::Io io) const {
  switch (io) {
    case loop::Io::canceled:
    case loop::Io::resources:
      return {HealthAnswer::Kind::unknown, std::string{loop::to_string(io)}};
    case loop::Io::timeout:
      return no_answer();
    case loop::Io::refused:
      return sick("the connection was refused");
    case loop::Io::unreachable:
      return sick("the host cannot be reached");
    default:
      return sick(loop::to_string(io));
  }
}

HealthAnswer HealthTalk::broken_off(loop::Io io, bool mid_head) const {
  if (call_.canceled_) return {HealthAnswer::Kind::unknown, "canceled"};
  if (late_) return no_answer();
  if (mid_head) return sick("the answer was cut");
  return sick(io == loop::Io::reset ? "the connection was reset" : "the connection was closed without an answer");
}

loop::Task<loop::Connected> HealthTalk::dial() {
  std::vector<loop::SocketAddress> addresses;
  if (const auto address = loop::SocketAddress::from_ip(question_.host, question_.port)) {
    addresses.push_back(*address);
  } else {
    addresses = co_await lookup_(loop_, question_.host, question_.port);
  }
  loop::Connected connected = std::unexpected(loop::Io::unreachable);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if (call_.canceled_) co_return std::unexpected(loop::Io::canceled);
    const std::uint64_t left = left_ms();
    if (left == 0) co_return std::unexpected(loop::Io::timeout);
    const std::uint64_t share = std::max<std::uint64_t>(left / (addresses.size() - i), 1);
    connected = co_await loop::connect(loop_, addresses[i], share, &call_.connecting_);
    if (connected || connected.error() == loop::Io::canceled) break;
  }
  co_return connected;
}

std::string_view HealthTalk::write_request(http::Arena& arena) const {
  http::RequestHead head(arena);
  head.method_text = method_;
  head.method = http::method_from(method_);
  const std::string_view path = path_;
  const auto query = path.find('?');
  head.path = path.substr(0, query);
  head.has_query = query != std::string_view::npos;
  if (head.has_query) head.query = path.substr(query + 1);
  bool named = false;
  for (const auto& [name, value] : question_.check.headers) {
    head.fields.add(name, value);
    named = named || http::field_id(name) == http::FieldId::user_agent;
  }
  if (!named) head.fields.add(http::FieldId::user_agent, kUserAgent);
  return http::serialize(head, question_.authority, arena);
}

loop::Task<HealthTalk::Heard> HealthTalk::read_head(loop::Stream& stream, http::ResponseParser& parser,
                                                    http::ResponseHead& head) {
  const http::Method method = http::method_from(method_);
  parser.start(head, method);
  int interim = 0;
  while (true) {
    const loop::Io io = co_await stream.readable();
    if (io != loop::Io::ok) co_return std::unexpected(broken_off(stream.read_end(), parser.mid_head()));
    const http::Parsed parsed = parser.feed_head(stream.buffered());
    stream.consume(parsed.consumed);
    if (parsed.state == http::ParseState::more) continue;
    if (parsed.state == http::ParseState::failed) {
      co_return std::unexpected(sick("the answer is no HTTP: " + std::string{parser.failure().detail}));
    }
    if (head.status >= 200 || head.status == 101) break;
    if (++interim > kMostInterim) co_return std::unexpected(sick("interim answers without end"));
    head = http::ResponseHead(head.fields.arena());
    parser.start(head, method);
  }
  Head heard{.status = head.status, .location = {}};
  if (const http::Field* location = head.fields.find("Location")) heard.location = location->value;
  co_return heard;
}

loop::Task<HealthTalk::Heard> HealthTalk::exchange(loop::Stream& stream) {
  http::Arena arena;
  const std::string_view request = write_request(arena);
  const loop::Io written = co_await stream.write(request);
  // Also after a broken write: who refuses early has answered before he closed.
  if (written != loop::Io::ok && written != loop::Io::reset) co_return std::unexpected(broken_off(written, false));
  http::ResponseParser parser(kLimits);
  http::ResponseHead head(arena);
  Heard heard = co_await read_head(stream, parser, head);
  if (!heard || head.status == 101) co_return heard;
  limit_.set(std::min(kBodyMs, std::max<std::uint64_t>(left_ms(), 1)));
  http::StreamBody<http::ResponseParser> body(stream, parser, head.framing, arena, http::Side::upstream, {});
  while (!body.complete() && body.delivered() < kMostBodyBytes) {
    const http::BodyRead piece = co_await body.read();
    if (piece.last || piece.failure) break;
  }
  co_return heard;
}

loop::Task<HealthTalk::Heard> HealthTalk::one() {
  loop::Connected connected = co_await dial();
  if (call_.canceled_) co_return std::unexpected(HealthAnswer{HealthAnswer::Kind::unknown, "canceled"});
  if (!connected) co_return std::unexpected(not_opened(connected.error()));
  const std::unique_ptr<loop::SocketStream> stream = std::move(*connected);
  call_.stream_ = stream.get();
  limit_.set(std::max<std::uint64_t>(left_ms(), 1));
  Heard heard = co_await exchange(*stream);
  limit_.clear();
  call_.stream_ = nullptr;
  stream->close();
  co_return heard;
}

loop::Task<HealthAnswer> HealthTalk::run() {
  const config::HealthCheckConfig& check = question_.check;
  const std::string address = config::host_port(question_.host, question_.port);
  Heard heard = co_await one();
  for (int followed = 0; heard && check.follow_redirects && is_redirect(heard->status); ++followed) {
    const auto next = next_path(heard->location, path_, question_.authority, address);
    if (!next) break;
    if (followed == kMostRedirects) co_return sick("more than " + std::to_string(kMostRedirects) + " redirects");
    path_ = *next;
    if (heard->status < 307 && method_ != "HEAD") method_ = "GET";
    heard = co_await one();
  }
  if (!heard) co_return heard.error();
  if (accepted(check.status, heard->status)) {
    co_return HealthAnswer{HealthAnswer::Kind::well,
                           check.method + " " + question_.path + ": " + std::to_string(heard->status)};
  }
  const std::string where = path_ == question_.path ? "" : " at " + path_;
  const std::string wanted = check.status == 0 ? "2xx or 3xx" : std::to_string(check.status);
  co_return sick(std::to_string(heard->status) + where + ", wanted " + wanted);
}

loop::Task<HealthAnswer> ask_health(loop::EventLoop& loop, const HealthQuestion& question, const NameLookup& lookup,
                                    HealthCall& call) {
  HealthTalk talk(loop, question, lookup, call);
  HealthAnswer answer = co_await talk.run();
  co_return answer;
}

}  // namespace mooring::upstream
