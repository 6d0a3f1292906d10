#include "proxy/cli/check_table.h"

#include <map>
#include <memory>
#include <string>

#include "middleware/unserved.h"
#include "proxy/config/merge.h"
#include "proxy/routing/snapshot_builder.h"
#include "proxy/upstream/affinity.h"

namespace mooring::cli {

config::Problems table_problems(const std::vector<config::FragmentPtr>& fragments, const config::Options& options) {
  const config::Merged merged =
      config::merge(fragments, [](const config::Fragment&) { return config::Readiness::ready; });
  std::map<std::string, upstream::EndpointPtr> endpoints;
  const auto endpoint = [&](const config::MergedServer& server) {
    upstream::EndpointPtr& entry = endpoints[server.config.id];
    if (entry == nullptr) {
      entry = std::make_shared<upstream::Endpoint>(server.config.id, upstream::sha256_head(server.config.id));
    }
    return entry;
  };
  // What routers may lead to besides services of their own; nobody will ask them.
  const auto nobody = std::make_shared<const middleware::Unserved>();
  const std::map<std::string, std::shared_ptr<const http::Handler>> internal{
      {"api@internal", nobody}, {"noop@internal", nobody}, {"ping@internal", nobody}, {"self-drain@internal", nobody}};
  const std::vector<routing::InternalRoute> no_routes;
  const routing::BuildInput input{
      .merged = merged,
      .fragments = fragments,
      .setup = {.options = options,
                .internal_routes = no_routes,
                .internal_services = internal,
                .endpoint = endpoint,
                .sole_owner = [](const config::MergedServer&) { return true; },
                .sessions = nullptr},
  };
  const auto snapshot = routing::build_snapshot(input);
  return {snapshot->problems.begin(), snapshot->problems.end()};
}

void assume_entry_points(const std::vector<config::FragmentPtr>& fragments, config::Options& options) {
  for (const config::FragmentPtr& fragment : fragments) {
    for (const auto& [name, router] : fragment->routers) {
      for (const std::string& entry_point : router.entry_points) options.entry_points[entry_point].name = entry_point;
    }
  }
}

}  // namespace mooring::cli
