// BalancerBook: the balancers of all services that some router leads to, and which servers they reach.
//
// A balancer is made anew only when one of its services changed, came, went or is pooled otherwise, or when one of its
// servers is no longer the only one at its address. What a service remembers (its place in the schedule, its counters)
// goes over to its next balancer. Owned by SnapshotBuilder; control loop only.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "proxy/routing/draft_book.h"
#include "proxy/routing/pooling.h"
#include "proxy/routing/table_setup.h"
#include "proxy/routing/transport_book.h"
#include "proxy/upstream/balancer.h"
#include "proxy/upstream/check_book.h"

namespace mooring::routing {

using BalancerPtr = std::shared_ptr<const upstream::Balancer>;

// What of one update the registry of endpoints has to know.
struct Reach {
  std::vector<config::MergedServer> reached;  // of all balancers that were made: new servers and known ones
  std::vector<std::string> unreached;         // ids of servers that no balancer has any more
  // Of all balancers that were made, and of those that are gone (without endpoints).
  std::vector<upstream::ServiceChecks> checks;
};

class BalancerBook {
 public:
  BalancerBook(const TableSetup& setup, const TransportBook& transports) : setup_(setup), transports_(transports) {}

  // `changed`: services whose own settings or servers are others now; `led`: services to which other routers lead now.
  // Gives the services whose balancer is another one, came or went.
  Names update(const Names& changed, const Names& led, const std::map<std::string, std::string>& moved,
               const config::Merged& merged, const DraftBook& book, const Pools& pools, Reach& reach);

  // Null: nobody leads there.
  BalancerPtr find(const std::string& service) const;

 private:
  bool routed(const Names& members, const config::Merged& merged, const DraftBook& book) const;
  BalancerPtr make(const std::string& name, const Names& members, const config::Merged& merged, Reach& reach) const;
  void count(const BalancerPtr& balancer, int by, std::map<std::string, int>& changes) const;

  const TableSetup& setup_;
  const TransportBook& transports_;
  std::map<std::string, BalancerPtr> balancers_;
  std::map<std::string, int> reached_;  // by server id: how many balancers have it
};

}  // namespace mooring::routing
