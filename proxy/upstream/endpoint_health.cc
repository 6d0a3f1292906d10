// The part of EndpointRegistry that minds health checks and what requests met.
#include <algorithm>
#include <string>
#include <utility>

#include "proxy/observe/log.h"
#include "proxy/upstream/endpoint_registry.h"

namespace mooring::upstream {

void EndpointRegistry::checked(const std::vector<ServiceChecks>& services) {
  std::set<std::string> changed;
  for (const ServiceChecks& service : services) changed.merge(check_book_.update(service));
  for (const std::string& id : changed) {
    if (const auto found = entries_.find(id); found != entries_.end()) watch(*found->second);
  }
}

// Checks run while the endpoint is, or may soon be, in use, and the container itself says nothing against it: a paused
// one would only be called sick twice, and then be out for longer than it is paused.
void EndpointRegistry::watch_health(Entry& entry) {
  const Life life = entry.endpoint->life();
  if (!life.has(Mark::distrusted)) entry.distrusted.reset();
  const CheckBook::Checks& wanted = check_book_.of(entry.endpoint->id());
  const bool in_use = life.state == EndpointState::probing || life.state == EndpointState::ready ||
                      life.state == EndpointState::unhealthy;
  const bool asked = entry.reached && in_use && !life.has(Mark::docker_sick) && entry.left_out == nullptr;
  std::vector<std::unique_ptr<HealthCheck>> before = std::exchange(entry.checks, {});
  if (asked) {
    for (const config::HealthCheckConfig& config : wanted) {
      const auto same = std::ranges::find_if(
          before, [&](const auto& check) { return check != nullptr && check->is_for(entry.server, config); });
      if (same != before.end()) {
        entry.checks.push_back(std::move(*same));
        continue;
      }
      // One that is in use is taken for well until its new check shows that it is not.
      const bool eager = life.state != EndpointState::ready;
      entry.checks.push_back(
          std::make_unique<HealthCheck>(loop_, tasks_, entry.server, config, lookup_, eager, health_told, &entry));
    }
  }
  if (life.has(Mark::check_failed) && (asked || wanted.empty())) settle_checks(entry);
}

// The check that failed may be gone, and all that are left be well.
void EndpointRegistry::settle_checks(Entry& entry) {
  if (!std::ranges::all_of(entry.checks, [](const auto& check) { return check->well(); })) return;
  feed(entry, LifeEvent::check_passed);
}

// Whoever looks at the endpoint sees the last failure's reason.
void EndpointRegistry::say(Entry& entry, std::string why) {
  if (entry.endpoint->view().why == why) return;
  observe::log_info("endpoint {} ({}): {}", entry.label, entry.server.url(), why);
  entry.endpoint->set_life(entry.endpoint->life(), std::move(why));
  changed_(entry.container_id);
}

void EndpointRegistry::health_told(void* context, bool well, const std::string& why) {
  auto& entry = *static_cast<Entry*>(context);
  EndpointRegistry& registry = *entry.registry;
  const Life life = entry.endpoint->life();
  if (well) {
    const bool all = std::ranges::all_of(entry.checks, [](const auto& check) { return check->well(); });
    if (all) registry.feed(entry, LifeEvent::check_passed, why);
  } else if (life.state == EndpointState::probing) {
    registry.say(entry, "waiting for its health check to pass: " + why);
  } else if (life.state == EndpointState::unhealthy && life.has(Mark::check_failed)) {
    registry.say(entry, std::string(reason(LifeEvent::check_failed, life)) + ": " + why);
  } else {
    registry.feed(entry, LifeEvent::check_failed, why);
  }
  // Not from within the check's own call.
  registry.watch_soon(entry.endpoint->id());
}

std::string EndpointRegistry::why_now(const Entry& entry, LifeEvent event, Life now, const std::string& detail) const {
  const bool probing = now.state == EndpointState::probing;
  // A server given by URL has no container that could be said to run.
  const bool by_url = entry.container_id.empty() && event == LifeEvent::runs && probing;
  std::string why(by_url ? "waiting for its port to accept a connection" : reason(event, now));
  const auto port = why.find("waiting for its port");
  if (probing && port != std::string::npos && !check_book_.of(entry.endpoint->id()).empty()) {
    why = why.substr(0, port) + "waiting for its health check to pass";
  }
  if (!detail.empty()) why += ": " + detail;
  return why;
}

std::shared_ptr<PassiveWatch> EndpointRegistry::passive_watch(const std::string& service,
                                                              const config::MergedServer& server,
                                                              const config::PassiveHealthCheckConfig& config) {
  return check_book_.watch(service, server.config.id, config,
                           [this](const std::string& id, std::chrono::milliseconds window, std::string why) {
                             loop_.post([this, id, window, why = std::move(why)] { distrust(id, window, why); });
                           });
}

void EndpointRegistry::distrust(const std::string& id, std::chrono::milliseconds window, const std::string& why) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  Entry& entry = *found->second;
  if (entry.endpoint->life().has(Mark::distrusted)) return;
  feed(entry, LifeEvent::passive_failed, why);
  if (!entry.endpoint->life().has(Mark::distrusted)) return;
  entry.distrusted = std::make_unique<loop::Deadline>(loop_.deadlines(), trusted_again, &entry);
  entry.distrusted->set(static_cast<std::uint64_t>(window.count()));
  watch(entry);
}

void EndpointRegistry::trusted_again(void* context) {
  auto& entry = *static_cast<Entry*>(context);
  const std::unique_ptr<loop::Deadline> over = std::move(entry.distrusted);
  entry.registry->feed(entry, LifeEvent::passive_over);
  entry.registry->watch(entry);
}

}  // namespace mooring::upstream
