#include "proxy/upstream/attempt.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "proxy/http/hop_by_hop.h"
#include "proxy/http/serializer.h"
#include "proxy/loop/connect.h"
#include "proxy/loop/resolve.h"
#include "proxy/upstream/drain_word.h"
#include "proxy/upstream/request_pump.h"
#include "proxy/upstream/response_body.h"

namespace mooring::upstream {
namespace {

// An upstream that sends interim answers without end is broken; a real one sends two or three.
constexpr int kMaxInterim = 32;
// How long a client that waits for "100 Continue" is kept waiting for the upstream's word (as Go and curl do).
constexpr std::uint64_t kContinueWaitMs = 1000;

http::Failure failure_of(loop::Io io, http::FailureKind otherwise) {
  http::Failure failure;
  failure.side = http::Side::upstream;
  switch (io) {
    case loop::Io::refused:
    case loop::Io::unreachable:
      failure.kind = http::FailureKind::connection_refused;
      break;
    case loop::Io::timeout:
      failure.kind = http::FailureKind::connection_timeout;
      break;
    case loop::Io::resources:
      failure.kind = http::FailureKind::connection_limit_reached;
      failure.side = http::Side::proxy;
      break;
    case loop::Io::canceled:
      failure.kind = http::FailureKind::canceled;
      failure.side = http::Side::proxy;
      break;
    default:
      failure.kind = otherwise;
  }
  failure.detail = loop::to_string(io);
  return failure;
}

// Where the attempt's answer comes from, while its head is waited for.
class HeadWait {
 public:
  HeadWait(http::Exchange& exchange, UpstreamConnection& connection)
      : exchange_(exchange),
        connection_(connection),
        response_limit_(exchange.loop.deadlines(), response_late, this),
        continue_limit_(exchange.loop.deadlines(), continue_late, this) {
    exchange.on_cancel([](void* context) { static_cast<HeadWait*>(context)->connection_.stream().close(); }, this);
  }
  // Whoever goes on with the connection says anew what a cancel does.
  ~HeadWait() { exchange_.on_cancel(nullptr, nullptr); }
  HeadWait(const HeadWait&) = delete;
  HeadWait& operator=(const HeadWait&) = delete;

  void limit_response(std::uint64_t ms) {
    if (ms != 0) response_limit_.set(ms);
  }
  void limit_continue() { continue_limit_.set(kContinueWaitMs); }
  bool late() const { return late_; }
  bool continue_is_late() const { return continue_late_; }
  void forget_continue() {
    continue_late_ = false;
    continue_limit_.clear();
  }

 private:
  static void response_late(void* context) {
    auto* self = static_cast<HeadWait*>(context);
    self->late_ = true;
    self->connection_.stream().close();
  }
  static void continue_late(void* context) {
    auto* self = static_cast<HeadWait*>(context);
    self->continue_late_ = true;
    self->connection_.stream().interrupt_read();
  }

