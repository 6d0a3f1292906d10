// Builds the balancers of a snapshot, and puts each route's chain and service together from them. Control loop only.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "proxy/routing/route_draft.h"

namespace mooring::routing {

using Balancers = std::map<std::string, std::shared_ptr<const upstream::Balancer>>;  // by service
using StickyNames = std::set<std::string>;  // cookie names that more than one service uses

// A balancer for each service of `routed`; the snapshot gets an entry for each service there is, and the Problems of
// those that cannot be served.
Balancers build_balancers(const BuildInput& input, const std::map<std::string, std::string>& pooled_into,
                          const std::set<std::string>& routed, Snapshot& snapshot);

StickyNames shared_cookie_names(const std::vector<RouteDraft>& drafts, const std::map<std::string, Service>& services,
                                const config::Merged& merged);

// Fills in the route's chain and service.
void attach_handlers(RouteDraft& draft, const BuildInput& input, const Balancers& balancers, const StickyNames& shared,
                     std::map<std::string, Service>& services);

}  // namespace mooring::routing
