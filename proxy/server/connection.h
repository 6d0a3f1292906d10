// Connection: one client on one socket: reads requests, has each answered, writes the answers, until one side ends it.
//
// A worker (or the control loop) spawns serve() for each accepted stream and knows the connection through its context.
// HTTP/1 only; it makes the same Exchange that other protocols will. Who answers is the context's root handler: routes
// for an entry point, one fixed handler elsewhere. One loop, one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/config/options.h"
#include "proxy/http/handler.h"
#include "proxy/http/head_limits.h"
#include "proxy/http/request_parser.h"
#include "proxy/http/request_target.h"
#include "proxy/http/stream_body.h"
#include "proxy/loop/socket_stream.h"
#include "proxy/observe/access_record.h"
#include "proxy/observe/cells.h"
#include "proxy/server/exchange_cache.h"
#include "proxy/server/exchange_record.h"
#include "proxy/server/limits.h"
#include "proxy/server/load_gate.h"

namespace mooring::server {

class Connection;

// A client that has kept its exchange waiting since then (EventLoop::now_ms()).
struct SlowClient {
  std::uint64_t since_ms;
  Connection* connection;
};

// What the connections of one listener on one loop share. Owned by the worker; outlives them all.
struct ConnectionGroup {
  loop::EventLoop& loop;
  ExchangeCache& exchanges;
  const config::EntryPointOptions& options;
  const http::Handler& root;
  const http::HeadLimits& limits;
  std::string own_hostname;
  observe::AccessSink* access = nullptr;  // null: no access log
  std::uint32_t worker = 0;
  TimeLimits times{};
  LoadGate* gate = nullptr;  // null: no limit but the descriptors'
  http::TargetPolicy target{};
  bool as_received = false;     // the root answers itself, so it sees the fields as they came: nothing forwarded
  bool closing = false;         // finish what runs, take no further request
  Connection* first = nullptr;  // all connections, for the shutdown
  std::size_t connections = 0;
  observe::Count busy{};               // with a request in progress
  observe::Count requests{};           // since the start
  observe::Count bad_proxy_headers{};  // connections that were closed for what stood where a PROXY header must
  std::function<void()> on_closed{};   // a connection has ended

  // Ends idle connections now, those that have asked nothing yet in a moment (TimeLimits::last_request), and the others
  // after their present answer.
  void close_idle();
  // Ends every connection now.
  void close_all();
  // Adds the clients that have kept an exchange waiting for `patience_ms` or longer, while it holds memory for them.
  void find_slow(std::uint64_t patience_ms, std::vector<SlowClient>& slow) const;
};

class Connection final : private http::InterimSink {
 public:
  // The client is whom the socket says.
  static loop::Task<void> serve(ConnectionGroup& group, std::unique_ptr<loop::SocketStream> stream);
  static loop::Task<void> serve(ConnectionGroup& group, std::unique_ptr<loop::Stream> stream, std::string peer_ip,
                                std::uint16_t peer_port);

  Connection(ConnectionGroup& group, std::unique_ptr<loop::Stream> stream, std::string peer_ip,
             std::uint16_t peer_port);
  ~Connection() override;
  // Ends the exchange for the sake of others: its client is slow, and memory is short.
  void cut();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

 private:
  friend struct ConnectionGroup;
  // crowded: the head is incomplete, and others need its place.
  enum class Phase : std::uint8_t { idle, head, crowded, exchange, lingering };
  using RequestBody = http::StreamBody<http::RequestParser>;

  loop::Task<bool> read_proxy_header();
  loop::Task<bool> serve_one();
  loop::Task<bool> read_head(http::Exchange& exchange);
  loop::Task<http::Response> answer(http::Exchange& exchange);
  loop::Task<bool> respond(http::Exchange& exchange, http::Response response, RequestBody& body);
  loop::Task<bool> discard_rest(http::Exchange& exchange, RequestBody& body);
  loop::Task<void> refuse(http::Exchange& exchange, http::Failure failure);
  loop::Task<void> linger();
  loop::Task<void> interim(const http::ResponseHead& head) override;

  void set_peer(const config::IpAddress& address, std::uint16_t port);
  http::Failure prepare(http::Exchange& exchange);
  void record(const http::Exchange& exchange, const Outcome& outcome) {
    if (group_.access != nullptr) {
      group_.access->record(group_.worker, record_of(exchange, group_.options.name, outcome));
    }
  }
  // Once writeTimeout limits the whole answer, a stall has no limit of its own.
  http::StallLimit write_stall() {
    return {.deadline = &write_deadline_, .ms = whole_answer_ ? 0 : group_.times.stall};
  }
  void limit_answer();
  void unlimit_answer();
  bool worn_out() const;
  static void read_late(void* context);
  static void write_late(void* context);
  static void crowd_out(void* context);
  static void hung_up(void* context, loop::Io why);

  ConnectionGroup& group_;
  std::unique_ptr<loop::Stream> stream_;
  http::RequestParser parser_;
  loop::Deadline read_deadline_;
  loop::Deadline write_deadline_;
  std::string peer_ip_;
  http::Peer peer_;
  http::Exchange* exchange_ = nullptr;  // the one in progress
  RequestBody* body_ = nullptr;         // its body
  Phase phase_ = Phase::idle;
  bool first_request_ = true;
  bool whole_answer_ = false;  // write_deadline_ is the whole answer's
  std::int64_t requests_ = 0;
  const std::uint64_t opened_ms_;
  Connection* next_ = nullptr;
  Connection** link_ = nullptr;
};

}  // namespace mooring::server
