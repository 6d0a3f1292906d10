#include "proxy/upstream/endpoint_registry.h"

#include <algorithm>
#include <utility>

#include "proxy/observe/log.h"
#include "proxy/upstream/affinity.h"

namespace mooring::upstream {
namespace {

LifeEvent event_of(const config::ContainerState& state) {
  switch (state.phase) {
    case config::Phase::paused:
      return LifeEvent::paused;
    case config::Phase::restarting:
      return LifeEvent::restarts;
    case config::Phase::stopped:
      return LifeEvent::ended;
    case config::Phase::running:
      break;
  }
  switch (state.health) {
    case config::Health::none:
      return LifeEvent::runs;
    case config::Health::starting:
      return LifeEvent::health_starting;
    case config::Health::healthy:
      return LifeEvent::health_ok;
    case config::Health::unhealthy:
      return LifeEvent::health_failed;
  }
  return LifeEvent::runs;
}

}  // namespace

EndpointRegistry::EndpointRegistry(loop::EventLoop& loop, std::function<void(const std::string&)> changed,
                                   Patience patience, NameLookup lookup, NamePace pace)
    : loop_(loop),
      changed_(std::move(changed)),
      patience_(patience),
      lookup_(std::move(lookup)),
      pace_(pace),
      dialing_(loop, kMostDialing),
      tasks_(loop) {}

EndpointRegistry::~EndpointRegistry() = default;

EndpointRegistry::Entry& EndpointRegistry::entry_of(const config::MergedServer& server) {
  std::unique_ptr<Entry>& entry = entries_[server.config.id];
  if (entry != nullptr) return *entry;
  entry = std::make_unique<Entry>();
  entry->registry = this;
  entry->container_id = server.from->origin.container_id;
  // A server given by URL has nobody who speaks for it: its port does.
  if (!server.config.id.starts_with(entry->container_id)) entry->container_id.clear();
  // A container's id cannot be guessed, a URL can.
  const bool keyed = entry->container_id.empty() && !sticky_key_.empty();
  const std::uint64_t part = keyed ? keyed_head(sticky_key_, server.config.id) : sha256_head(server.config.id);
  entry->endpoint = std::make_shared<Endpoint>(
      server.config.id, part, [this](std::string id) { loop_.post([this, id = std::move(id)] { look_at_seen(id); }); });
  if (!entry->container_id.empty()) of_container_[entry->container_id].insert(server.config.id);
  obey_orders(*entry);
  // The routes of a container that ended may come to it once more, when the last of its siblings has ended too.
  if (!entry->container_id.empty() && server.from->ended) {
    const Life over = after(entry->endpoint->life(), LifeEvent::ended);
    entry->endpoint->set_life(over, std::string(reason(LifeEvent::ended, over)));
  }
  return *entry;
}

EndpointPtr EndpointRegistry::endpoint(const config::MergedServer& server) {
  know(server);
  Entry& entry = entry_of(server);
  entry.label = server.from->origin.label;
  const bool moved = entry.server.host != server.config.host || entry.server.port != server.config.port;
  entry.server = server.config;
  if (moved && entry.endpoint->state() == EndpointState::probing) entry.probe.reset();
  return entry.endpoint;
}

void EndpointRegistry::know(const config::MergedServer& server) {
  // Two are as good as many, and a busy address would collect every container that ever had it.
  std::set<std::string>& owners = owners_[server.config.url()];
  if (owners.size() >= 2 || owners.contains(server.config.id)) return;
  if (!owners.empty()) shared_.push_back(*owners.begin());
  owners.insert(server.config.id);
}

bool EndpointRegistry::sole_owner(const config::MergedServer& server) const {
  // With a key nothing that can be made of a URL alone names its endpoint.
  if (!sticky_key_.empty() && server.config.id.contains("://")) return false;
  const auto found = owners_.find(server.config.url());
  return found != owners_.end() && found->second.size() == 1;
}

std::vector<std::string> EndpointRegistry::reached(const std::vector<config::MergedServer>& servers,
                                                   const std::vector<std::string>& unreached) {
  for (const config::MergedServer& server : servers) {
    const auto found = entries_.find(server.config.id);
    if (found == entries_.end()) continue;
    Entry& entry = *found->second;
    entry.reached = true;
    if (entry.endpoint->state() == EndpointState::starting && entry.container_id.empty()) {
      feed(entry, LifeEvent::runs);
    } else {
      feed_known(entry);
    }
    watch(entry);
  }
  std::vector<std::string> lost;
  for (const std::string& id : unreached) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) continue;
    const std::string container_id = found->second->container_id;
    if (found->second->endpoint->takes_new() && !container_id.empty()) lost.push_back(container_id);
    entries_.erase(found);
    const auto siblings = of_container_.find(container_id);
    if (siblings == of_container_.end()) continue;
    siblings->second.erase(id);
    if (siblings->second.empty()) of_container_.erase(siblings);
  }
  return lost;
}

