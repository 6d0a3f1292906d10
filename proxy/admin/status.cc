#include "proxy/admin/status.h"

#include <mooring_version.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "proxy/admin/drain_handler.h"
#include "proxy/admin/status_routers.h"
#include "proxy/admin/status_services.h"

namespace mooring::admin {
namespace {

Json engine_row(const config::EngineStatus& engine) {
  return {{"connected", engine.connected},
          {"endpoint", engine.endpoint},
          {"apiVersion", engine.api_version},
          {"engineVersion", engine.engine_version},
          {"error", engine.error},
          {"lastEvent", time_or_null(engine.last_event_ms)},
          {"lastSync", time_or_null(engine.last_sync_ms)},
          {"resyncs", engine.resyncs},
          {"containers", engine.containers}};
}

Json entry_point_rows(const config::Options& options) {
  Json rows = Json::array();
  for (const auto& [name, entry_point] : options.entry_points) {
    for (const config::ListenAddress& address : config::listen_addresses(entry_point)) {
      rows.push_back({{"name", name}, {"address", config::to_text(address)}});
    }
  }
  return rows;
}

Json worker_rows(const std::vector<server::WorkerView>& workers) {
  Json rows = Json::array();
  for (const server::WorkerView& worker : workers) {
    rows.push_back({{"connections", worker.connections},
                    {"busy", worker.busy},
                    {"requests", worker.requests},
                    {"acceptWithheld", worker.accept_withheld != 0},
                    {"refusedForLoad", worker.refused_for_load},
                    {"cutForLoad", worker.cut_for_load},
                    {"badProxyHeaders", worker.bad_proxy_headers}});
  }
  return rows;
}

Json problem_rows(const config::Problems& problems) {
  Json rows = Json::array();
  for (const config::Problem& problem : problems) {
    rows.push_back({{"code", problem.code},
                    {"severity", config::to_string(problem.severity)},
                    {"where", problem.where},
                    {"key", problem.key},
                    {"text", problem.text},
                    {"inForce", problem.in_force},
                    {"fix", config::fix_of(problem)}});
  }
  return rows;
}

}  // namespace

config::Problems all_problems(const server::StatusSource& source) {
  config::Problems all = source.process_problems();
  const auto add = [&all](const config::Problems& more) { all.insert(all.end(), more.begin(), more.end()); };
  add(source.engine().problems);
  const routing::SnapshotPtr snapshot = source.snapshot();
  if (snapshot != nullptr) std::ranges::copy(snapshot->problems, std::back_inserter(all));
  std::ranges::sort(all, [](const config::Problem& a, const config::Problem& b) {
    return a.severity != b.severity ? a.severity > b.severity : a < b;
  });
  const auto doubled = std::ranges::unique(all);
  all.erase(doubled.begin(), doubled.end());
  return all;
}

Json status_document(const server::StatusSource& source) {
  // Read before the table: whoever waits for a change of this number misses none.
  const std::uint64_t generation = source.generation();
  const routing::SnapshotPtr snapshot = source.snapshot();
  return {{"version", MOORING_VERSION},
          {"generation", generation},
          {"since", time_or_null(source.generation_since_ms())},
          {"startedAt", time_or_null(source.started_ms())},
          {"ready", source.synced()},
          {"terminating", source.terminating()},
          {"engine", engine_row(source.engine())},
          {"entryPoints", entry_point_rows(source.options())},
          {"workers", worker_rows(source.workers())},
          {"problems", problem_rows(all_problems(source))},
          {"drains", drain_rows(source.drains())},
          {"routers", snapshot == nullptr ? Json::array() : router_rows(*snapshot)},
          {"services", snapshot == nullptr ? Json::array() : service_rows(*snapshot, source.sessions())}};
}

}  // namespace mooring::admin
