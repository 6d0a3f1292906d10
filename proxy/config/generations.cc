#include "proxy/config/generations.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>
#include <vector>

namespace mooring::config {

bool older(const Fragment& a, const Fragment& b) {
  return std::tie(a.origin.created, a.id) < std::tie(b.origin.created, b.id);
}

std::string family_of(const Fragment& fragment) {
  const Origin& origin = fragment.origin;
  if (origin.project.empty() || origin.service.empty()) return "one/" + fragment.id;
  return "compose/" + std::to_string(origin.project.size()) + "/" + origin.project + "/" + origin.service;
}

bool Generations::Service::mixed() const {
  return std::ranges::any_of(routers, [&](const auto& router) { return router.second != members.size(); });
}

void Generations::change(const FragmentPtr& who, const std::map<std::string, RouterConfig>& before,
                         const std::map<std::string, RouterConfig>& now) {
  if (who->origin.project.empty() || who->origin.service.empty()) return;
  if (before.empty() && now.empty()) return;
  const Key key = key_of(*who);
  Service& service = services_[key];
  for (const auto& [name, config] : now) ++service.routers[name];
  for (const auto& [name, config] : before) {
    const auto found = service.routers.find(name);
    if (--found->second == 0) service.routers.erase(found);
  }
  if (now.empty()) {
    service.members.erase(who);
  } else {
    service.members.insert(who);
  }
  dirty_.insert(key);
}

bool Generations::readiness_changed(const Fragment& who) {
  const Key key = key_of(who);
  const auto found = services_.find(key);
  if (found == services_.end() || !found->second.mixed()) return false;
  dirty_.insert(key);
  return true;
}

std::set<std::string> Generations::settle(const ReadyCheck& ready) {
  std::set<std::string> names;
  for (const Key& key : std::exchange(dirty_, {})) {
    const auto found = services_.find(key);
    if (found == services_.end()) continue;
    Service& service = found->second;
    FragmentPtr decides;
    if (service.mixed()) {
      std::vector<FragmentPtr> living;
      std::ranges::copy_if(service.members, std::back_inserter(living), [](const auto& one) { return !one->ended; });
      const auto best = newest_ready(living, ready, [](const FragmentPtr& one) -> const Fragment& { return *one; });
      if (best < living.size()) decides = living[best];
    }
    if (decides != service.decides) {
      decided_ += (decides != nullptr ? 1 : 0);
      decided_ -= (service.decides != nullptr ? 1 : 0);
      service.decides = std::move(decides);
      for (const auto& [name, count] : service.routers) names.insert(name + "@" + key.first);
    }
    if (service.members.empty()) services_.erase(found);
  }
  return names;
}

FragmentPtr Generations::decides(const Fragment& who) const {
  const auto found = services_.find(key_of(who));
  return found == services_.end() ? nullptr : found->second.decides;
}

}  // namespace mooring::config