template <typename Use>
void EndpointRegistry::each_of(const std::string& container_id, Use use) {
  const auto found = of_container_.find(container_id);
  if (found == of_container_.end()) return;
  for (const std::string& id : found->second) use(*entries_.at(id));
}

void EndpointRegistry::apply(const config::ContainerEvent& event) {
  using Kind = config::ContainerEvent::Kind;
  switch (event.kind) {
    case Kind::superseded:
    case Kind::not_superseded:
      superseded(event);
      return;
    case Kind::removed:
      std::erase_if(orders_, [&](const std::string& id) { return is_of(id, event.container_id); });
      std::erase_if(resumed_, [&](const std::string& id) { return is_of(id, event.container_id); });
      successors_.erase(event.container_id);
      return;
    case Kind::changed:
      containers_[event.container_id] = event.state;
      break;
    case Kind::killed:
    case Kind::gone:
      containers_.erase(event.container_id);
      break;
    case Kind::stopping:
      break;
  }
  each_of(event.container_id, [&](Entry& entry) {
    feed_container(entry, event);
    watch(entry);
  });
}

void EndpointRegistry::feed_container(Entry& entry, const config::ContainerEvent& event) {
  using Kind = config::ContainerEvent::Kind;
  if (event.kind == Kind::stopping) {
    feed(entry, LifeEvent::stop_asked);
    expect_end(entry, event.stop_timeout);
  } else if (event.kind == Kind::changed) {
    if (event.state.phase == config::Phase::restarting) entry.stop_deadline.reset();
    feed(entry, event_of(event.state), event.state.why);
  } else {
    entry.stop_deadline.reset();
    entry.successor.clear();
    entry.hint_deadline.reset();
    feed(entry, LifeEvent::ended);
  }
}

// Who runs long after it should have ended was not ended after all.
void EndpointRegistry::expect_end(Entry& entry, std::chrono::milliseconds timeout) {
  entry.stop_deadline = std::make_unique<loop::Deadline>(loop_.deadlines(), stop_ignored, &entry);
  entry.stop_deadline->set(static_cast<std::uint64_t>((timeout + patience_.stop).count()));
}

void EndpointRegistry::feed(Entry& entry, LifeEvent event, const std::string& detail) {
  const Life before = entry.endpoint->life();
  // Both must be well: with a check of ours the container's own is not the last word.
  if (event == LifeEvent::health_ok && !check_book_.of(entry.endpoint->id()).empty()) event = LifeEvent::runs;
  Life now = after(before, event);
  if (now == before) return;
  if (now.state == EndpointState::ready && is_named(entry, resumed_)) {
    event = LifeEvent::drain_asked;
    now = after(now, event);
  }
  if (now.state == EndpointState::ready) {
    entry.outlier.let_in(loop_.now_ms());
    successors_.erase(entry.container_id);
  }
  if (now.state == EndpointState::gone) entry.outlier = {};
  const auto same = [&](Mark mark) { return now.has(mark) == before.has(mark); };
  if (now.state == before.state && same(Mark::ordered) && same(Mark::frozen)) {
    entry.endpoint->set_marks(now);
    return;
  }
  if (now.state == EndpointState::probing) {
    for (const auto& check : entry.checks) check->begin_again();
  }
  const std::string why = why_now(entry, event, now, detail);
  entry.endpoint->set_life(now, why);
  observe::log_info("endpoint {} ({}) is {}: {}", entry.label, entry.server.url(), to_string(now.state), why);
  changed_(entry.container_id);
}

