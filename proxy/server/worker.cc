#include "proxy/server/worker.h"

#include <pthread.h>

#include <utility>

#include "proxy/observe/log.h"

namespace mooring::server {
namespace {

constexpr std::uint64_t kLastWordsMs = 200;

// As Go's server, which Traefik's option is for, counts it.
constexpr std::int64_t kHeadSlack = 4096;

http::HeadLimits limits_of(const config::EntryPointOptions& options) {
  http::HeadLimits limits;
  if (options.max_header_bytes > 0) {
    limits.head_bytes = static_cast<std::size_t>(options.max_header_bytes + kHeadSlack);
  }
  return limits;
}

}  // namespace

// One entry point on this worker: its listener and its connections.
struct Worker::EntryPoint {
  Worker& worker;
  const config::EntryPointOptions& options;
  loop::ListenSocket socket;
  std::uint16_t port;
  http::HeadLimits limits;
  EntryPointHandler handler;
  ConnectionGroup group;
  loop::TaskScope connections;
  loop::Sleep accept_grace;
  loop::Deadline grace;
  std::unique_ptr<loop::Listener> listener;

  EntryPoint(Worker& owner, BoundEntryPoint bound, const WorkerSetup& setup)
      : worker(owner),
        options(*bound.options),
        socket(std::move(bound.socket)),
        port(socket.address().port()),
        limits(limits_of(options)),
        handler(owner.slot_, bound.index),
        group{.loop = owner.loop_,
              .exchanges = owner.exchanges_,
              .options = options,
              .root = handler,
              .limits = limits,
              .own_hostname = setup.hostname,
              .access = options.access_logs ? setup.access : nullptr,
              .worker = owner.index_,
              .times = setup.times,
              .gate = &owner.gate_,
              .target = http::target_policy(options),
              .on_closed = [&owner] { owner.connection_closed(); }},
        connections(owner.loop_),
        accept_grace(owner.loop_),
        grace(owner.loop_.deadlines(), give_up, this) {}
};

Worker::Worker(WorkerSetup setup)
    : index_(setup.index),
      max_connections_(setup.max_connections),
      pool_(loop_, setup.index),
      exchanges_(loop_, setup.index, &pool_, &holds_),
      gate_(loop_, setup.load, setup.index),
      slot_(setup.retire),
      tasks_(loop_) {
  for (BoundEntryPoint& bound : setup.entry_points) {
    entry_points_.push_back(std::make_unique<EntryPoint>(*this, std::move(bound), setup));
    gate_.watch(entry_points_.back()->group);
  }
}

Worker::~Worker() {
  join();
}

void Worker::start() {
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), ("worker-" + std::to_string(index_)).c_str());
    listen();
    loop_.run();
    ended_.store(true);
  });
}

void Worker::listen() {
  for (const std::unique_ptr<EntryPoint>& entry_point : entry_points_) {
    EntryPoint& here = *entry_point;
    here.listener = std::make_unique<loop::Listener>(
        loop_, std::move(here.socket),
        [this, &here](std::unique_ptr<loop::SocketStream> stream) { accept(here, std::move(stream)); });
  }
}

void Worker::accept(EntryPoint& entry_point, std::unique_ptr<loop::SocketStream> stream) {
  ++connections_;
  publish_view();
  entry_point.connections.spawn(Connection::serve(entry_point.group, std::move(stream)));
  if (connections_ < max_connections_ || withheld_) return;
  withheld_ = true;
  withheld_view_.store(1, std::memory_order_relaxed);
  observe::log_warning(
      "worker {}: {} connections: near the descriptor limit, new ones wait in the kernel's queue; raise "
      "the limit of open files (ulimit -n) to take more",
      index_, connections_);
  for (const std::unique_ptr<EntryPoint>& each : entry_points_) {
    if (each->listener != nullptr) each->listener->withhold();
  }
}

void Worker::connection_closed() {
  --connections_;
  publish_view();
  if (!withheld_ || draining_ || connections_ + max_connections_ / 16 >= max_connections_) return;
  withheld_ = false;
  withheld_view_.store(0, std::memory_order_relaxed);
  // Not from within the connection that is just ending.
  loop_.post([this] {
    for (const std::unique_ptr<EntryPoint>& each : entry_points_) {
      if (each->listener != nullptr) each->listener->resume();
    }
  });
}

