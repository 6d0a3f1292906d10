#include "proxy/routing/host_index.h"

#include <algorithm>
#include <functional>

#include "proxy/routing/route.h"

namespace mooring::routing {
namespace {

std::size_t hash_of(std::string_view host) {
  return std::hash<std::string_view>()(host);
}

// What the link leads to, in a form that may be changed: made when there is none, copied when others share it.
template <typename Node>
Node& own(std::shared_ptr<Node>& link, config::Edition edition) {
  if (link == nullptr) {
    link = std::make_shared<Node>();
  } else if (link->edition != edition) {
    link = std::make_shared<Node>(*link);
  }
  link->edition = edition;
  return *link;
}

// Where the route stands, or would: behind all that are in front of it.
Candidates::iterator place_of(Candidates& list, const Route& route) {
  return std::ranges::partition_point(list, [&](const Candidate& other) {
    return in_front(other.priority, other.route->name, route.priority, route.name);
  });
}

}  // namespace

void add_candidate(Candidates& list, const Route& route) {
  list.insert(place_of(list, route), {.priority = route.priority, .matcher = route.matcher.get(), .route = &route});
}

void drop_candidate(Candidates& list, const Route& route) {
  const auto found = std::find_if(place_of(list, route), list.end(),
                                  [&](const Candidate& candidate) { return candidate.route == &route; });
  if (found != list.end()) list.erase(found);
}

const Candidates* HostIndex::find(std::string_view host) const {
  if (root_ == nullptr) return nullptr;
  const std::size_t hash = hash_of(host);
  const Chunk* chunk = root_->chunks[hash % kPlaces].get();
  if (chunk == nullptr) return nullptr;
  const Bucket* bucket = chunk->buckets[(hash >> kBits) % kPlaces].get();
  if (bucket == nullptr) return nullptr;
  for (const Place& place : bucket->places) {
    if (place.hash == hash && place.host == host) return &place.candidates;
  }
  return nullptr;
}

HostIndex::Bucket& HostIndex::own_bucket(std::size_t hash, config::Edition edition) {
  Chunk& chunk = own(own(root_, edition).chunks[hash % kPlaces], edition);
  return own(chunk.buckets[(hash >> kBits) % kPlaces], edition);
}

void HostIndex::add(std::string_view host, const Route& route, config::Edition edition) {
  const std::size_t hash = hash_of(host);
  std::vector<Place>& places = own_bucket(hash, edition).places;
  auto place = std::ranges::find_if(places, [&](const Place& one) { return one.hash == hash && one.host == host; });
  if (place == places.end()) {
    place = places.insert(places.end(), {.hash = hash, .host = std::string(host), .candidates = {}});
    ++size_;
  }
  add_candidate(place->candidates, route);
}

void HostIndex::drop(std::string_view host, const Route& route, config::Edition edition) {
  if (find(host) == nullptr) return;
  const std::size_t hash = hash_of(host);
  std::vector<Place>& places = own_bucket(hash, edition).places;
  const auto place =
      std::ranges::find_if(places, [&](const Place& one) { return one.hash == hash && one.host == host; });
  drop_candidate(place->candidates, route);
  if (!place->candidates.empty()) return;
  places.erase(place);
  --size_;
}

}  // namespace mooring::routing
