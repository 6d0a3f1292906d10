// HostIndex: from a host to the routes that need it, in versions that share what is equal.
//
// A hash table of fixed depth: the root has 256 places, each a chunk of 256, each the few hosts that share 16 bits of
// their hash. So a look-up costs the same with ten hosts and with fifty thousand, takes no lock and touches no
// counter; a changed copy costs two rows of pointers and one place. Read by workers, changed on the control loop under
// an Edition (config/shared_tree.h). The keys come from rules, not from clients.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/shared_tree.h"

namespace mooring::routing {

class Matcher;
struct Route;

// A route as a table holds it; the snapshot keeps both alive.
struct Candidate {
  std::int64_t priority;
  const Matcher* matcher;
  const Route* route;
};
using Candidates = std::vector<Candidate>;  // in the order of precedence

// Puts a route into the list at its place, or takes it out.
void add_candidate(Candidates& list, const Route& route);
void drop_candidate(Candidates& list, const Route& route);

class HostIndex {
 public:
  // Null: no route needs this host.
  const Candidates* find(std::string_view host) const;
  bool empty() const { return size_ == 0; }

  void add(std::string_view host, const Route& route, config::Edition edition);
  void drop(std::string_view host, const Route& route, config::Edition edition);

 private:
  static constexpr std::size_t kBits = 8;
  static constexpr std::size_t kPlaces = std::size_t{1} << kBits;

  struct Place {
    std::size_t hash;
    std::string host;
    Candidates candidates;
  };
  struct Bucket {
    config::Edition edition;
    std::vector<Place> places;
  };
  struct Chunk {
    config::Edition edition;
    std::array<std::shared_ptr<Bucket>, kPlaces> buckets;
  };
  struct Root {
    config::Edition edition;
    std::array<std::shared_ptr<Chunk>, kPlaces> chunks;
  };

  Bucket& own_bucket(std::size_t hash, config::Edition edition);

  std::shared_ptr<Root> root_;
  std::size_t size_ = 0;  // hosts
};

}  // namespace mooring::routing
