// The part of EndpointRegistry that hears people, newcomers, and what workers saw.
#include <string>
#include <utility>

#include "proxy/upstream/endpoint_registry.h"

namespace mooring::upstream {
namespace {

// As long as Docker gives a container that says nothing of it: who closed its port is expected to end within that.
constexpr std::chrono::seconds kUsualStop{10};

bool leaves(const Endpoint& endpoint) {
  return endpoint.state() == EndpointState::draining || endpoint.state() == EndpointState::finishing;
}

}  // namespace

// By a container's id, or by an endpoint's own.
std::vector<EndpointRegistry::Entry*> EndpointRegistry::named(const std::string& id) const {
  std::vector<Entry*> found;
  if (const auto container = of_container_.find(id); container != of_container_.end()) {
    for (const std::string& each : container->second) found.push_back(entries_.at(each).get());
  }
  if (const auto entry = entries_.find(id); entry != entries_.end()) found.push_back(entry->second.get());
  return found;
}

void EndpointRegistry::order_drain(const std::string& id) {
  orders_.insert(id);
  resumed_.erase(id);
  for (Entry* entry : named(id)) {
    feed(*entry, LifeEvent::drain_asked);
    watch(*entry);
  }
}

void EndpointRegistry::resume_drain(const std::string& id) {
  orders_.insert(id);
  resumed_.insert(id);
}

void EndpointRegistry::end_drain(const std::string& id, LifeEvent event) {
  // Who has not been ready since is out without having drained.
  const bool unseen = resumed_.erase(id) != 0;
  for (Entry* entry : named(id)) {
    if (unseen) feed(*entry, LifeEvent::drain_asked);
    feed(*entry, event);
    watch(*entry);
  }
}

bool EndpointRegistry::undo_drain(const std::string& id) {
  bool undone = orders_.erase(id) != 0;
  resumed_.erase(id);
  for (Entry* entry : named(id)) {
    // Of two orders, one for the container and one for its endpoint, the other holds.
    if (is_named(*entry, orders_)) continue;
    const bool by_itself = leaves(*entry->endpoint) && entry->stop_deadline == nullptr;
    if (!by_itself && !entry->endpoint->life().has(Mark::ordered)) continue;
    undo(*entry);
    undone = true;
  }
  return undone;
}

std::vector<EndpointPtr> EndpointRegistry::endpoints_of(const std::string& id) const {
  std::vector<EndpointPtr> endpoints;
  for (const Entry* entry : named(id)) endpoints.push_back(entry->endpoint);
  return endpoints;
}

void EndpointRegistry::undo(Entry& entry) {
  entry.successor.clear();
  entry.hint_deadline.reset();
  feed(entry, LifeEvent::drain_undone);
  // What was said of it meanwhile was not heard.
  feed_known(entry);
  if (entry.stop_deadline != nullptr) feed(entry, LifeEvent::stop_asked);
  watch(entry);
}

bool EndpointRegistry::is_named(const Entry& entry, const std::set<std::string>& ids) {
  return ids.contains(entry.endpoint->id()) || ids.contains(entry.container_id);
}

// A new endpoint of a container that a person took out, before anybody can be sent there.
void EndpointRegistry::obey_orders(Entry& entry) {
  if (!is_named(entry, orders_) || is_named(entry, resumed_)) return;
  const Life out = after({.state = EndpointState::starting}, LifeEvent::drain_asked);
  entry.endpoint->set_life(out, std::string(reason(LifeEvent::runs, out)));
}

// A newcomer says that it is to replace a container: that one will be asked to stop in a moment.
void EndpointRegistry::superseded(const config::ContainerEvent& event) {
  const std::string& newcomer = event.successor;
  if (event.kind == config::ContainerEvent::Kind::superseded) {
    if (readiness(newcomer) == config::Readiness::ready) return;
    successors_[newcomer] = event.container_id;
    for (Entry* entry : named(event.container_id)) {
      if (!entry->endpoint->takes_new()) continue;
      entry->successor = newcomer;
      feed(*entry, LifeEvent::drain_announced, "container " + newcomer.substr(0, 12) + " is to replace it");
      entry->hint_deadline = std::make_unique<loop::Deadline>(loop_.deadlines(), newcomer_is_late, entry);
      entry->hint_deadline->set(static_cast<std::uint64_t>(patience_.newcomer.count()));
      watch(*entry);
    }
    return;
  }
  // It came to nothing, unless the newcomer was ready once: then the old one goes, whatever becomes of the new one.
  if (successors_.erase(newcomer) == 0) return;
  for (Entry* entry : named(event.container_id)) {
    if (drains_only_for(*entry, newcomer)) undo(*entry);
  }
}

bool EndpointRegistry::drains_only_for(const Entry& entry, const std::string& newcomer) const {
  return entry.successor == newcomer && entry.stop_deadline == nullptr && !entry.endpoint->life().has(Mark::ordered) &&
         leaves(*entry.endpoint);
}

// Compose stops the old one as soon as it has made the newcomer. Where neither that came nor a start of the newcomer,
// somebody stopped Compose in between, and the old one is all there is.
void EndpointRegistry::newcomer_is_late(void* context) {
  auto& entry = *static_cast<Entry*>(context);
  const std::unique_ptr<loop::Deadline> over = std::move(entry.hint_deadline);
  EndpointRegistry& self = *entry.registry;
  const std::string newcomer = entry.successor;
  // One that was ready once is no longer among the successors: the old one goes, whatever became of the newcomer.
  const bool started = !self.named(newcomer).empty() || !self.successors_.contains(newcomer);
  if (started || !self.drains_only_for(entry, newcomer)) return;
  self.successors_.erase(newcomer);
  self.undo(entry);
}

void EndpointRegistry::look_at_seen(const std::string& id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  Entry& entry = *found->second;
  const std::uint8_t seen = entry.endpoint->take_seen();
  if ((seen & Seen::kLeaving) != 0) {
    const bool shut = entry.endpoint->state() == EndpointState::probing;
    feed(entry, LifeEvent::drain_announced);
    if (shut && entry.endpoint->state() == EndpointState::finishing) expect_end_or_return(entry);
  }
  if ((seen & (Seen::kRefused | Seen::kSilent)) != 0) refused(entry, seen);
  // Somebody stands before it: to wait any longer would only cost requests.
  if ((seen & (Seen::kAlone | Seen::kWanted)) != 0) entry.left_out.reset();
  watch(entry);
}

void EndpointRegistry::refused(Entry& entry, std::uint8_t seen) {
  const EndpointState before = entry.endpoint->state();
  feed(entry, (seen & Seen::kRefused) != 0 ? LifeEvent::refused : LifeEvent::silent);
  const EndpointState now = entry.endpoint->state();
  if (before == EndpointState::ready && now == EndpointState::probing) {
    entry.left_out = std::make_unique<loop::Deadline>(loop_.deadlines(), left_out_long_enough, &entry);
    entry.left_out->set(entry.outlier.refused(loop_.now_ms()));
  } else if (before == EndpointState::draining && now == EndpointState::finishing) {
    expect_end_or_return(entry);
  }
}

// It leaves, and its port takes nothing: it will end soon, or it lives on after all.
void EndpointRegistry::expect_end_or_return(Entry& entry) {
  if (entry.container_id.empty() && !entry.endpoint->life().has(Mark::ordered)) {
    // Nobody will say that it ended, or that it is back: its port does.
    feed(entry, LifeEvent::drain_undone);
  } else if (entry.stop_deadline == nullptr) {
    expect_end(entry, kUsualStop);
  }
}

void EndpointRegistry::left_out_long_enough(void* context) {
  auto& entry = *static_cast<Entry*>(context);
  const std::unique_ptr<loop::Deadline> over = std::move(entry.left_out);
  entry.registry->watch(entry);
}

}  // namespace mooring::upstream