  http::Exchange& exchange_;
  UpstreamConnection& connection_;
  loop::Deadline response_limit_;
  loop::Deadline continue_limit_;
  bool late_ = false;
  bool continue_late_ = false;
};

// What one of `left` addresses may take of the time for all: the same for each, but long enough to be tried at all.
std::uint64_t share_of(std::uint64_t all_ms, std::uint64_t used_ms, std::size_t left) {
  constexpr std::uint64_t kLeast = 100;
  if (all_ms == 0) return 0;
  const std::uint64_t rest = all_ms > used_ms ? all_ms - used_ms : 0;
  return std::max(rest / left, left == 1 ? std::uint64_t{1} : std::min(kLeast, all_ms));
}

loop::Task<Opened> dial(http::Exchange& exchange, const AttemptPlan& plan, WaitingAttempts::Place& place) {
  loop::ConnectAttempt connecting;
  const auto cancel = [](void* context) { static_cast<loop::ConnectAttempt*>(context)->cancel(); };
  exchange.on_cancel(cancel, &connecting);
  place.on_lost(cancel, &connecting);
  std::vector<loop::SocketAddress> addresses;
  if (plan.server->address) {
    addresses.push_back(*plan.server->address);
  } else {
    addresses = co_await loop::resolve(exchange.loop, plan.server->config.host, plan.server->config.port);
  }
  const std::uint64_t begun = exchange.loop.now_ms();
  Opened connected = std::unexpected(loop::Io::unreachable);
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if (exchange.canceled() || place.lost()) {
      connected = std::unexpected(loop::Io::canceled);
      break;
    }
    const std::uint64_t limit = share_of(plan.dial_ms, exchange.loop.now_ms() - begun, addresses.size() - i);
    if (const ConnectionPool::Open& open = exchange.pool->open()) {
      connected = open(addresses[i]);
    } else {
      connected = co_await loop::connect(exchange.loop, addresses[i], limit, &connecting);
    }
    if (connected || connected.error() == loop::Io::canceled) break;
  }
  exchange.on_cancel(nullptr, nullptr);
  place.on_lost(nullptr, nullptr);
  co_return connected;
}

// Ends the pump, if one runs, so that the body may be read by somebody else.
loop::Task<void> stop_pump(http::Exchange& exchange, UpstreamConnection& connection) {
  connection.stream().close();
  exchange.body.interrupt();
  co_await exchange.tasks.join();
}

// Its endpoint went away: as good as a connection that was lost.
http::Failure given_up() {
  http::Failure failure;
  failure.kind = http::FailureKind::connection_terminated;
  failure.side = http::Side::upstream;
  failure.detail = "its container went away";
  return failure;
}

http::Failure head_failure(http::Exchange& exchange, UpstreamConnection& connection, const HeadWait& wait) {
  if (exchange.canceled()) return exchange.canceled();
  http::Failure failure;
  failure.side = http::Side::upstream;
  if (wait.late()) {
    failure.kind = http::FailureKind::http_response_timeout;
    failure.detail = "no response head in time";
    return failure;
  }
  if (connection.parser().mid_head()) {
    failure.kind = http::FailureKind::http_response_incomplete;
    failure.detail = "the response head was cut";
    return failure;
  }
  return failure_of(connection.stream().read_end(), http::FailureKind::connection_terminated);
}

// Reads heads until the final one. False: `into.failure` says why there is none.
loop::Task<bool> read_head(http::Exchange& exchange, Lease lease, http::Response& into, HeadWait& wait,
                           bool held_back) {
  loop::Stream& stream = lease->stream();
  int interim = 0;
  lease->parser().start(into.head, exchange.request.method);
  while (true) {
    // It may have become late while an interim answer was written: nobody would wake us then.
    loop::Io io = loop::Io::canceled;
    if (!wait.continue_is_late()) io = co_await stream.readable();
    if (wait.continue_is_late() || (held_back && io == loop::Io::canceled && !stream.closed())) {
      // The upstream says nothing: let the client send, as an HTTP/1.0 origin would have it.
      wait.forget_continue();
      http::ResponseHead go_on(exchange.arena);
      go_on.status = 100;
      if (exchange.interim != nullptr) co_await exchange.interim->interim(go_on);
      if (held_back) exchange.tasks.spawn(pump(exchange, lease));
      held_back = false;
      continue;
    }
    if (io != loop::Io::ok) {
      into.failure = head_failure(exchange, *lease, wait);
      co_return false;
    }
    const http::Parsed parsed = lease->parser().feed_head(stream.buffered());
    stream.consume(parsed.consumed);
    if (parsed.state == http::ParseState::more) continue;
    if (parsed.state == http::ParseState::failed) {
      into.failure = lease->parser().failure();
      co_return false;
    }
    if (into.head.status >= 200 || into.head.status == 101) co_return true;
    if (++interim > kMaxInterim) {
      into.failure.kind = http::FailureKind::http_protocol_error;
      into.failure.side = http::Side::upstream;
      into.failure.detail = "too many interim answers";
      co_return false;
    }
    const bool go_ahead = into.head.status == 100 && held_back;
    http::strip_response(into.head);
    if (exchange.interim != nullptr) co_await exchange.interim->interim(into.head);
    if (go_ahead) {
      wait.forget_continue();
      held_back = false;
      exchange.tasks.spawn(pump(exchange, lease));
    }
    into.head = http::ResponseHead(exchange.arena);
    lease->parser().start(into.head, exchange.request.method);
  }
}

bool binds_the_connection(const http::ResponseHead& head) {
  for (const http::Field& field : head.fields) {
    if (field.id != http::FieldId::www_authenticate && field.id != http::FieldId::proxy_authenticate) continue;
    const std::string_view scheme = field.value.substr(0, field.value.find(' '));
    if (http::equal_ignoring_case(scheme, "NTLM") || http::equal_ignoring_case(scheme, "Negotiate")) return true;
  }
  return false;
}

void cancel_by_closing(http::Exchange& exchange, UpstreamConnection& connection) {
  exchange.on_cancel([](void* context) { static_cast<UpstreamConnection*>(context)->stream().close(); }, &connection);
}

// Why a 101 opens no tunnel; nullptr: it does.
const char* why_no_tunnel(const http::Exchange& exchange, const http::ResponseHead& head) {
  if (exchange.request.upgrade.empty()) return "101 without a request to upgrade";
  // Before the body is all there, its bytes and the tunnel's could not be told apart.
  if (!exchange.request_sent) return "101 before the body";
  if (!http::answers_upgrade(head.fields, exchange.request.upgrade)) return "101 to a protocol that was not asked for";
  return nullptr;
}

// The head is there: what follows it on the connection becomes the response's body or tunnel.
void attach_rest(http::Exchange& exchange, Lease lease, http::Response& response, InFlight in_flight) {
  exchange.body.stop_keeping();
  if (response.head.status == 101) {
    if (const char* const why = why_no_tunnel(exchange, response.head)) {
      response.failure.kind = http::FailureKind::http_upgrade_failed;
      response.failure.side = http::Side::upstream;
      response.failure.detail = why;
      finish_lease(exchange, lease, false);
      return;
    }
    http::strip_response(response.head);
    cancel_by_closing(exchange, *lease);
    response.tunnel = std::make_unique<UpstreamTunnel>(exchange, std::move(lease), std::move(in_flight));
    return;
  }
  if (binds_the_connection(response.head)) lease->forbid_reuse();
  const bool keep_alive = response.head.keep_alive;
  http::strip_response(response.head);
  if (response.head.framing.kind == http::BodyKind::none) {
    finish_lease(exchange, lease, keep_alive);
    return;
  }
  cancel_by_closing(exchange, *lease);
  const http::Framing framing = response.head.framing;
  response.body = std::make_unique<ResponseBody>(exchange, std::move(lease), framing, keep_alive, std::move(in_flight));
}

}  // namespace

