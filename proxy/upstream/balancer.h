// Balancer: chooses the endpoint of a service for a request: smooth weighted round robin, or another strategy
// (strategy.h).
//
// The schedule of one full turn is made when the snapshot is built; a choice is one relaxed fetch_add into it, so that
// N workers keep exact weights. Endpoints that may not take the request are passed over, and their turns are spread
// over those that may. Immutable but for the shared position; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proxy/config/dynamic.h"
#include "proxy/upstream/server.h"
#include "proxy/upstream/service_state.h"

namespace mooring::upstream {

// What of a service's settings a request's way through it depends on.
struct ServicePolicy {
  bool pass_host_header = true;
  config::Strategy strategy = config::Strategy::wrr;
  config::QueueConfig queue{};
};

class Balancer {
 public:
  Balancer(std::string service, std::vector<Server> servers, ServicePolicy policy, std::shared_ptr<ServiceState> state);

  const std::string& service() const { return service_; }
  const std::vector<Server>& servers() const { return servers_; }
  const ServicePolicy& policy() const { return policy_; }
  ServiceState& state() const { return *state_; }
  const std::shared_ptr<ServiceState>& shared_state() const { return state_; }

  // The next endpoint for a request that is bound to none: one that is ready, else one that drains by itself or refused
  // a moment ago; never one of `tried`. Nothing: nobody may take it. `client`: the address of its TCP peer, which some
  // strategies go by.
  std::optional<std::uint32_t> choose(std::uint64_t tried, std::string_view client = {}) const;
  // The bit of `tried` that stands for a server. Servers beyond the 64th share bits: a retry may pass one over.
  static std::uint64_t bit(std::uint32_t index) { return std::uint64_t{1} << (index % 64); }

  // Why nobody may take a request now: the state of the endpoint that is the nearest to being ready, `unhealthy` where
  // it is paused. Nothing: there is none that could become it (no servers, or a person took them out).
  std::optional<EndpointState> nearest() const;
  // Another endpoint than those in `tried` could take the request.
  bool another_left(std::uint64_t tried) const;

  // The server whose endpoint has this cookie part, or whose URL Traefik's older cookies mean.
  std::optional<std::uint32_t> by_cookie_part(std::uint64_t part) const;
  std::optional<std::uint32_t> by_traefik_value(std::string_view value) const;

 private:
  // Whether a server may take a request: one that is ready, or with `drained` also who is asked when nobody is.
  bool may_take(std::uint32_t index, std::uint64_t tried, bool drained) const;
  // The server of the `turn`-th turn among those that may take it, by their weights.
  std::optional<std::uint32_t> by_turn(std::uint32_t turn, std::uint64_t tried, bool drained) const;
  std::optional<std::uint32_t> by_strategy(std::uint32_t turn, std::uint64_t tried, bool drained,
                                           std::string_view client) const;
  std::optional<std::uint32_t> stand_in(std::uint32_t turn, std::uint64_t tried, bool drained) const;

  std::string service_;
  std::vector<Server> servers_;
  ServicePolicy policy_;
  std::shared_ptr<ServiceState> state_;
  std::vector<std::int64_t> weights_;    // how often each server stands in the schedule
  std::vector<std::uint32_t> schedule_;  // one full turn
  std::unordered_map<std::uint64_t, std::uint32_t> by_part_;
  std::unordered_map<std::string, std::uint32_t> by_traefik_;
};

}  // namespace mooring::upstream
