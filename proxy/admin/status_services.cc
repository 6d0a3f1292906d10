#include "proxy/admin/status_services.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace mooring::admin {
namespace {

using Counts = observe::Sessions::Counts;

constexpr std::size_t kShortId = 12;  // what `docker ps` shows

std::uint64_t sessions_on(const upstream::Server& server, const Counts& counts) {
  const auto found = counts.by_endpoint.find(server.endpoint->cookie_part());
  return found == counts.by_endpoint.end() ? 0 : found->second;
}

Json endpoint_row(const upstream::Server& server, const Counts& counts) {
  using upstream::EndpointCounters;
  const upstream::Endpoint::View view = server.endpoint->view();
  const auto sum = [&server](auto member) {
    return server.endpoint->counters.sum([member](const EndpointCounters& cell) { return (cell.*member).get(); });
  };
  const std::int64_t last_request =
      server.endpoint->counters.largest([](const EndpointCounters& cell) { return cell.last_request.get(); });
  return {{"container", server.origin.container_name},
          {"id", server.origin.container_id.substr(0, kShortId)},
          {"label", server.origin.label},
          {"project", server.origin.project},
          {"service", server.origin.service},
          {"image", server.origin.image},
          {"address", server.authority},
          {"url", server.url},
          {"weight", server.config.weight},
          {"state", upstream::to_string(view.state)},
          {"since", time_or_null(view.since_ms)},
          {"why", view.why},
          {"ordered", view.ordered},
          {"inFlight", sum(&EndpointCounters::in_flight)},
          {"tunnels", sum(&EndpointCounters::tunnels)},
          {"connections", sum(&EndpointCounters::connections)},
          {"requests", sum(&EndpointCounters::requests)},
          {"failures", sum(&EndpointCounters::failures)},
          {"sessions", sessions_on(server, counts)},
          {"lastRequest", time_or_null(last_request)}};
}

Json sticky_row(const routing::Service& service, const Counts& counts) {
  using upstream::AffinityCounters;
  if (service.cookie_name.empty() || service.balancer == nullptr) return nullptr;
  const auto sum = [&service](auto member) {
    return service.balancer->state().affinity.sum(
        [member](const AffinityCounters& cell) { return (cell.*member).get(); });
  };
  std::uint64_t sessions = 0;
  for (const upstream::Server& server : service.balancer->servers()) sessions += sessions_on(server, counts);
  return {{"cookie", service.cookie_name},
          {"requests", sum(&AffinityCounters::requests)},
          {"kept", sum(&AffinityCounters::kept)},
          {"new", sum(&AffinityCounters::fresh)},
          {"moved",
           {{"gone", sum(&AffinityCounters::moved_gone)},
            {"draining", sum(&AffinityCounters::moved_draining)},
            {"unhealthy", sum(&AffinityCounters::moved_unhealthy)},
            {"unknown", sum(&AffinityCounters::moved_unknown)}}},
          {"sessions", sessions},
          {"sessionsEstimated", counts.estimated}};
}

Json service_row(const routing::Service& service, const Counts& counts) {
  Json endpoints = Json::array();
  if (service.balancer != nullptr) {
    for (const upstream::Server& server : service.balancer->servers()) {
      endpoints.push_back(endpoint_row(server, counts));
    }
  }
  return {{"name", service.name},
          {"pooledInto", service.pooled_into.empty() ? Json(nullptr) : Json(service.pooled_into)},
          {"usedBy", std::vector<std::string>(service.used_by)},
          {"errors", service.errors},
          {"sticky", sticky_row(service, counts)},
          {"endpoints", std::move(endpoints)}};
}

}  // namespace

Json service_rows(const routing::Snapshot& snapshot, const observe::Sessions& sessions) {
  Counts counts;
  const bool sticky =
      std::ranges::any_of(snapshot.services, [](const auto& entry) { return !entry.second.cookie_name.empty(); });
  if (sticky) counts = sessions.count(std::chrono::system_clock::now());
  Json rows = Json::array();
  for (const auto& [name, service] : snapshot.services) rows.push_back(service_row(service, counts));
  return rows;
}

}  // namespace mooring::admin