void EndpointRegistry::feed_known(Entry& entry) {
  const auto known = containers_.find(entry.container_id);
  if (known != containers_.end()) feed(entry, event_of(known->second), known->second.why);
}

// Probes run for exactly the endpoints that are probing and reached; names are looked up again while they are ready.
void EndpointRegistry::watch(Entry& entry) {
  const bool named = !loop::SocketAddress::from_ip(entry.server.host, entry.server.port);
  if (!named || !entry.reached || entry.endpoint->state() != EndpointState::ready) {
    entry.name_watch.reset();
  } else if (entry.name_watch == nullptr || entry.name_watch->host() != entry.server.host) {
    entry.name_watch = std::make_unique<NameWatch>(loop_, tasks_, entry.server.host, lookup_, pace_, name_lost, &entry);
  }
  const bool probing = entry.endpoint->state() == EndpointState::probing;
  if (!probing) entry.left_out.reset();
  watch_health(entry);
  if (!entry.reached || !probing || entry.left_out != nullptr || !entry.checks.empty()) {
    entry.probe.reset();
    return;
  }
  if (entry.probe != nullptr && entry.probe->host() == entry.server.host) return;
  entry.probe = std::make_unique<Probe>(loop_, tasks_, dialing_, entry.server.host, entry.server.port, lookup_,
                                        Probe::Told{.accepted = probed, .looked_up = looked_up, .context = &entry});
}

void EndpointRegistry::probed(void* context) {
  auto& entry = *static_cast<Entry*>(context);
  entry.registry->feed(entry, LifeEvent::probe_ok);
  // Not from within the probe's own call: a turn later it is let go, and its host name is minded.
  entry.registry->watch_soon(entry.endpoint->id());
}

// Whoever looks at the endpoint sees why nothing comes.
void EndpointRegistry::looked_up(void* context, bool found) {
  auto& entry = *static_cast<Entry*>(context);
  if (entry.nameless == !found || entry.endpoint->state() != EndpointState::probing) return;
  entry.nameless = !found;
  const std::string why(found ? "its host name resolves: waiting for its port to accept a connection"
                              : reason(LifeEvent::name_lost, entry.endpoint->life()));
  entry.endpoint->set_life(entry.endpoint->life(), why);
  observe::log_info("endpoint {} ({}): {}", entry.label, entry.server.url(), why);
  entry.registry->changed_(entry.container_id);
}

void EndpointRegistry::name_lost(void* context) {
  auto& entry = *static_cast<Entry*>(context);
  entry.nameless = true;
  entry.registry->feed(entry, LifeEvent::name_lost);
  entry.registry->watch_soon(entry.endpoint->id());
}

void EndpointRegistry::watch_soon(std::string id) {
  loop_.post([this, id = std::move(id)] {
    if (const auto found = entries_.find(id); found != entries_.end()) watch(*found->second);
  });
}

void EndpointRegistry::stop_ignored(void* context) {
  auto& entry = *static_cast<Entry*>(context);
  const std::unique_ptr<loop::Deadline> over = std::move(entry.stop_deadline);
  entry.registry->feed(entry, LifeEvent::stop_ignored);
  // What its health check said meanwhile was not heard.
  entry.registry->feed_known(entry);
  entry.registry->watch(entry);
}

config::Readiness EndpointRegistry::readiness(const std::string& container_id) const {
  auto most = config::Readiness::none;
  const auto found = of_container_.find(container_id);
  if (found == of_container_.end() || container_id.empty()) return most;  // a file has no generations
  for (const std::string& id : found->second) {
    const Endpoint& endpoint = *entries_.at(id)->endpoint;
    // Who refused a connection since it was let in is asked again in a moment: its definitions stay.
    if (endpoint.takes_new() || endpoint.life().has(Mark::left_out)) return config::Readiness::ready;
    if (endpoint.takes_as_last_resort()) most = config::Readiness::last_resort;
  }
  return most;
}

void EndpointRegistry::stop() {
  for (auto& [id, entry] : entries_) {
    entry->probe.reset();
    entry->name_watch.reset();
    entry->stop_deadline.reset();
    entry->left_out.reset();
    entry->hint_deadline.reset();
    entry->distrusted.reset();
    entry->checks.clear();
    entry->reached = false;  // nothing is begun again
  }
}

}  // namespace mooring::upstream
