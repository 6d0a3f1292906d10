#include "proxy/upstream/strategy.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <random>

namespace mooring::upstream {
namespace {

using Candidates = std::span<const std::uint32_t>;

std::int64_t in_flight(const Server& server) {
  return server.endpoint->counters.sum([](const EndpointCounters& counters) { return counters.in_flight.get(); });
}

double weight_of(const Server& server) {
  return static_cast<double>(server.config.weight);
}

// The smallest cost; among equals the turn decides, so that an idle service is gone through in order.
template <typename Cost>
std::uint32_t cheapest(Candidates candidates, std::uint32_t turn, Cost cost) {
  std::uint32_t best = candidates[turn % candidates.size()];
  double least = cost(best);
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    const std::uint32_t index = candidates[(turn + i) % candidates.size()];
    const double asked = cost(index);
    if (asked >= least) continue;
    least = asked;
    best = index;
  }
  return best;
}

std::uint32_t two_at_random(const std::vector<Server>& servers, Candidates candidates) {
  if (candidates.size() == 1) return candidates.front();
  thread_local std::minstd_rand random(std::random_device{}());
  const std::size_t first = random() % candidates.size();
  const std::size_t second = (first + 1 + random() % (candidates.size() - 1)) % candidates.size();
  const std::uint32_t a = candidates[first];
  const std::uint32_t b = candidates[second];
  return in_flight(servers[b]) < in_flight(servers[a]) ? b : a;
}

// FNV-1a, 64 bits.
std::uint64_t fnv1a(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

// Traefik's hash as it is, though others would spread more evenly: who comes from Traefik keeps his endpoint.
std::uint32_t highest_random_weight(const std::vector<Server>& servers, Candidates candidates,
                                    std::string_view client) {
  const std::uint64_t of_client = fnv1a(0xcbf29ce484222325U, client);
  std::uint32_t best = candidates.front();
  double highest = -1;
  for (const std::uint32_t index : candidates) {
    const Server& server = servers[index];
    // Above 0 and below 1, so that its logarithm is finite and not 0.
    const double random = (static_cast<double>(fnv1a(of_client, server.url)) + 0.5) / 0x1p64;
    const double score = weight_of(server) / -std::log(std::min(random, 1 - std::numeric_limits<double>::epsilon()));
    if (score <= highest) continue;
    highest = score;
    best = index;
  }
  return best;
}

}  // namespace

std::uint32_t pick(config::Strategy strategy, const std::vector<Server>& servers, Candidates candidates,
                   std::uint32_t turn, std::string_view client) {
  switch (strategy) {
    case config::Strategy::p2c:
      return two_at_random(servers, candidates);
    case config::Strategy::hrw:
      return highest_random_weight(servers, candidates, client);
    case config::Strategy::leasttime:
      // One that has answered nothing yet costs nothing: it is asked first, and so becomes known.
      return cheapest(candidates, turn, [&](std::uint32_t index) {
        const Server& server = servers[index];
        const LatencyWindow* const latency = server.endpoint->latency();
        const double mean = latency == nullptr ? 0 : latency->mean();
        return mean * (1 + static_cast<double>(in_flight(server))) / weight_of(server);
      });
    case config::Strategy::leastconn:
      return cheapest(candidates, turn, [&](std::uint32_t index) {
        return static_cast<double>(in_flight(servers[index])) / weight_of(servers[index]);
      });
    case config::Strategy::wrr:
      break;
  }
  return candidates[turn % candidates.size()];
}

}  // namespace mooring::upstream
