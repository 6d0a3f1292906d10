#include "proxy/upstream/balancer.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <utility>

#include "proxy/upstream/affinity.h"
#include "proxy/upstream/strategy.h"

namespace mooring::upstream {
namespace {

// A turn of more slots than this is scaled down: weights like 1:100000 are kept to four digits.
constexpr std::int64_t kMaxTurn = 10'000;

std::vector<std::int64_t> scaled_weights(const std::vector<Server>& servers) {
  std::vector<std::int64_t> weights;
  std::int64_t divisor = 0;
  for (const Server& server : servers) {
    weights.push_back(std::clamp<std::int64_t>(server.config.weight, 0, 1'000'000'000));
    divisor = std::gcd(divisor, weights.back());
  }
  if (divisor == 0) return weights;
  std::int64_t total = 0;
  for (std::int64_t& weight : weights) total += weight /= divisor;
  if (total <= kMaxTurn) return weights;
  for (std::int64_t& weight : weights) {
    if (weight > 0)
      weight = std::max<std::int64_t>(
          1, static_cast<std::int64_t>(static_cast<double>(weight) * kMaxTurn / static_cast<double>(total)));
  }
  return weights;
}

// Each step every server earns its weight and the richest pays the total: the known smooth weighted round robin.
std::vector<std::uint32_t> schedule_of(const std::vector<std::int64_t>& weights) {
  const std::int64_t total = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  std::vector<std::uint32_t> schedule;
  if (std::ranges::count(weights, 1) == std::ssize(weights)) {
    // Among equals the richest is the next one: no need to count, which takes the square of their number.
    schedule.resize(weights.size());
    std::iota(schedule.begin(), schedule.end(), 0U);
    return schedule;
  }
  std::vector<std::int64_t> credit(weights.size(), 0);
  schedule.reserve(static_cast<std::size_t>(total));
  for (std::int64_t step = 0; step < total; ++step) {
    std::size_t richest = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      credit[i] += weights[i];
      if (credit[i] > credit[richest] || weights[richest] == 0) richest = i;
    }
    credit[richest] -= total;
    schedule.push_back(static_cast<std::uint32_t>(richest));
  }
  return schedule;
}

}  // namespace

Balancer::Balancer(std::string service, std::vector<Server> servers, ServicePolicy policy,
                   std::shared_ptr<ServiceState> state)
    : service_(std::move(service)),
      servers_(std::move(servers)),
      policy_(policy),
      state_(std::move(state)),
      weights_(scaled_weights(servers_)),
      schedule_(schedule_of(weights_)) {
  for (std::uint32_t i = 0; i < servers_.size(); ++i) {
    const Server& server = servers_[i];
    if (policy_.strategy == config::Strategy::leasttime) server.endpoint->want_latency();
    by_part_.emplace(server.endpoint->cookie_part(), i);
    if (!server.traefik_values) continue;
    // Of a server given by URL Traefik takes the URL as it was written, of a container's the one it makes.
    const std::string& name = server.config.id.contains("://") ? server.config.id : server.url;
    by_traefik_.emplace(hex16(sha256_head(name)), i);
    const std::string once = fnv1_hex(name);
    by_traefik_.emplace(once, i);
    by_traefik_.emplace(fnv1_hex(once), i);
    by_traefik_.emplace(name, i);
  }
}

bool Balancer::may_take(std::uint32_t index, std::uint64_t tried, bool drained) const {
  if ((tried & bit(index)) != 0) return false;
  const Endpoint& endpoint = *servers_[index].endpoint;
  return drained ? endpoint.takes_as_last_resort() : endpoint.takes_new();
}

std::optional<std::uint32_t> Balancer::choose(std::uint64_t tried, std::string_view client) const {
  if (schedule_.empty()) return std::nullopt;
  const std::uint32_t turn = state_->position.fetch_add(1, std::memory_order_relaxed);
  for (const bool drained : {false, true}) {
    const auto index = policy_.strategy == config::Strategy::wrr ? by_turn(turn, tried, drained)
                                                                 : by_strategy(turn, tried, drained, client);
    if (index && drained) servers_[*index].endpoint->wanted();
    if (index) return index;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> Balancer::by_turn(std::uint32_t turn, std::uint64_t tried, bool drained) const {
  const auto size = static_cast<std::uint32_t>(schedule_.size());
  const std::uint32_t at = turn % size;
  if (may_take(schedule_[at], tried, drained)) return schedule_[at];
  // Each round the turns of those that are out go one further, so that every one of them comes by everybody else.
  return stand_in(turn / size + at, tried, drained);
}

std::optional<std::uint32_t> Balancer::by_strategy(std::uint32_t turn, std::uint64_t tried, bool drained,
                                                   std::string_view client) const {
  // Kept from choice to choice: no allocation on a request's path once it has grown.
  thread_local std::vector<std::uint32_t> candidates;
  candidates.clear();
  for (std::uint32_t i = 0; i < servers_.size(); ++i) {
    if (servers_[i].config.weight > 0 && may_take(i, tried, drained)) candidates.push_back(i);
  }
  if (candidates.empty()) return std::nullopt;
  return pick(policy_.strategy, servers_, candidates, turn, client);
}

std::optional<std::uint32_t> Balancer::stand_in(std::uint32_t turn, std::uint64_t tried, bool drained) const {
  const auto count = static_cast<std::uint32_t>(servers_.size());
  std::int64_t slots = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (weights_[i] > 0 && may_take(i, tried, drained)) slots += weights_[i];
  }
  if (slots == 0) return std::nullopt;
  std::int64_t left = turn % slots;
  std::optional<std::uint32_t> last;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (weights_[i] <= 0 || !may_take(i, tried, drained)) continue;
    last = i;
    left -= weights_[i];
    if (left < 0) break;
  }
  // A state that changed since they were counted leaves us with the last one that may.
  return last;
}

std::optional<EndpointState> Balancer::nearest() const {
  using enum EndpointState;
  const auto seen = [](const Endpoint& endpoint) {
    const Life now = endpoint.life();
    if (now.has(Mark::ordered)) return maintenance;
    return now.has(Mark::frozen) ? unhealthy : now.state;
  };
  for (const EndpointState state : {ready, draining, probing, starting, unhealthy, finishing, gone}) {
    const bool any = std::ranges::any_of(
        servers_, [&](const Server& server) { return server.config.weight > 0 && seen(*server.endpoint) == state; });
    if (any) return state;
  }
  return std::nullopt;
}

bool Balancer::another_left(std::uint64_t tried) const {
  for (std::uint32_t i = 0; i < servers_.size(); ++i) {
    if ((tried & bit(i)) == 0 && servers_[i].config.weight > 0 && servers_[i].endpoint->takes_pinned()) return true;
  }
  return false;
}

std::optional<std::uint32_t> Balancer::by_cookie_part(std::uint64_t part) const {
  const auto found = by_part_.find(part);
  if (found == by_part_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::uint32_t> Balancer::by_traefik_value(std::string_view value) const {
  if (value.size() > 512) return std::nullopt;  // no URL of ours is that long
  const auto found = by_traefik_.find(std::string(value));
  if (found == by_traefik_.end()) return std::nullopt;
  return found->second;
}

}  // namespace mooring::upstream
