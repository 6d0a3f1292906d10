// TransportBook: the servers transports in force, and which services name one that is not there or is broken.
//
// Made anew when a transport changed; then the services that name any are looked at again. Owned by SnapshotBuilder;
// control loop only.
#pragma once

#include <map>
#include <string>

#include "proxy/config/merger.h"
#include "proxy/routing/draft_book.h"
#include "proxy/routing/problem_ledger.h"
#include "proxy/routing/transports.h"

namespace mooring::routing {

class TransportBook {
 public:
  explicit TransportBook(const config::Options& options) : options_(options) {}

  // Gives the services whose transport may be another one now.
  Names update(const config::Merged& merged, const config::MergeChange& change, ProblemLedger& ledger);

  // Null: the service has no endpoint, and error_of() says why.
  upstream::TransportPtr of(const config::MergedService& service, const config::Merged& merged) const;
  // Empty: there is nothing wrong with it.
  std::string error_of(const std::string& service) const;

 private:
  struct Bad {
    std::string why;
    config::Problem problem;
  };
  void look_at(const std::string& name, const config::Merged& merged, ProblemLedger& ledger);

  const config::Options& options_;
  Transports transports_;
  Names naming_;  // services that name a transport
  std::map<std::string, Bad> bad_;
};

}  // namespace mooring::routing
