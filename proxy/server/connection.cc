#include "proxy/server/connection.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "proxy/http/forwarded.h"
#include "proxy/http/hop_by_hop.h"
#include "proxy/http/proxy_protocol.h"
#include "proxy/http/request_target.h"
#include "proxy/http/serializer.h"
#include "proxy/http/start_line.h"
#include "proxy/observe/log.h"
#include "proxy/server/failure_response.h"
#include "proxy/server/response_writer.h"
#include "proxy/server/tunnel.h"

namespace mooring::server {
namespace {

bool speaks_for_others(const config::IpAddress& peer, const config::ProxyProtocolOptions& options) {
  return options.insecure || std::ranges::any_of(options.trusted_ips, [&](const config::IpNetwork& network) {
           return network.contains(peer);
         });
}

http::Failure overloaded() {
  http::Failure failure;
  failure.kind = http::FailureKind::connection_limit_reached;
  failure.detail = "overload";
  return failure;
}

}  // namespace

Connection::Connection(ConnectionGroup& group, std::unique_ptr<loop::Stream> stream, std::string peer_ip,
                       std::uint16_t peer_port)
    : group_(group),
      stream_(std::move(stream)),
      parser_(group.limits),
      read_deadline_(group.loop.deadlines(), read_late, this),
      write_deadline_(group.loop.deadlines(), write_late, this),
      peer_ip_(std::move(peer_ip)),
      opened_ms_(group.loop.now_ms()) {
  peer_.address = config::IpAddress::parse(peer_ip_).value_or(config::IpAddress{});
  peer_.address_text = peer_ip_;
  peer_.port = peer_port;
  next_ = group.first;
  link_ = &group.first;
  if (next_ != nullptr) next_->link_ = &next_;
  group.first = this;
  ++group.connections;
  stream_->on_hangup(hung_up, this);
}

Connection::~Connection() {
  *link_ = next_;
  if (next_ != nullptr) next_->link_ = link_;
  --group_.connections;
  if (group_.on_closed) group_.on_closed();
}

loop::Task<void> Connection::serve(ConnectionGroup& group, std::unique_ptr<loop::SocketStream> stream) {
  const loop::SocketAddress peer = stream->peer();
  return serve(group, std::move(stream), peer.ip(), peer.port());
}

loop::Task<void> Connection::serve(ConnectionGroup& group, std::unique_ptr<loop::Stream> stream, std::string peer_ip,
                                   std::uint16_t peer_port) {
  Connection connection(group, std::move(stream), std::move(peer_ip), peer_port);
  if (group.options.proxy_protocol.enabled() &&
      speaks_for_others(connection.peer_.address, group.options.proxy_protocol)) {
    const bool understood = co_await connection.read_proxy_header();
    if (!understood) co_return;
  }
  while (true) {
    connection.phase_ = Phase::idle;
    const auto idle = static_cast<std::uint64_t>(group.options.idle_timeout.count());
    connection.read_deadline_.set(connection.first_request_ || idle == 0 ? group.times.first_request : idle);
    const loop::Io io = co_await connection.stream_->readable();
    connection.read_deadline_.clear();
    if (io != loop::Io::ok) co_return;
    const bool go_on = co_await connection.serve_one();
    if (!go_on || group.closing) co_return;
    connection.first_request_ = false;
  }
}

// Who the client is, from a peer whose word is taken. False: it says nothing that can be understood. Then there is no
// telling whose request it is, and the connection ends without a word.
loop::Task<bool> Connection::read_proxy_header() {
  http::ProxyHeaderParser parser;
  phase_ = Phase::idle;
  read_deadline_.set(group_.times.head);
  while (true) {
    const loop::Io io = co_await stream_->readable();
    if (io != loop::Io::ok) {
      observe::log_debug("{}: {} before the PROXY header was complete", peer_ip_, loop::to_string(io));
      co_return false;
    }
    const http::Parsed parsed = parser.feed(stream_->buffered());
    stream_->consume(parsed.consumed);
    if (parsed.state == http::ParseState::more) continue;
    read_deadline_.clear();
    if (parsed.state == http::ParseState::done) break;
    group_.bad_proxy_headers.add(1);
    observe::log_debug("{}: bad PROXY header: {}; the connection was closed", peer_ip_, parser.failure());
    co_return false;
  }
  if (parser.source()) set_peer(parser.source()->address, parser.source()->port);
  co_return true;
}

// One request. False: the connection ends here.
loop::Task<bool> Connection::serve_one() {
  const ExchangeCache::Loan loan = group_.exchanges.take();
  http::Exchange& exchange = *loan;
  exchange.peer = &peer_;
  exchange.interim = this;
  exchange.stall_ms = group_.times.stall;
  group_.busy.add(1);
  group_.requests.add(1);
  ++requests_;
  const bool head_complete = co_await read_head(exchange);
  if (!head_complete) {
    group_.busy.add(-1);
    co_return false;
  }
  RequestBody body(*stream_, parser_, exchange.request.framing, exchange.arena, http::Side::client,
                   {.deadline = &read_deadline_, .ms = group_.options.read_timeout ? 0 : group_.times.stall});
  if (exchange.request.framing.kind != http::BodyKind::none) exchange.body.reset(&body);
  exchange_ = &exchange;
  body_ = &body;
  phase_ = Phase::exchange;
  limit_answer();
  http::Response response = co_await answer(exchange);
  const bool go_on = co_await respond(exchange, std::move(response), body);
  unlimit_answer();
  exchange_ = nullptr;
  body_ = nullptr;
  group_.busy.add(-1);
  co_return go_on;
}

// False: the request was refused, or the client has gone; all is said.
loop::Task<bool> Connection::read_head(http::Exchange& exchange) {
  phase_ = Phase::head;
  exchange.started_ms = group_.loop.now_ms();
  exchange.started_at = std::chrono::system_clock::now();
  if (group_.access != nullptr) {
    exchange.origin.timed = true;
    exchange.origin.keep_fields = group_.access->wants_fields();
    exchange.origin.exchange_began = std::chrono::steady_clock::now();
  }
  const auto whole = group_.options.read_timeout;
  read_deadline_.set(whole && whole->count() > 0 ? static_cast<std::uint64_t>(whole->count()) : group_.times.head);
  parser_.start(exchange.request);
  LoadGate::Head place(group_.gate, crowd_out, this);
  while (true) {
    const http::Parsed parsed = parser_.feed_head(stream_->buffered());
    stream_->consume(parsed.consumed);
    if (parsed.state == http::ParseState::failed) {
      co_await refuse(exchange, parser_.failure());
      co_return false;
    }
    if (parsed.state == http::ParseState::done) break;
    place.wait();
    if (phase_ == Phase::crowded) {
      co_await refuse(exchange, overloaded());
      co_return false;
    }
    const loop::Io io = co_await stream_->readable();
    if (io == loop::Io::ok) continue;
    if (phase_ == Phase::crowded) continue;  // says so above
    if (phase_ == Phase::lingering) {        // read_late() was here
      http::Failure late;
      late.kind = http::FailureKind::connection_read_timeout;
      late.side = http::Side::client;
      co_await refuse(exchange, late);
    }
    co_return false;
  }
  if (!whole || whole->count() == 0) read_deadline_.clear();
  http::Failure failure = prepare(exchange);
  if (!failure && group_.gate != nullptr && !group_.gate->admit()) failure = overloaded();
  if (!failure) co_return true;
  co_await refuse(exchange, failure);
  co_return false;
}

void Connection::set_peer(const config::IpAddress& address, std::uint16_t port) {
  peer_ip_ = address.to_string();
  peer_.address = address;
  peer_.address_text = peer_ip_;
  peer_.port = port;
}

http::Failure Connection::prepare(http::Exchange& exchange) {
  if (const auto failure = http::resolve_target(exchange.request, group_.target)) return *failure;
  if (group_.as_received) return {};
  const config::EntryPointOptions& options = group_.options;
  if (!http::apply_underscores(exchange.request.fields, options.underscore_headers)) {
    return http::bad_request("a field's name has an underscore");
  }
  // In this order: what the client names in Connection is gone before we add anything.
  http::strip_request(exchange.request, options.forwarded_headers.connection);
  http::apply_forwarded(exchange.request, peer_, options.forwarded_headers, group_.own_hostname);
  return {};
}

// writeTimeout: from the end of the head to the end of the answer.
void Connection::limit_answer() {
  const auto whole = group_.options.write_timeout.count();
  if (whole <= 0) return;
  whole_answer_ = true;
  write_deadline_.set(static_cast<std::uint64_t>(whole));
}

void Connection::unlimit_answer() {
  if (!whole_answer_) return;
  whole_answer_ = false;
  write_deadline_.clear();
}

// keepAliveMaxRequests and keepAliveMaxTime: this answer is the connection's last.
bool Connection::worn_out() const {
  const config::EntryPointOptions& options = group_.options;
  if (options.keep_alive_max_requests > 0 && requests_ >= options.keep_alive_max_requests) return true;
  const auto most_ms = options.keep_alive_max_time.count();
  return most_ms > 0 && group_.loop.now_ms() - opened_ms_ >= static_cast<std::uint64_t>(most_ms);
}

loop::Task<http::Response> Connection::answer(http::Exchange& exchange) {
  // The client has said goodbye already (FIN right behind a complete request): nobody would hear the answer.
  if (stream_->finished()) hung_up(this, stream_->read_end());
  if (exchange.canceled()) co_return failure_response(exchange, exchange.canceled());
  try {
    http::Response response = co_await group_.root.handle(exchange);
    co_return response;
  } catch (const std::exception& error) {
    observe::log_error("a handler threw: {} (router {})", error.what(), exchange.router);
  }
  http::Failure bug;
  bug.kind = http::FailureKind::proxy_internal_error;
  co_return failure_response(exchange, bug);
}

loop::Task<bool> Connection::respond(http::Exchange& exchange, http::Response response, RequestBody& body) {
  http::Failure failure = response.failure;
  if (failure) response = failure_response(exchange, failure);
  if (exchange.canceled()) exchange.request.keep_alive = false;
  std::uint16_t status = response.head.status;
  response.head.to_head = exchange.request.method == http::Method::head;
  bool go_on = false;
  std::uint64_t bytes = 0;
  if (exchange.canceled() && status == 499) {
    stream_->close();
  } else if (response.tunnel != nullptr) {
    const std::string_view head = http::serialize(response.head, false, true, exchange.arena);
    const loop::Io io = co_await stream_->write(head);
    unlimit_answer();
    if (io == loop::Io::ok) {
      body.release();  // what stands before the tunnel's first byte
      const Tunneled tunneled = co_await run_tunnel(exchange, *stream_, response.tunnel->stream());
      bytes = tunneled.to_client;
    }
  } else {
    const bool wants_more = exchange.request.keep_alive && !group_.closing && !worn_out();
    // A client that was never told to send its body may or may not send it now: the next request cannot be told apart.
    // One that has much left to send will not be heard to the end.
    const bool unsure = !body.complete() && (exchange.request.expects_continue || body.known_left() > kMaxDiscard);
    Written written = co_await write_response(exchange, *stream_, response, wants_more && !unsure, write_stall());
    if (written.nothing_sent && !exchange.canceled()) {
      // Cut before the client has seen any of it: it can still be told so.
      failure = written.failure;
      response = failure_response(exchange, failure);
      status = response.head.status;
      response.head.to_head = exchange.request.method == http::Method::head;
      written = co_await write_response(exchange, *stream_, response, false, write_stall());
    }
    bytes = written.body_bytes;
    if (written.failure && !failure) failure = written.failure;
    if (written.failure) stream_->close(written.reset);
    go_on = written.keep_alive;
  }
  response.body.reset();
  response.tunnel.reset();
  exchange.body.interrupt();
  co_await exchange.tasks.join();
  body.release();
  record(exchange, {.status = status,
                    .request_bytes = body.delivered(),
                    .body_bytes = bytes,
                    .failure = failure,
                    .fields = response.head.fields});
  const bool clean = co_await discard_rest(exchange, body);
  co_return go_on&& clean;
}

// What is left of the request's body must not be taken for the next request. False: the connection ends.
loop::Task<bool> Connection::discard_rest(http::Exchange& exchange, RequestBody& body) {
  if (stream_->closed()) co_return false;
  if (body.complete()) co_return true;
  if (exchange.request.expects_continue || body.known_left() > kMaxDiscard) {
    co_await linger();
    co_return false;
  }
  std::size_t discarded = 0;
  while (!body.complete() && discarded <= kMaxDiscard) {
    http::BodyRead piece;
    if (!body.try_read(piece)) {
      read_deadline_.set(group_.times.linger);
      phase_ = Phase::lingering;
      co_await stream_->readable();
      read_deadline_.clear();
      if (stream_->closed() || stream_->finished()) co_return false;
      continue;
    }
    if (piece.failure) co_return false;
    discarded += piece.bytes.size();
  }
  body.release();
  if (body.complete()) co_return true;
  co_await linger();
  co_return false;
}

// Answers a request that is no request, and ends the connection.
loop::Task<void> Connection::refuse(http::Exchange& exchange, http::Failure failure) {
  http::Response response = failure_response(exchange, failure);
  exchange.request.keep_alive = false;
  const Written written = co_await write_response(exchange, *stream_, response, false, write_stall());
  record(exchange, {.status = response.head.status,
                    .request_bytes = 0,
                    .body_bytes = written.body_bytes,
                    .failure = failure,
                    .fields = response.head.fields});
  // What the request took must not be held for as long as the client lingers.
  exchange.reset();
  co_await linger();
}

// Ends the connection so that the client can read the last answer although it is still sending.
loop::Task<void> Connection::linger() {
  if (stream_->closed()) co_return;
  phase_ = Phase::lingering;
  stream_->shutdown_write();
  read_deadline_.set(group_.times.linger);
  // However much it is: closing on unread bytes is a reset, which may overtake the answer.
  while (true) {
    const loop::Io io = co_await stream_->readable();
    if (io != loop::Io::ok) break;
    stream_->consume(stream_->buffered().size());
  }
  read_deadline_.clear();
}

loop::Task<void> Connection::interim(const http::ResponseHead& head) {
  // HTTP/1.0 knows no interim answers (RFC 9110 section 15.2).
  if (exchange_ == nullptr || exchange_->request.minor_version == 0) co_return;
  const std::string_view bytes = http::serialize(head, false, true, exchange_->arena);
  co_await stream_->write(bytes);
}

void Connection::read_late(void* context) {
  auto& self = *static_cast<Connection*>(context);
  switch (self.phase_) {
    case Phase::idle:
    case Phase::crowded:
    case Phase::lingering:
      self.stream_->close();
      return;
    case Phase::head:
      // read_head() wakes up, sees the phase, and says 408.
      self.phase_ = Phase::lingering;
      self.stream_->interrupt_read();
      return;
    case Phase::exchange:
      if (self.body_ != nullptr && self.body_->complete()) return;
      self.exchange_->cancel(http::FailureKind::connection_read_timeout, http::Side::client);
      self.exchange_->body.interrupt();
      return;
  }
}

void Connection::write_late(void* context) {
  auto& self = *static_cast<Connection*>(context);
  if (self.exchange_ != nullptr) {
    self.exchange_->cancel(http::FailureKind::connection_write_timeout, http::Side::client);
  }
  self.stream_->close(true);
}

void Connection::crowd_out(void* context) {
  auto& self = *static_cast<Connection*>(context);
  self.phase_ = Phase::crowded;
  self.stream_->interrupt_read();
}

void Connection::cut() {
  exchange_->cancel(http::FailureKind::connection_limit_reached, http::Side::client);
  if (stream_->writing_since_ms() != 0) {
    stream_->close(true);
  } else {
    exchange_->body.interrupt();
  }
}

// The client is gone. RST always ends the exchange; FIN does when the request is complete and nothing waits behind it.
void Connection::hung_up(void* context, loop::Io why) {
  auto& self = *static_cast<Connection*>(context);
  if (self.exchange_ == nullptr || self.phase_ != Phase::exchange) return;
  if (why == loop::Io::end && (!self.body_->complete() || !self.stream_->buffered().empty())) return;
  self.exchange_->cancel(http::FailureKind::connection_terminated, http::Side::client);
}

void ConnectionGroup::close_idle() {
  closing = true;
  for (Connection* connection = first; connection != nullptr; connection = connection->next_) {
    if (connection->phase_ != Connection::Phase::idle) continue;
    if (connection->first_request_) {
      // Its request may be on the way already.
      connection->read_deadline_.set(times.last_request);
    } else {
      connection->stream_->close();
    }
  }
}

void ConnectionGroup::find_slow(std::uint64_t patience_ms, std::vector<SlowClient>& slow) const {
  const std::uint64_t now = loop.now_ms();
  for (Connection* connection = first; connection != nullptr; connection = connection->next_) {
    if (connection->phase_ != Connection::Phase::exchange || connection->exchange_->canceled()) continue;
    std::uint64_t since = connection->stream_->writing_since_ms();
    // A body that is kept for trying again, and does not come to its end.
    if (since == 0 && !connection->body_->complete() && connection->exchange_->body.kept() != 0) {
      since = connection->exchange_->started_ms;
    }
    if (since != 0 && now - since >= patience_ms) slow.push_back({.since_ms = since, .connection = connection});
  }
}

void ConnectionGroup::close_all() {
  closing = true;
  for (Connection* connection = first; connection != nullptr; connection = connection->next_) {
    if (connection->exchange_ != nullptr) {
      connection->exchange_->cancel(http::FailureKind::canceled, http::Side::proxy);
    }
    connection->stream_->close();
  }
}

}  // namespace mooring::server
