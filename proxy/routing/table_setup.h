// What a table is built with beside the configuration itself: the options, what is internal, and whom to ask for
// endpoints. Fixed for the life of a SnapshotBuilder; everything it refers to outlives that. Control loop only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/config/merge.h"
#include "proxy/config/options.h"
#include "proxy/observe/sessions.h"
#include "proxy/routing/route_draft.h"
#include "proxy/upstream/endpoint.h"
#include "proxy/upstream/passive_watch.h"

namespace mooring::routing {

struct TableSetup {
  const config::Options& options;
  const std::vector<InternalRoute>& internal_routes;
  const InternalServices& internal_services;
  // The endpoint of a server, by its identity; made when it is new.
  std::function<upstream::EndpointPtr(const config::MergedServer&)> endpoint;
  // Whether that endpoint is the only one that ever had this URL: else Traefik's cookies for it name nobody.
  std::function<bool(const config::MergedServer&)> sole_owner;
  observe::Sessions* sessions;
  // Who counts what a service's requests meet at one of its servers. Empty: nobody does.
  std::function<std::shared_ptr<upstream::PassiveWatch>(const std::string& service, const config::MergedServer&,
                                                        const config::PassiveHealthCheckConfig&)>
      passive = {};
};

}  // namespace mooring::routing
