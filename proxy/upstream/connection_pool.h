// ConnectionPool: the open upstream connections of one worker, lent out as leases.
//
// A connection belongs to its endpoint, to its transport and to the address it was opened to: a container that comes
// back with a new address inherits none. Idle connections stay armed, so that their death is seen at once; the one used
// last is lent first. One pool a worker, on its loop's thread.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "proxy/http/head_limits.h"
#include "proxy/http/response_parser.h"
#include "proxy/loop/connect.h"
#include "proxy/loop/deadline.h"
#include "proxy/upstream/server.h"
#include "proxy/upstream/tunnel_list.h"
#include "proxy/upstream/waiting_attempts.h"

namespace mooring::upstream {

class ConnectionPool;

// A new connection, or why there is none.
using Opened = std::expected<std::unique_ptr<loop::Stream>, loop::Io>;

// One connection to one endpoint. Counted by its leases; the last one gives it back or ends it.
class UpstreamConnection {
 public:
  UpstreamConnection(ConnectionPool& pool, const Server& server, std::unique_ptr<loop::Stream> stream,
                     std::uint32_t worker);
  ~UpstreamConnection();
  UpstreamConnection(const UpstreamConnection&) = delete;
  UpstreamConnection& operator=(const UpstreamConnection&) = delete;

  loop::Stream& stream() { return *stream_; }
  http::ResponseParser& parser() { return parser_; }
  Endpoint& endpoint() { return *endpoint_; }
  // It carried a request before the present one.
  bool reused() const { return requests_ > 1; }
  // The exchange on it came to its natural end and another may follow.
  void allow_reuse() { reusable_ = true; }
  // Never to be pooled, whatever else is said (NTLM and Negotiate tie a user to a connection).
  void forbid_reuse() { bound_ = true; }

 private:
  friend class Lease;
  friend class ConnectionPool;
  static void idle_hangup(void* context, loop::Io why);
  static void idle_too_long(void* context);

  ConnectionPool& pool_;
  EndpointPtr endpoint_;
  TransportPtr transport_;
  loop::SocketAddress address_;
  std::unique_ptr<loop::Stream> stream_;
  http::ResponseParser parser_;
  loop::Deadline idle_deadline_;
  std::uint64_t idle_since_ms_ = 0;
  std::uint32_t worker_;
  std::uint32_t leases_ = 0;
  std::uint32_t requests_ = 0;
  bool reusable_ = false;
  bool bound_ = false;
};

// A connection on loan. Copies share the loan (the response's body and the request's pump hold one each).
class Lease {
 public:
  Lease() = default;
  explicit Lease(UpstreamConnection* connection) : connection_(connection) { ++connection_->leases_; }
  Lease(const Lease& other) : connection_(other.connection_) {
    if (connection_ != nullptr) ++connection_->leases_;
  }
  Lease(Lease&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Lease& operator=(Lease other) noexcept {
    std::swap(connection_, other.connection_);
    return *this;
  }
  ~Lease();

  UpstreamConnection* operator->() const { return connection_; }
  UpstreamConnection& operator*() const { return *connection_; }
  explicit operator bool() const { return connection_ != nullptr; }

 private:
  UpstreamConnection* connection_ = nullptr;
};

class ConnectionPool {
 public:
  ConnectionPool(loop::EventLoop& loop, std::uint32_t worker);
  ~ConnectionPool();
  ConnectionPool(const ConnectionPool&) = delete;
  ConnectionPool& operator=(const ConnectionPool&) = delete;

  // An idle connection that was used less than `max_idle_ms` ago, or none; with 0 there never is one.
  std::optional<Lease> take_idle(const Server& server, std::uint64_t max_idle_ms);
  // A connection over `stream`, which has just been opened to `server`.
  Lease adopt(const Server& server, std::unique_ptr<loop::Stream> stream);
  // Ends what is idle to endpoints that are gone.
  void drop_gone();
  void drop_all();

  // From here on connections are what `open` gives, in place of loop::connect(): streams in memory.
  using Open = std::function<Opened(const loop::SocketAddress&)>;
  void open_by(Open open) { open_ = std::move(open); }
  const Open& open() const { return open_; }

  loop::EventLoop& loop() { return loop_; }
  WaitingAttempts& waiting() { return waiting_; }
  TunnelList& tunnels() { return tunnels_; }
  std::size_t idle() const;

 private:
  friend class Lease;
  friend class UpstreamConnection;
  using Idle = std::vector<std::unique_ptr<UpstreamConnection>>;
  using Key = std::pair<const Endpoint*, const Transport*>;
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<const void*>()(key.first) ^ (std::hash<const void*>()(key.second) * 0x9e3779b97f4a7c15U);
    }
  };
  void give_back(UpstreamConnection* connection);
  void forget(UpstreamConnection* connection);

  loop::EventLoop& loop_;
  std::uint32_t worker_;
  TunnelList tunnels_;
  http::HeadLimits limits_;
  WaitingAttempts waiting_;
  Open open_;  // empty: sockets
  std::unordered_map<Key, Idle, KeyHash> idle_;
};

}  // namespace mooring::upstream
