#include "proxy/routing/balancer_book.h"

#include <algorithm>
#include <ranges>
#include <unordered_set>
#include <utility>

namespace mooring::routing {
namespace {

upstream::Server make_server(const config::MergedServer& from, const upstream::TransportPtr& transport,
                             const TableSetup& setup) {
  upstream::Server server;
  server.transport = transport;
  if (from.config.preserve_path) {
    server.base_path = from.config.path;
    while (server.base_path.ends_with('/')) server.base_path.pop_back();
  }
  server.endpoint = setup.endpoint(from);
  server.config = from.config;
  server.url = from.config.url();
  // Of a server given by URL as it was written: without a port where none was.
  const std::string& id = from.config.id;
  const std::string& named = id.contains("://") ? id : server.url;
  server.authority = named.substr(named.find("://") + 3);
  server.authority.resize(std::min(server.authority.size(), server.authority.find('/')));
  server.address = loop::SocketAddress::from_ip(from.config.host, from.config.port);
  server.origin = from.from->origin;
  server.traefik_values = setup.sole_owner(from);
  return server;
}

}  // namespace

BalancerPtr BalancerBook::find(const std::string& service) const {
  const auto found = balancers_.find(service);
  return found == balancers_.end() ? nullptr : found->second;
}

bool BalancerBook::routed(const Names& members, const config::Merged& merged, const DraftBook& book) const {
  return std::ranges::any_of(members, [&](const std::string& member) {
    return !setup_.internal_services.contains(member) && merged.services.contains(member) &&
           !book.of_service(member).empty();
  });
}

BalancerPtr BalancerBook::make(const std::string& name, const Names& members, const config::Merged& merged,
                               Reach& reach) const {
  const config::ServiceConfig& config = merged.services.at(name).config;
  upstream::ServiceChecks checks{.service = name, .check = config.health_check, .endpoints = {}};
  std::vector<upstream::Server> servers;
  std::unordered_set<std::string_view> ids;
  for (const std::string& member : members) {
    const config::MergedService& service = merged.services.at(member);
    const upstream::TransportPtr transport = transports_.of(service, merged);
    if (transport == nullptr) continue;
    for (const config::MergedServer& server : service.servers) {
      // Two services of one container that are pooled lead to one endpoint: it has one place, not two.
      if (!ids.insert(server.config.id).second) continue;
      servers.push_back(make_server(server, transport, setup_));
      if (config.passive_health_check && setup_.passive) {
        servers.back().passive = setup_.passive(name, server, *config.passive_health_check);
      }
      checks.endpoints.push_back(server.config.id);
      reach.reached.push_back(server);
    }
  }
  reach.checks.push_back(std::move(checks));
  const auto before = balancers_.find(name);
  auto state = before == balancers_.end() ? std::make_shared<upstream::ServiceState>() : before->second->shared_state();
  const upstream::ServicePolicy policy{
      .pass_host_header = config.pass_host_header, .strategy = config.strategy, .queue = config.queue};
  auto balancer = std::make_shared<const upstream::Balancer>(name, std::move(servers), policy, state);
  state->set_current(balancer);
  return balancer;
}

void BalancerBook::count(const BalancerPtr& balancer, int by, std::map<std::string, int>& changes) const {
  if (balancer == nullptr) return;
  for (const upstream::Server& server : balancer->servers()) changes[server.config.id] += by;
}

Names BalancerBook::update(const Names& changed, const Names& led, const std::map<std::string, std::string>& moved,
                           const config::Merged& merged, const DraftBook& book, const Pools& pools, Reach& reach) {
  Names remade;  // their servers may be others
  for (const std::string& service : changed) remade.insert({service, pools.target(service)});
  for (const auto& [service, before] : moved) remade.insert({service, before, pools.target(service)});
  Names looked_at = remade;
  for (const std::string& service : led) looked_at.insert({service, pools.target(service)});
  Names different;
  std::map<std::string, int> counts;
  for (const std::string& name : looked_at) {
    const BalancerPtr before = find(name);
    const Names members = pools.members(name);
    const bool wanted = members.contains(name) && routed(members, merged, book);
    if (!wanted && before == nullptr) continue;
    if (wanted && before != nullptr && !remade.contains(name)) continue;
    count(before, -1, counts);
    different.insert(name);
    if (!wanted) {
      balancers_.erase(name);
      reach.checks.push_back({.service = name, .check = std::nullopt, .endpoints = {}});
      continue;
    }
    BalancerPtr now = make(name, members, merged, reach);
    count(now, 1, counts);
    balancers_.insert_or_assign(name, std::move(now));
  }
  for (const auto& [id, by] : counts) {
    if (by == 0) continue;
    const auto place = reached_.try_emplace(id, 0).first;
    place->second += by;
    if (place->second != 0) continue;
    reach.unreached.push_back(id);
    reached_.erase(place);
  }
  return different;
}

}  // namespace mooring::routing