void Worker::publish_view() {
  connections_view_.store(connections_, std::memory_order_relaxed);
}

WorkerView Worker::view() const {
  WorkerView view;
  view.connections = connections_view_.load(std::memory_order_relaxed);
  view.generation = generation_view_.load();
  view.accept_withheld = withheld_view_.load(std::memory_order_relaxed);
  view.refused_for_load = static_cast<std::uint64_t>(gate_.refused.get());
  view.cut_for_load = static_cast<std::uint64_t>(gate_.cut.get());
  for (const std::unique_ptr<EntryPoint>& each : entry_points_) {
    view.busy += static_cast<std::uint64_t>(each->group.busy.get());
    view.requests += static_cast<std::uint64_t>(each->group.requests.get());
    view.bad_proxy_headers += static_cast<std::uint64_t>(each->group.bad_proxy_headers.get());
  }
  return view;
}

std::uint16_t Worker::port(std::size_t entry_point) const {
  return entry_points_.at(entry_point)->port;
}

void Worker::adopt(routing::SnapshotPtr snapshot) {
  loop_.post([this, snapshot = std::move(snapshot)]() mutable {
    const std::uint64_t generation = snapshot->generation;
    slot_.adopt(std::move(snapshot));
    generation_view_.store(generation);
    pool_.drop_gone();
    holds_.wake();
  });
}

void Worker::endpoint_changed() {
  if (!holds_.anybody()) return;
  loop_.post([this] { holds_.wake(); });
}

void Worker::container_left(std::string container_id, bool paused) {
  loop_.post([this, container_id = std::move(container_id), paused]() mutable {
    if (paused) {
      pool_.waiting().give_up(container_id, true);
    } else if (!draining_) {
      tasks_.spawn(give_up_soon(std::move(container_id)));
    }
  });
}

// What the container said before it ended may be on its way still; its kernel says the rest. Only a network that was
// taken away says nothing.
loop::Task<void> Worker::give_up_soon(std::string container_id) {
  loop::Sleep sleep(loop_);
  co_await sleep.wait(kLastWordsMs);
  pool_.waiting().give_up(container_id, false);
}

void Worker::close_tunnels(upstream::EndpointPtr endpoint) {
  loop_.post([this, endpoint = std::move(endpoint)] { pool_.tunnels().close(*endpoint); });
}

void Worker::drain() {
  loop_.post([this] {
    if (draining_) return;
    draining_ = true;
    tasks_.spawn(drain_all());
  });
}

loop::Task<void> Worker::drain_all() {
  loop::TaskScope entry_points(loop_);
  for (const std::unique_ptr<EntryPoint>& each : entry_points_) entry_points.spawn(drain_entry_point(*each));
  co_await entry_points.join();
  pool_.drop_all();
}

loop::Task<void> Worker::drain_entry_point(EntryPoint& entry_point) {
  const auto accept_grace = entry_point.options.request_accept_grace_timeout.count();
  if (accept_grace > 0) co_await entry_point.accept_grace.wait(static_cast<std::uint64_t>(accept_grace));
  if (aborted_) {
    entry_point.listener.reset();
    entry_point.group.close_all();
  } else {
    if (entry_point.listener != nullptr) entry_point.listener->close();
    entry_point.group.close_idle();
  }
  entry_point.grace.set(static_cast<std::uint64_t>(entry_point.options.grace_timeout.count()));
  co_await entry_point.connections.join();
  entry_point.grace.clear();
}

void Worker::give_up(void* context) {
  auto& entry_point = *static_cast<EntryPoint*>(context);
  entry_point.group.close_all();
}

void Worker::abort() {
  loop_.post([this] {
    aborted_ = true;
    for (const std::unique_ptr<EntryPoint>& each : entry_points_) {
      each->accept_grace.wake();
      each->group.close_all();
    }
    if (draining_) return;
    draining_ = true;
    tasks_.spawn(drain_all());
  });
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace mooring::server