loop::Task<Attempted> attempt(http::Exchange& exchange, AttemptPlan plan) {
  Attempted result{.response = http::Response(exchange.arena), .connected = false};
  http::Failure& failure = result.response.failure;
  InFlight in_flight(*plan.server->endpoint, exchange.worker);
  std::optional<WaitingAttempts::Place> place(std::in_place, exchange.pool->waiting(), exchange.body,
                                              *plan.server->endpoint, plan.balancer, plan.tried, plan.repeatable);
  Lease lease;
  if (std::optional<Lease> idle = exchange.pool->take_idle(*plan.server, plan.max_idle_ms)) {
    lease = std::move(*idle);
  } else {
    Opened connected = co_await dial(exchange, plan, *place);
    if (!connected) {
      failure = exchange.canceled() ? exchange.canceled()
                                    : failure_of(connected.error(), http::FailureKind::connection_refused);
      result.given_up = place->lost() && !exchange.canceled();
      if (result.given_up) failure = given_up();
      failure.nothing_sent = true;
      co_return result;
    }
    result.dialed = true;
    lease = exchange.pool->adopt(*plan.server, std::move(*connected));
  }
  result.connected = true;
  std::optional<HeadWait> wait(std::in_place, exchange, *lease);
  place->on_lost([](void* context) { static_cast<UpstreamConnection*>(context)->stream().close(); }, &*lease);
  const std::string_view head = http::serialize(exchange.request, plan.host, exchange.arena, plan.server->base_path);
  const std::uint64_t written_before = lease->stream().bytes_written();
  const Sent sent = co_await send_request(exchange, lease->stream(), head);
  bool answered = false;
  if (sent.io == loop::Io::ok || sent.io == loop::Io::reset) {
    // Also after a broken write: an upstream that refuses a request early has answered before it closed.
    const bool held_back = sent.more && exchange.request.expects_continue;
    if (held_back) wait->limit_continue();
    if (sent.more && !held_back && sent.io == loop::Io::ok) exchange.tasks.spawn(pump(exchange, lease));
    wait->limit_response(plan.response_header_ms);
    answered = co_await read_head(exchange, lease, result.response, *wait, held_back);
  } else {
    failure = exchange.canceled() ? exchange.canceled() : failure_of(sent.io, http::FailureKind::connection_terminated);
  }
  if (!answered) {
    result.given_up = place->lost() && !exchange.canceled();
    if (result.given_up) failure = given_up();
    failure.nothing_sent = lease->stream().bytes_written() == written_before;
    co_await stop_pump(exchange, *lease);
    co_return result;
  }
  wait.reset();
  place.reset();
  if (take_drain_word(result.response.head)) plan.server->endpoint->saw(Seen::kLeaving);
  attach_rest(exchange, std::move(lease), result.response, std::move(in_flight));
  co_return result;
}

}  // namespace mooring::upstream
