// RouteBook: the routes in force, made from drafts, pools and balancers, in the form that snapshots share.
//
// Finishes only the routes that something changed about, files them in the tables of their entry points, and keeps what
// is counted over routes: who uses a service, and which cookie names more than one service uses. Owned by
// SnapshotBuilder; control loop only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "proxy/routing/balancer_book.h"
#include "proxy/routing/draft_book.h"
#include "proxy/routing/pooling.h"
#include "proxy/routing/shadowing.h"
#include "proxy/routing/snapshot.h"
#include "proxy/routing/table_setup.h"

namespace mooring::routing {

// What finishing a route takes.
struct RouteParts {
  const config::Merged& merged;
  const DraftBook& book;
  const Pools& pools;
  const Shadows& shadows;
  const BalancerBook& balancers;
};

class RouteBook {
 public:
  explicit RouteBook(const TableSetup& setup);

  // Finishes these anew, and those that share a cookie's name with other services now or no longer. Gives the services
  // that other routers lead to now, or did.
  Names update(Names routers, const RouteParts& parts, config::Edition edition);

  const RouteSet& routes() const { return routes_; }
  const std::vector<RouteTable>& tables() const { return tables_; }
  const config::SharedNames& users_of(const std::string& service) const;
  // The name of the cookie that ties sessions to that service; empty: none.
  std::string cookie_of(const std::string& service) const;

 private:
  struct Finished {
    std::shared_ptr<const Route> route;
    std::vector<std::string> cookies;  // what its chain sets
  };
  struct Uses {
    std::string service;
    Names cookies;
  };

  Names shared_anew(const Names& routers, const RouteParts& parts);
  void note_uses(const std::string& name, const RouteParts& parts, std::map<std::string, bool>& before);
  bool shared(const std::string& cookie) const;
  Finished finish(const RouteDraft& draft, const RouteParts& parts) const;
  void attach(const RouteDraft& draft, Route& route, const RouteParts& parts, std::vector<std::string>& cookies) const;
  void take_out(const std::string& name, Names& services, config::Edition edition);
  void put_in(Finished finished, Names& services, config::Edition edition);
  template <typename Change>
  void each_table(const Route& route, Change change);

  const TableSetup& setup_;
  std::vector<std::string> entry_points_;
  std::map<std::string, Finished> finished_;
  RouteSet routes_;
  std::vector<RouteTable> tables_;
  std::map<std::string, config::SharedNames> users_;                  // by service: routers
  std::map<std::string, Names> sticky_routers_;                       // by service
  std::map<std::string, Uses> uses_;                                  // by router
  std::map<std::string, std::map<std::string, Names>> cookie_users_;  // by cookie, by service: routers
};

}  // namespace mooring::routing
