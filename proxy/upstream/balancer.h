// Balancer: chooses the endpoint of a service for a request: smooth weighted round robin.
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

#include "proxy/upstream/server.h"
#include "proxy/upstream/service_state.h"

namespace mooring::upstream {

class Balancer {
 public:
  Balancer(std::string service, std::vector<Server> servers, bool pass_host_header,
           std::shared_ptr<ServiceState> state);

  const std::string& service() const { return service_; }
  const std::vector<Server>& servers() const { return servers_; }
  bool pass_host_header() const { return pass_host_header_; }
  ServiceState& state() const { return *state_; }
  const std::shared_ptr<ServiceState>& shared_state() const { return state_; }

  // The next endpoint for a request that is bound to none: one that is ready, else one that drains by itself or refused
  // a moment ago; never one of `tried`. Nothing: nobody may take it.
  std::optional<std::uint32_t> choose(std::uint64_t tried) const;
  // The bit of `tried` that stands for a server. Servers beyond the 64th share bits: a retry may pass one over.
  static std::uint64_t bit(std::uint32_t index) { return std::uint64_t{1} << (index % 64); }

  // Whether some endpoint is on its way to being ready: "come back soon", not "nobody is here".
  bool somebody_starts() const;
  // Another endpoint than those in `tried` could take the request.
  bool another_left(std::uint64_t tried) const;

  // The server whose endpoint has this cookie part, or whose URL Traefik's older cookies mean.
  std::optional<std::uint32_t> by_cookie_part(std::uint64_t part) const;
  std::optional<std::uint32_t> by_traefik_value(std::string_view value) const;

 private:
  // Whether a server may take a request: one that is ready, or with `drained` also who is asked when nobody is.
  bool may_take(std::uint32_t index, std::uint64_t tried, bool drained) const;
  // The server of the `turn`-th turn among those that may take it, by their weights.
  std::optional<std::uint32_t> stand_in(std::uint32_t turn, std::uint64_t tried, bool drained) const;

  std::string service_;
  std::vector<Server> servers_;
  bool pass_host_header_;
  std::shared_ptr<ServiceState> state_;
  std::vector<std::int64_t> weights_;    // how often each server stands in the schedule
  std::vector<std::uint32_t> schedule_;  // one full turn
  std::unordered_map<std::uint64_t, std::uint32_t> by_part_;
  std::unordered_map<std::string, std::uint32_t> by_traefik_;
};

}  // namespace mooring::upstream
