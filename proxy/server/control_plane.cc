#include "proxy/server/control_plane.h"

#include <pthread.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

#include "middleware/noop.h"
#include "proxy/observe/log.h"
#include "proxy/observe/timestamp.h"
#include "proxy/routing/redirections.h"

namespace mooring::server {
namespace {

// The provider whose fragments are containers.
constexpr std::string_view kContainers = "docker";
// How long to wait at a time for what is in the loop's queue already: any length would do.
constexpr std::uint64_t kPostedMs = 1'000;

}  // namespace

// Somebody who waits for the next generation, on a loop of his own. Whoever takes one out of the set posts to its loop
// in the same breath, and its coroutine does not end before that has arrived: so the loop is there, and so is the
// waiter.
struct ControlPlane::Waiter {
  loop::EventLoop& loop;
  loop::Sleep sleep;
  bool told = false;  // by what was posted to its loop, which refers to it until then
  explicit Waiter(loop::EventLoop& on) : loop(on), sleep(on) {}
};

ControlPlane::ControlPlane(const config::Options& options)
    : options_(options),
      started_ms_(observe::wall_ms()),
      registry_(loop_, [this](const std::string& container_id) { endpoint_changed(container_id); }),
      sessions_(observe::cell_count()),
      drains_(loop_, registry_, sessions_,
              [this](const upstream::EndpointPtr& endpoint) {
                for (Worker* worker : workers_) worker->close_tunnels(endpoint);
              }),
      internal_routes_(routing::redirection_routes(options)),
      internal_services_({{"noop@internal", std::make_shared<const middleware::Noop>()}}),
      departed_(loop_, options.docker.linger_time, [this](const std::string& id) { departed(id); }) {
  registry_.use_sticky_key(options.sticky_key);
  if (options.docker.enabled) engine_.endpoint = options.docker.endpoint;
}

ControlPlane::~ControlPlane() {
  stop();
}

void ControlPlane::add_internal(std::vector<routing::InternalRoute> routes,
                                std::map<std::string, std::shared_ptr<const http::Handler>> services) {
  std::ranges::move(routes, std::back_inserter(internal_routes_));
  internal_services_.merge(std::move(services));
}

void ControlPlane::use_journal(std::unique_ptr<DrainJournal> journal) {
  journal_ = std::move(journal);
  if (journal_ != nullptr) drains_.resume(*journal_);
}

void ControlPlane::start(std::set<std::string> providers) {
  // The internal routes answer from the first moment; the rest of the table is not there yet, and says so.
  awaited_ = std::move(providers);
  if (awaited_.empty()) synced_.store(true);
  builder_ = std::make_unique<routing::SnapshotBuilder>(routing::TableSetup{
      .options = options_,
      .internal_routes = internal_routes_,
      .internal_services = internal_services_,
      .endpoint = [this](const config::MergedServer& server) { return registry_.endpoint(server); },
      .sole_owner = [this](const config::MergedServer& server) { return registry_.sole_owner(server); },
      .sessions = &sessions_,
      .passive =
          [this](const std::string& service, const config::MergedServer& server,
                 const config::PassiveHealthCheckConfig& config) {
            return registry_.passive_watch(service, server, config);
          },
  });
  loop_.post([this] { rebuild(); });
  thread_ = std::thread([this] { run(); });
}

void ControlPlane::run() {
  pthread_setname_np(pthread_self(), "control");
  loop::Sleep hold(loop_);
  loop::TaskScope forever(loop_);
  struct Hold {
    static loop::Task<void> run(loop::Sleep& sleep) {
      while (true) {
        const bool passed = co_await sleep.wait(std::uint64_t{24} * 3600 * 1000);
        if (!passed) co_return;
      }
    }
  };
  forever.spawn(Hold::run(hold));
  loop_.run();
  hold.wake();
  departed_.clear();
  registry_.stop();
  // What is still under way (a name that is being resolved) ends with an event: there is nothing to do until then.
  while (forever.size() != 0 || registry_.probing() || drains_.busy()) loop_.run_once(true);
}

void ControlPlane::stop() {
  if (!thread_.joinable()) return;
  loop_.stop_soon();
  thread_.join();
}

void ControlPlane::set_terminating() {
  terminating_.store(true);
  // Whoever waits for a change is told now, so that no open question holds up the end.
  loop_.post([this] { bump(); });
}

void ControlPlane::retire(routing::SnapshotPtr snapshot) {
  loop_.post([snapshot = std::move(snapshot)]() mutable { snapshot.reset(); });
}

void ControlPlane::publish(config::Update update) {
  loop_.post([this, update = std::move(update)]() mutable { apply(std::move(update)); });
}

void ControlPlane::observe(config::ContainerEvent event) {
  loop_.post([this, event = std::move(event)] { happened(event); });
}

void ControlPlane::happened(const config::ContainerEvent& event) {
  using Kind = config::ContainerEvent::Kind;
  registry_.apply(event);
  if (event.kind == Kind::removed) drains_.removed(event.container_id);
  const bool left = event.kind == Kind::gone || event.kind == Kind::killed;
  const bool paused = event.kind == Kind::changed && event.state.phase == config::Phase::paused;
  if (!left && !paused) return;
  for (Worker* worker : workers_) worker->container_left(event.container_id, paused);
}

void ControlPlane::report(config::EngineStatus status) {
  bool reconnected = false;
  bool unreachable = false;
  {
    const std::lock_guard lock(mutex_);
    reconnected = engine_.connected != status.connected;
    unreachable = !status.connected && !status.error.empty();
    engine_ = std::move(status);
  }
  if (reconnected) {
    loop_.post([this] { bump(); });
  }
  if (unreachable) {
    loop_.post([this] { engine_unreachable(); });
  }
}

// Nothing is served wider for it: what refers to a container's middleware answers 503 until that is there.
void ControlPlane::engine_unreachable() {
  const bool others = listed_ > 0 && awaited_.size() == 1 && awaited_.contains(std::string(kContainers));
  if (without_engine_ || !others) return;
  without_engine_ = true;
  rebuild();
}

void ControlPlane::apply(config::Update update) {
  for (const config::ContainerEvent& state : update.states) happened(state);
  for (const std::string& id : update.removed) {
    const bool stays = update.provider == kContainers && departed_.keeps() && merger_.end(update.provider, id);
    if (stays) {
      registry_.apply({.kind = config::ContainerEvent::Kind::gone, .container_id = id, .state = {}});
      departed_.add(id);
    } else {
      merger_.remove(update.provider, id);
    }
  }
  for (config::FragmentPtr& fragment : update.changed) {
    if (update.provider == kContainers) departed_.forget(fragment->id);
    merger_.put(std::move(fragment));
  }
  if (update.containers) drains_.listed(*update.containers);
  if (update.synced) listed_ += awaited_.erase(update.provider);
  if (awaited_.empty()) synced_.store(true);
  rebuild();
  if (update.synced && !awaited_.empty() && !engine().connected && !engine().error.empty()) engine_unreachable();
}

void ControlPlane::departed(const std::string& fragment_id) {
  merger_.remove(std::string(kContainers), fragment_id);
  rebuild();
}

void ControlPlane::rebuild() {
  rebuild_wanted_ = false;
  const config::MergeChange change = merger_.settle(
      [this](const config::Fragment& fragment) { return registry_.readiness(fragment.origin.container_id); });
  const config::Merged& merged = merger_.merged();
  // All addresses must be known before anybody is asked whether he is the only one there.
  for (const std::string& name : change.services.all) {
    const auto service = merged.services.find(name);
    if (service == merged.services.end()) continue;
    for (const config::MergedServer& server : service->second.servers) registry_.know(server);
  }
  routing::Built built = builder_->build(merged, change, registry_.take_shared());
  for (const config::Problem& problem : built.fresh) observe::log_problem(problem);
  built.snapshot->generation = generation_.load() + 1;
  const routing::SnapshotPtr next = std::move(built.snapshot);
  {
    const std::lock_guard lock(mutex_);
    snapshot_ = next;
  }
  // Before anybody is routed by it: an endpoint whose container is known to be well must not be "starting" for a
  // moment.
  registry_.checked(built.reach.checks);
  for (const std::string& lost : registry_.reached(built.reach.reached, built.reach.unreached)) readiness_changed(lost);
  // Before the first listing is complete the workers have no table: they say "not yet" instead of 404.
  if (synced_.load() || without_engine_) {
    for (Worker* worker : workers_) worker->adopt(next);
  }
  bump();
}

void ControlPlane::endpoint_changed(const std::string& container_id) {
  bump();
  for (Worker* worker : workers_) worker->endpoint_changed();
  readiness_changed(container_id);
}

// A generation of a Compose service may have become the newest ready one.
void ControlPlane::readiness_changed(const std::string& container_id) {
  if (!merger_.readiness_changed(container_id) || rebuild_wanted_) return;
  rebuild_wanted_ = true;
  loop_.post([this] {
    if (rebuild_wanted_) rebuild();
  });
}

void ControlPlane::bump() {
  generation_since_ms_.store(observe::wall_ms());
  generation_.fetch_add(1);
  const std::lock_guard lock(mutex_);
  // Each is let go of on its own loop: its timer must not end on this thread.
  for (Waiter* waiter : waiters_) {
    waiter->loop.post([waiter] {
      waiter->told = true;
      waiter->sleep.wake();
    });
  }
  waiters_.clear();
}

routing::SnapshotPtr ControlPlane::snapshot() const {
  const std::lock_guard lock(mutex_);
  return snapshot_;
}

config::EngineStatus ControlPlane::engine() const {
  const std::lock_guard lock(mutex_);
  return engine_;
}

std::vector<WorkerView> ControlPlane::workers() const {
  std::vector<WorkerView> views;
  views.reserve(workers_.size());
  for (const Worker* worker : workers_) views.push_back(worker->view());
  return views;
}

loop::Task<void> ControlPlane::wait_for_change(loop::EventLoop& loop, std::uint64_t seen, std::uint64_t timeout_ms,
                                               http::Exchange* whose) {
  if (whose != nullptr && whose->canceled()) co_return;
  Waiter waiter(loop);
  {
    const std::lock_guard lock(mutex_);
    if (generation_.load() != seen) co_return;
    waiters_.insert(&waiter);
  }
  // Whoever cancels is on the same loop as the wait.
  const auto wake = [](void* sleep) { static_cast<loop::Sleep*>(sleep)->wake(); };
  if (whose != nullptr) whose->on_cancel(wake, &waiter.sleep);
  co_await waiter.sleep.wait(timeout_ms);
  if (whose != nullptr) whose->on_cancel(nullptr, nullptr);
  {
    const std::lock_guard lock(mutex_);
    if (waiters_.erase(&waiter) != 0) co_return;
  }
  // It was taken out to be woken, and its time or its client went in the same moment: what was posted is still to come.
  while (!waiter.told) {
    waiter.sleep.reset();
    co_await waiter.sleep.wait(kPostedMs);
  }
}

}  // namespace mooring::server
