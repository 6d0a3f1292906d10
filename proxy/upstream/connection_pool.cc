#include "proxy/upstream/connection_pool.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mooring::upstream {
namespace {

bool same_address(const loop::SocketAddress& a, const loop::SocketAddress& b) {
  return a.length == b.length && std::memcmp(&a.storage, &b.storage, a.length) == 0;
}

}  // namespace

UpstreamConnection::UpstreamConnection(ConnectionPool& pool, const Server& server, std::unique_ptr<loop::Stream> stream,
                                       std::uint32_t worker)
    : pool_(pool),
      endpoint_(server.endpoint),
      transport_(server.transport),
      address_(server.address.value_or(loop::SocketAddress{})),
      stream_(std::move(stream)),
      parser_(pool.limits_),
      idle_deadline_(pool.loop_.deadlines(), idle_too_long, this),
      worker_(worker) {
  endpoint_->counters.of(worker_).connections.add(1);
}

UpstreamConnection::~UpstreamConnection() {
  endpoint_->counters.of(worker_).connections.add(-1);
}

void UpstreamConnection::idle_hangup(void* context, loop::Io /*why*/) {
  auto* self = static_cast<UpstreamConnection*>(context);
  self->pool_.forget(self);
}

void UpstreamConnection::idle_too_long(void* context) {
  auto* self = static_cast<UpstreamConnection*>(context);
  self->pool_.forget(self);
}

Lease::~Lease() {
  if (connection_ == nullptr || --connection_->leases_ != 0) return;
  connection_->pool_.give_back(connection_);
}

ConnectionPool::ConnectionPool(loop::EventLoop& loop, std::uint32_t worker) : loop_(loop), worker_(worker) {}

ConnectionPool::~ConnectionPool() = default;

std::optional<Lease> ConnectionPool::take_idle(const Server& server, std::uint64_t max_idle_ms) {
  const auto found = idle_.find({server.endpoint.get(), server.transport.get()});
  if (found == idle_.end()) return std::nullopt;
  Idle& idle = found->second;
  while (!idle.empty()) {
    std::unique_ptr<UpstreamConnection> connection = std::move(idle.back());
    idle.pop_back();
    // Bytes that nobody asked for would be taken for the next answer (RFC 9112 section 9.2).
    const bool usable = !connection->stream_->finished() && connection->stream_->buffered().empty() &&
                        (!server.address || same_address(connection->address_, *server.address));
    if (!usable) continue;
    if (loop_.now_ms() - connection->idle_since_ms_ >= max_idle_ms) {
      // The newest is too old for this request; it is still good for another one.
      idle.push_back(std::move(connection));
      return std::nullopt;
    }
    connection->idle_deadline_.clear();
    connection->stream_->on_hangup(nullptr, nullptr);
    connection->reusable_ = false;
    ++connection->requests_;
    return Lease(connection.release());
  }
  return std::nullopt;
}

Lease ConnectionPool::adopt(const Server& server, std::unique_ptr<loop::Stream> stream) {
  auto connection = std::make_unique<UpstreamConnection>(*this, server, std::move(stream), worker_);
  connection->requests_ = 1;
  return Lease(connection.release());
}

void ConnectionPool::give_back(UpstreamConnection* raw) {
  std::unique_ptr<UpstreamConnection> connection(raw);
  const bool keep = connection->reusable_ && !connection->bound_ && !connection->stream_->finished() &&
                    connection->stream_->buffered().empty() && connection->endpoint_->state() != EndpointState::gone;
  if (!keep) return;
  const Transport& transport = *connection->transport_;
  if (transport.max_idle_an_endpoint == 0) return;
  Idle& idle = idle_[{connection->endpoint_.get(), &transport}];
  if (idle.size() >= transport.max_idle_an_endpoint) return;
  connection->idle_since_ms_ = loop_.now_ms();
  if (transport.idle_ms != 0) connection->idle_deadline_.set(transport.idle_ms);
  connection->stream_->on_hangup(UpstreamConnection::idle_hangup, raw, true);
  idle.push_back(std::move(connection));
}

void ConnectionPool::forget(UpstreamConnection* connection) {
  const auto found = idle_.find({connection->endpoint_.get(), connection->transport_.get()});
  if (found == idle_.end()) return;
  std::erase_if(found->second, [connection](const auto& kept) { return kept.get() == connection; });
}

void ConnectionPool::drop_gone() {
  std::erase_if(idle_,
                [](auto& entry) { return entry.second.empty() || entry.first.first->state() == EndpointState::gone; });
}

void ConnectionPool::drop_all() {
  idle_.clear();
}

std::size_t ConnectionPool::idle() const {
  std::size_t count = 0;
  for (const auto& [key, idle] : idle_) count += idle.size();
  return count;
}

}  // namespace mooring::upstream
