// Pooling: routers of one Compose project that mean the same become one service with all their endpoints and one
// cookie.
//
// Two services of a Compose file with the same rule and the same sticky middleware are what people write for "two
// replicas"; without pooling the second would never get a request. Services are one pool when the routers of their
// project that lead to them correspond one to one, one of these is sticky, and the services are equal but for their
// servers. Kept up to date for the services that something changed about. Control loop only. Source: design, section 7.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "proxy/config/merge.h"
#include "proxy/routing/draft_book.h"

namespace mooring::routing {

class Pools {
 public:
  // Looks at these services again, and gives those that another service takes the servers of now: with the service that
  // had them before.
  std::map<std::string, std::string> update(const Names& services, const DraftBook& book, const config::Merged& merged);

  // The service that takes the servers of this one: itself, unless it is pooled.
  const std::string& target(const std::string& service) const;
  // All services whose servers this one has, in the order of names; itself included.
  Names members(const std::string& target) const;

 private:
  // What everybody in a pool has in common; the provider and the project bound who may share with whom.
  using Key = std::tuple<std::string, std::string, std::string, std::vector<std::string>, std::int64_t,
                         std::vector<std::string>>;
  struct Identity {
    std::set<Key> led_by;
    config::ServiceConfig config;
    auto operator<=>(const Identity&) const = default;
  };
  struct NameOrder {
    bool operator()(const std::string& a, const std::string& b) const { return name_before(a, b); }
  };
  struct Pool {
    std::map<std::string, std::string, NameOrder> services;  // by the first sticky router that leads to each
    std::string head;                                        // the service that takes all servers
  };
  using PoolMap = std::map<Identity, Pool>;
  struct Place {
    PoolMap::iterator pool;
    std::string router;
  };

  static Key key_of(const RouteDraft& draft);
  void take_out(const std::string& service, std::vector<PoolMap::iterator>& touched);
  void put_in(const std::string& service, const DraftBook& book, const config::Merged& merged,
              std::vector<PoolMap::iterator>& touched);

  PoolMap pools_;
  std::map<std::string, Place> places_;             // by service
  std::map<std::string, std::string> pooled_into_;  // service → head, where that is another one
  std::map<std::string, Names> pooled_here_;        // head → the others
};

}  // namespace mooring::routing
