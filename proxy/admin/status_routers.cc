#include "proxy/admin/status_routers.h"

namespace mooring::admin {

std::string_view to_string(routing::RouteStatus status) {
  switch (status) {
    case routing::RouteStatus::enabled:
      return "enabled";
    case routing::RouteStatus::warning:
      return "warning";
    case routing::RouteStatus::disabled:
      return "disabled";
  }
  return "disabled";
}

Json router_rows(const routing::Snapshot& snapshot) {
  Json rows = Json::array();
  for (const auto& route : snapshot.routes) {
    std::int64_t hits = 0;
    std::int64_t last_hit = 0;
    if (route->counters != nullptr) {
      hits = route->counters->sum([](const routing::RouteCounters& counters) { return counters.hits.get(); });
      last_hit =
          route->counters->largest([](const routing::RouteCounters& counters) { return counters.last_hit.get(); });
    }
    rows.push_back({{"name", route->name},
                    {"rule", route->config.rule},
                    {"priority", route->priority},
                    {"status", to_string(route->status)},
                    {"unserved", route->unserved},
                    {"entryPoints", route->entry_points},
                    {"service", route->service},
                    {"middlewares", route->config.middlewares},
                    {"hits", hits},
                    {"lastHit", time_or_null(last_hit)},
                    {"errors", route->errors}});
  }
  return rows;
}

}  // namespace mooring::admin
