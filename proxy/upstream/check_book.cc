#include "proxy/upstream/check_book.h"

#include <algorithm>
#include <utility>

namespace mooring::upstream {

void CheckBook::put(const std::string& endpoint, const std::string& service,
                    const std::optional<config::HealthCheckConfig>& check, std::set<std::string>& changed) {
  Users& users = users_[endpoint];
  if (check) {
    users.by_service.insert_or_assign(service, *check);
  } else {
    users.by_service.erase(service);
  }
  Checks now;
  for (const auto& [name, config] : users.by_service) now.insert(config);
  if (now != users.checks) changed.insert(endpoint);
  users.checks = std::move(now);
  if (users.by_service.empty()) users_.erase(endpoint);
}

std::set<std::string> CheckBook::update(const ServiceChecks& said) {
  std::set<std::string> changed;
  const std::set<std::string> now =
      said.check ? std::set(said.endpoints.begin(), said.endpoints.end()) : std::set<std::string>();
  if (const auto before = reached_.find(said.service); before != reached_.end()) {
    for (const std::string& endpoint : before->second) {
      if (!now.contains(endpoint)) put(endpoint, said.service, std::nullopt, changed);
    }
  }
  for (const std::string& endpoint : now) put(endpoint, said.service, said.check, changed);
  if (now.empty()) {
    reached_.erase(said.service);
  } else {
    reached_[said.service] = said.endpoints;
  }
  return changed;
}

const CheckBook::Checks& CheckBook::of(const std::string& endpoint) const {
  static const Checks kNone;
  const auto found = users_.find(endpoint);
  return found == users_.end() ? kNone : found->second.checks;
}

std::shared_ptr<PassiveWatch> CheckBook::watch(const std::string& service, const std::string& endpoint,
                                               const config::PassiveHealthCheckConfig& config,
                                               const PassiveWatch::Tripped& tripped) {
  std::weak_ptr<PassiveWatch>& known = watches_[{service, endpoint}];
  std::shared_ptr<PassiveWatch> watch = known.lock();
  if (watch != nullptr && watch->config() == config) return watch;
  watch = std::make_shared<PassiveWatch>(config, endpoint, tripped);
  known = watch;
  // Endpoints come and go for as long as the process lives; those whose watch is gone are forgotten now and then.
  if (watches_.size() > 2 * live_) {
    std::erase_if(watches_, [](const auto& entry) { return entry.second.expired(); });
    live_ = std::max<std::size_t>(watches_.size(), 16);
  }
  return watch;
}

}  // namespace mooring::upstream
