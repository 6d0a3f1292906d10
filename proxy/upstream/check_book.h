// CheckBook: which checks of health each endpoint is under, by the services that reach it.
//
// A service's check is run once an endpoint, and two services with equal settings share it. Where services differ, the
// endpoint is under all of their checks, and is well when all of them say so. Plain bookkeeping, owned by the registry
// of endpoints; control loop only.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proxy/config/dynamic.h"
#include "proxy/upstream/passive_watch.h"

namespace mooring::upstream {

// What one service says of the endpoints that it reaches.
struct ServiceChecks {
  std::string service;
  std::optional<config::HealthCheckConfig> check;
  std::vector<std::string> endpoints;  // ids
};

class CheckBook {
 public:
  using Checks = std::set<config::HealthCheckConfig>;

  // Takes the place of what that service said before; nothing of it: the service is gone. Gives the endpoints whose
  // checks are others now.
  std::set<std::string> update(const ServiceChecks& said);
  const Checks& of(const std::string& endpoint) const;

  // The watch over an endpoint's answers to a service's requests: the same for as long as the settings are.
  std::shared_ptr<PassiveWatch> watch(const std::string& service, const std::string& endpoint,
                                      const config::PassiveHealthCheckConfig& config,
                                      const PassiveWatch::Tripped& tripped);

 private:
  struct Users {
    Checks checks;
    std::map<std::string, config::HealthCheckConfig> by_service;
  };

  void put(const std::string& endpoint, const std::string& service,
           const std::optional<config::HealthCheckConfig>& check, std::set<std::string>& changed);

  std::map<std::string, std::vector<std::string>> reached_;  // endpoints, by service that has a check
  std::map<std::string, Users> users_;                       // by endpoint
  std::map<std::pair<std::string, std::string>, std::weak_ptr<PassiveWatch>> watches_;  // by service and endpoint
  std::size_t live_ = 16;  // of these, when they were last counted
};

}  // namespace mooring::upstream
